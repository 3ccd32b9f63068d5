/** Runs a function's package on this machine: the zip that would be uploaded, unpacked, in a runner like the platform's. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createFunction } from '../../emulator/runtime/function.ts'
import { DeployError, oneLine } from '../api/errors.ts'
import { pretty, readEvent } from '../invoke/event.ts'
import { packageFunctions } from '../package/bundle.ts'
import { unpack } from '../package/unpack.ts'
import type { Framework } from '../provider/framework.ts'
import { redact, secretValues } from '../provider/redact.ts'
import { oneFunction } from '../provider/service.ts'

/** @throws DeployError when the function failed */
export async function invokeLocal(framework: Framework): Promise<void> {
  const { service } = framework
  const fn = oneFunction(service, framework.required('function'))
  const event: unknown = JSON.parse(readEvent(framework))
  const folder = mkdtempSync(join(tmpdir(), 'letao-invoke-'))
  const env = { ...fn.environment, ...overrides(framework) }
  const secrets = secretValues(env)
  try {
    const [packaged] = await packageFunctions(service, [fn], folder)
    const codeDir = join(folder, 'code')
    unpack(readFileSync(packaged?.artifact.path ?? ''), codeDir)
    const runner = createFunction({
      name: fn.id.FunctionName,
      codeDir,
      env,
      timeoutSec: fn.timeoutSec,
      initTimeoutSec: fn.initTimeoutSec,
      memoryMb: fn.memorySize,
      region: service.region,
      namespace: service.namespace,
      maxInstances: 1,
      onLog: ({ text }) => framework.say(redact(text, secrets)),
    })
    try {
      const { result, error } = await runner.invoke(event)
      if (error) {
        const message = oneLine(redact(error.message, secrets))
        throw new DeployError(`${fn.key} failed (${error.status}): ${message}.`)
      }
      framework.print(pretty(JSON.stringify(result ?? null)))
    } finally {
      await runner.close()
    }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** `--env NAME=value`, as often as needed. */
function overrides(framework: Framework): Record<string, string> {
  const given = framework.options.env
  const pairs = Array.isArray(given) ? given : typeof given === 'string' ? [given] : []
  return Object.fromEntries(
    pairs.map((pair) => {
      const at = pair.indexOf('=')
      if (at < 1) throw new DeployError('--env must be NAME=value.')
      return [pair.slice(0, at), pair.slice(at + 1)]
    }),
  )
}

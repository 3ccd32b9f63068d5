/** From the command line to the configuration on the standard output. */
import { stringify } from 'yaml'
import { DeployError } from '../api/errors.ts'
import { requireDeployed } from '../deploy/deployed.ts'
import { inParallel } from '../deploy/parallel.ts'
import { readTriggers } from '../deploy/state.ts'
import { urlIn } from '../deploy/trigger-changes.ts'
import type { Framework } from '../provider/framework.ts'
import type { ShopFunction } from '../provider/service.ts'
import { kongConfiguration } from './kong.ts'

export async function kong(framework: Framework): Promise<void> {
  const { service } = framework
  const reached = service.functions.filter(({ http }) => http.length > 0)
  const upstream = framework.text('upstream')
  const urls =
    upstream === undefined ? await functionUrls(framework, reached) : reached.map(() => baseOf(upstream))
  const upstreams = new Map(reached.map(({ key }, index) => [key, urls[index] ?? '']))
  const isRotating = reached.some(({ environment }) => environment.JWT_PREVIOUS_SECRETS)
  if (isRotating)
    framework.say(
      'JWT_PREVIOUS_SECRETS is set: the gateway leaves tokens to the functions until the rotation is over.',
    )
  framework.print(
    `# Made by "serverless kong --stage ${service.stage}": change serverless.yml and make it again.\n` +
      stringify(kongConfiguration(service, upstreams, { verifiesTokens: !isRotating }), {
        aliasDuplicateObjects: false,
        lineWidth: 0,
      }).trimEnd(),
  )
}

/** @throws DeployError when a function has no URL yet */
async function functionUrls(framework: Framework, functions: readonly ShopFunction[]): Promise<string[]> {
  const { service, api } = framework
  const deployed = new Set(await requireDeployed(api, service, functions))
  return await inParallel(functions, async (fn) => {
    const url = deployed.has(fn) ? urlIn(await readTriggers(api, fn.id)) : undefined
    if (url === undefined)
      throw new DeployError(
        `${fn.key} has no function URL.\nRun serverless deploy --stage ${service.stage} first, or give --upstream.`,
      )
    return url
  })
}

function baseOf(text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol))
    throw new DeployError(`--upstream ${text}: must be an http:// or https:// URL.`)
  return text.replace(/\/+$/, '')
}

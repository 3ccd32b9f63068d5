/** Whether each function has the variables that its code needs, in the form it needs, within 4 KB. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, type VariableName } from '#shared/config'
import { packageFunctions } from '../package/bundle.ts'
import { unpack } from '../package/unpack.ts'
import { environmentBytes, environmentLimit } from '../provider/rules.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { type Finding, fail, ok, warn } from './finding.ts'

/** What a bundle says about itself. */
interface Handler {
  readonly needs: readonly VariableName[]
}

/** Above this share of the limit a further key may not fit. */
const nearlyFull = 0.9

/** All of them or none: a shop can live with the pictures it has. */
const bucket = ['COS_BUCKET_URL', 'COS_SECRET_ID', 'COS_SECRET_KEY']
const missingBucket: ReadonlySet<string> = new Set(bucket.map((name) => `${name} is missing`))

export async function checkEnvironment(service: ShopService): Promise<Finding[]> {
  const needs = await readNeeds(service)
  return service.functions.map((fn) => {
    const about = `${fn.key} environment`
    const bytes = environmentBytes(fn)
    const problems = problemsOf(fn, needs.get(fn.key) ?? [])
    const isWithoutBucket = bucket.every((name) => !fn.environment[name])
    const others = isWithoutBucket ? problems.filter((problem) => !missingBucket.has(problem)) : problems
    if (others.length > 0) return fail(about, others.join('; '))
    if (problems.length > 0)
      return warn(about, `no bucket: pictures cannot be uploaded (${bucket.join(', ')})`)
    const text = `${Object.keys(fn.environment).length} variables, ${bytes} of ${environmentLimit} bytes`
    return bytes > environmentLimit * nearlyFull ? warn(about, text) : ok(about, text)
  })
}

/** Reads the needs from the bundles, which can be loaded without an environment. */
async function readNeeds(service: ShopService): Promise<Map<string, VariableName[]>> {
  const folder = mkdtempSync(join(tmpdir(), 'letao-check-'))
  try {
    const packaged = await packageFunctions(service, service.functions, folder)
    return new Map(
      packaged.map(({ fn, artifact }) => {
        const code = join(folder, fn.key)
        unpack(readFileSync(artifact.path), code)
        const { main_handler } = createRequire(join(code, 'index.js'))('./index.js') as {
          main_handler?: Handler
        }
        return [fn.key, [...(main_handler?.needs ?? [])]]
      }),
    )
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function problemsOf({ environment }: ShopFunction, needs: readonly VariableName[]): string[] {
  try {
    readConfig(needs, environment)
    return []
  } catch (error) {
    // It names every offending variable and no value.
    return (error as Error).message.replace(/^Configuration: /, '').split('; ')
  }
}

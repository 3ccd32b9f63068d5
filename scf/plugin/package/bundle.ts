/** From the sources to `.serverless/<function>.zip`. */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundleOptions } from '../../build.ts'
import { withLoader } from '../../code-cache.ts'
import { DeployError, oneLine } from '../api/errors.ts'
import type { ShopFunction, ShopService } from '../provider/service.ts'
import { type Artifact, writeArtifact } from './artifact.ts'

export interface Packaged {
  readonly fn: ShopFunction
  readonly artifact: Artifact
}

const webServerSource = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), 'web', 'main.ts')

/**
 * Bundles and zips the functions.
 *
 * @throws DeployError when a function has no source or does not compile
 */
export async function packageFunctions(
  service: ShopService,
  functions: readonly ShopFunction[],
  folder = artifactFolder(service),
): Promise<Packaged[]> {
  const sources = functions.map(({ key }) => ({
    key,
    file: join(service.directory, 'functions', key, 'index.ts'),
  }))
  for (const { key, file } of sources) {
    if (!existsSync(file))
      throw new DeployError(`serverless.yml: functions.${key} has no functions/${key}/index.ts.`)
  }
  const bundles = await bundle(service.directory, sources)
  const hasWeb = functions.some(({ type }) => type === 'web')
  const server = hasWeb
    ? (await bundle(service.directory, [{ key: 'server', file: webServerSource }])).get('server')
    : undefined
  return functions.map((fn) => {
    const code = Buffer.from(withLoader(Buffer.from(bundles.get(fn.key) ?? '').toString()))
    return { fn, artifact: writeArtifact(fn, code, server ?? new Uint8Array(), folder) }
  })
}

export function artifactFolder({ directory }: ShopService): string {
  return join(directory, '.serverless')
}

/** Bundles in memory, with the options of `npm run build`: what is deployed is what was tested. */
async function bundle(
  directory: string,
  sources: readonly { key: string; file: string }[],
): Promise<Map<string, Uint8Array>> {
  try {
    const { outputFiles } = await build({
      ...bundleOptions,
      absWorkingDir: directory,
      entryPoints: sources.map(({ key, file }) => ({ in: file, out: key })),
      outdir: join(directory, 'dist'),
      write: false,
      logLevel: 'silent',
    })
    const byName = new Map(outputFiles.map(({ path, contents }) => [path, contents]))
    return new Map(
      sources.map(({ key }) => [key, byName.get(join(directory, 'dist', `${key}.js`)) ?? new Uint8Array()]),
    )
  } catch (error) {
    throw new DeployError(`The functions do not compile: ${firstProblem(error)}.`)
  }
}

interface EsbuildFailure {
  errors?: { text?: string; location?: { file?: string; line?: number } | null }[]
}

function firstProblem(error: unknown): string {
  const [problem] = (error as EsbuildFailure).errors ?? []
  if (!problem) return oneLine(String((error as Error).message))
  const { file, line } = problem.location ?? {}
  return `${file === undefined ? '' : `${file}:${line} `}${oneLine(problem.text ?? '')}`
}

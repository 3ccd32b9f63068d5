/**
 * Builds the storefront when its build is missing or was made from other sources. `npm start` calls it; on the
 * command line `node local/run.mjs storefront/build.ts [--demo]`.
 */
import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { buildDocsPage } from '../api/page/build.ts'

const here = dirname(fileURLToPath(import.meta.url))
const root = dirname(here)

export interface StorefrontBuild {
  /** The build of `npm start`, with the simulators' buttons; otherwise the one for shoppers. */
  demo: boolean
  /** Where the API is, when not on the page's own origin; left out, `VITE_API_BASE`. */
  apiBase?: string
  /** Where to build, when not at the usual place. */
  folder?: string
}

/** Where each build is: the one for shoppers never lies where a demo build was. */
export function storefrontFolder({ demo, folder }: StorefrontBuild): string {
  return folder ?? join(here, 'dist', demo ? 'local' : 'site')
}

/**
 * Brings a build up to date. Safe when several processes do so at once: each builds in a folder of its own and
 * puts it in place when it is complete.
 * @returns the folder, and whether it had to be built
 * @throws Error with the builder's own words
 */
export async function buildStorefront(options: StorefrontBuild): Promise<{ folder: string; built: boolean }> {
  const folder = storefrontFolder(options)
  const apiBase = options.apiBase ?? process.env.VITE_API_BASE ?? ''
  const sources = fingerprint(apiBase)
  if (isFrom(folder, sources)) return { folder, built: false }
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  try {
    await vite(options.demo ? 'demo' : 'production', fresh, apiBase)
    if (options.demo) await buildDocsPage(join(fresh, 'docs'))
    writeFileSync(join(fresh, '.built-from'), sources)
    if (!isFrom(folder, sources)) replaceFolder(folder, fresh)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return { folder, built: true }
}

async function vite(mode: string, outDir: string, apiBase: string): Promise<void> {
  const command = [
    join(root, 'node_modules/vite/bin/vite.js'),
    'build',
    '--mode',
    mode,
    '--outDir',
    outDir,
    '--logLevel',
    'warn',
  ]
  try {
    await promisify(execFile)(process.execPath, command, {
      cwd: here,
      env: { ...process.env, NODE_ENV: 'production', VITE_API_BASE: apiBase },
    })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    throw new Error(`the storefront could not be built: ${stderr?.trim() || message}`)
  }
}

function replaceFolder(folder: string, fresh: string): void {
  const old = `${folder}.old.${process.pid}`
  if (existsSync(folder)) renameSync(folder, old)
  renameSync(fresh, folder)
  rmSync(old, { recursive: true, force: true })
}

function isFrom(folder: string, sources: string): boolean {
  const mark = join(folder, '.built-from')
  return existsSync(mark) && readFileSync(mark, 'utf8') === sources
}

/** A hash of everything that the build depends on. */
function fingerprint(apiBase: string): string {
  const own = ['index.html', 'package.json', 'vite.config.ts', 'src', 'public'].map(
    (name) => `storefront/${name}`,
  )
  const hash = createHash('sha256')
  for (const file of [...own, 'api/page', 'docs/openapi.json', 'package-lock.json'].flatMap(filesAt)) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.update(apiBase).digest('hex')
}

/** The file itself, or every file below a folder. */
function filesAt(path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { folder, built } = await buildStorefront({ demo: process.argv.includes('--demo') })
  console.log(`${folder} ${built ? 'built' : 'is up to date'}`)
}

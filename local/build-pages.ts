/** Builds pages with Vite when their build is missing or was made from other sources. */
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
import { join, relative } from 'node:path'
import { promisify } from 'node:util'

const root = join(import.meta.dirname, '..')

/** What is built, and from what. */
export interface PagesBuild {
  /** For messages. */
  readonly name: string
  /** The folder with `vite.config.ts`. */
  readonly source: string
  /** Files and folders, from the repository's root, on which the build depends. */
  readonly sources: readonly string[]
}

export interface PagesTarget {
  readonly folder: string
  /** The folder below it that gets the files; left out: itself. */
  readonly into?: string
  readonly mode: string
  /** Where the API is, when not on the page's own origin. */
  readonly apiBase: string
  /** Further variables of the build. */
  readonly settings?: Readonly<Record<string, string>>
  /** Adds what does not come from Vite. */
  readonly finish?: (folder: string) => Promise<unknown>
}

/**
 * Brings a build up to date. Safe when several processes do so at once: each builds in a folder of its own and
 * puts it in place when it is complete.
 *
 * @returns the folder, and whether it had to be built
 * @throws Error with the builder's own words
 */
export async function buildPages(
  build: PagesBuild,
  { folder, into = '', mode, apiBase, settings = {}, finish }: PagesTarget,
): Promise<{ folder: string; built: boolean }> {
  const variables = { ...settings, VITE_API_BASE: apiBase }
  const sources = fingerprint(build, variables)
  if (isFrom(folder, sources)) return { folder, built: false }
  const fresh = `${folder}.${process.pid}`
  mkdirSync(fresh, { recursive: true })
  try {
    await vite(build, mode, join(fresh, into), variables)
    await finish?.(fresh)
    writeFileSync(join(fresh, '.built-from'), sources)
    if (!isFrom(folder, sources)) replaceFolder(folder, fresh)
  } finally {
    rmSync(fresh, { recursive: true, force: true })
  }
  return { folder, built: true }
}

async function vite(
  { name, source }: PagesBuild,
  mode: string,
  outDir: string,
  variables: Readonly<Record<string, string>>,
): Promise<void> {
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
      cwd: source,
      env: { ...process.env, NODE_ENV: 'production', ...variables },
    })
  } catch (error) {
    const { stderr, message } = error as Error & { stderr?: string }
    throw new Error(`${name} could not be built: ${stderr?.trim() || message}`)
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
function fingerprint({ sources }: PagesBuild, variables: Readonly<Record<string, string>>): string {
  const hash = createHash('sha256')
  for (const file of [...sources, 'package-lock.json'].flatMap(filesAt)) {
    hash.update(`${file}\0`).update(readFileSync(join(root, file)))
  }
  return hash.update(JSON.stringify(variables)).digest('hex')
}

/** The file itself, or every file below a folder. */
function filesAt(path: string): string[] {
  if (statSync(join(root, path)).isFile()) return [path]
  return readdirSync(join(root, path), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .sort()
}

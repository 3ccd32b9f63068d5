/** The files of this repository, as the tests that hold them against each other see them. */
import { execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import ts from 'typescript'

export const root = dirname(dirname(import.meta.dirname))

/** Folders that are made, not written. */
const MADE = /(^|\/)(node_modules|dist|\.git|\.local|\.serverless)(\/|$)/

/** Every file of the repository that is kept, relative to its root, in name order. */
export function repositoryFiles(): string[] {
  const files = trackedFiles() ?? walk('')
  return files.filter((file) => !MADE.test(file) && existsSync(join(root, file))).sort()
}

/** The files below a folder, whether they are tracked or not. */
export function filesIn(folder: string): string[] {
  return walk(folder).sort()
}

export function read(file: string): string {
  return readFileSync(join(root, file), 'utf8')
}

/** The folders of `functions/`. */
export function functionFolders(): string[] {
  return readdirSync(join(root, 'functions'), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, 'functions', entry.name, 'index.ts')))
    .map(({ name }) => name)
    .sort()
}

/** What a TypeScript file imports, types and `import()` included, as it is written. */
export function importsOf(file: string): string[] {
  return ts.preProcessFile(read(file), true, true).importedFiles.map(({ fileName }) => fileName)
}

/** An imported name as a path of the repository, or the name of a package (`npm:joi`, `node:fs`). */
export function resolveImport(file: string, specifier: string): string {
  if (specifier.startsWith('.')) return relative(root, join(root, dirname(file), specifier))
  if (specifier.startsWith('#shared/')) return `${specifier.slice(1)}/index.ts`
  if (specifier.startsWith('node:') || specifier.startsWith('letao:')) return specifier
  return `npm:${packageName(specifier)}`
}

function packageName(specifier: string): string {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/')
}

function trackedFiles(): string[] | undefined {
  try {
    const list = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8', stdio: 'pipe' })
    return list.split('\0').filter((file) => file !== '')
  } catch {
    return undefined // not a checkout
  }
}

function walk(folder: string): string[] {
  return readdirSync(join(root, folder), { withFileTypes: true })
    .map((entry) => ({ entry, path: join(folder, entry.name) }))
    .filter(({ path }) => !MADE.test(path))
    .flatMap(({ entry, path }) => (entry.isDirectory() ? walk(path) : entry.isFile() ? [path] : []))
}

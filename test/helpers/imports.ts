/** What a test file brings in, by way of the files that it imports. */
import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

const root = join(import.meta.dirname, '../..')

/** Every database of a test comes from one of these files. */
const DATABASES = [
  'test/helpers/database.ts',
  'test/helpers/private-server.ts',
  'local/database/open-database.ts',
].map((name) => join(root, name))

const known = new Map<string, boolean>()

/** Whether a test file uses a database, itself or through what it imports. */
export function touchesDatabase(file: string): boolean {
  const before = known.get(file)
  if (before !== undefined) return before
  known.set(file, false) // for files that import each other
  const found = DATABASES.includes(file) || importsOf(file).some(touchesDatabase)
  known.set(file, found)
  return found
}

function importsOf(file: string): string[] {
  const text = readFileSync(file, 'utf8')
  return [...text.matchAll(/(?:from|import\()\s*'(\.[^']+\.m?ts)'/g)]
    .map(([, path]) => join(dirname(file), path as string))
    .filter((path) => existsSync(path))
}

/** Builds the storefront as `npm start` serves it. */
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PlainError, runStep } from './steps.ts'

const folder = join(import.meta.dirname, '../storefront')
const output = join(folder, 'dist/local')

/**
 * Builds `storefront/dist/local` by the storefront's script `build:local`, when its sources changed since.
 *
 * @throws PlainError when the build fails
 */
export async function buildStorefront(onProgress: (text: string) => void): Promise<void> {
  const { scripts } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (scripts?.['build:local'] === undefined) return
  const stamp = join(output, '.sources')
  const sources = fingerprint()
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === sources) return
  onProgress('Building the storefront…')
  const { done } = runStep('npm', ['run', '--silent', 'build:local'], {
    cwd: folder,
    stdio: ['ignore', 2, 2],
  })
  if ((await done) !== 0)
    throw new PlainError('The storefront could not be built (npm run build:local in storefront/).')
  mkdirSync(output, { recursive: true })
  writeFileSync(stamp, sources)
}

function fingerprint(): string {
  const hash = createHash('sha256')
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .filter((file) => !/\/(node_modules|dist)\//.test(file.slice(folder.length)))
  for (const file of files.sort()) hash.update(file.slice(folder.length)).update(readFileSync(file))
  return hash.digest('hex')
}

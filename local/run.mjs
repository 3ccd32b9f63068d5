/**
 * `node local/run.mjs <file.ts> [arguments]`: brings `node_modules` up to date with the lockfile, then runs a
 * TypeScript file in this process, so that signals reach it directly. Plain JavaScript, because it is what runs
 * first on a fresh machine.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)

const installed = join(root, 'node_modules/.package-lock.json')
if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
  console.error('Installing npm dependencies…')
  execFileSync('npm', ['ci', '--no-audit', '--no-fund'], { cwd: root, stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
}

const [file, ...rest] = process.argv.slice(2)
const target = resolve(root, file)
process.argv = [process.argv[0], target, ...rest]
const { register } = await import('tsx/esm/api')
register()
await import(pathToFileURL(target).href)

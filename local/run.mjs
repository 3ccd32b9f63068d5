/**
 * `node local/run.mjs <file.ts> [arguments]`: brings `node_modules` up to date with the lockfile, then runs a
 * TypeScript file in this process, so that signals reach it directly. Plain JavaScript, because it is what runs
 * first on a fresh machine.
 */
import { dirname, resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { installDependencies } from './install.mjs'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
process.chdir(root)

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Node.js 20.19 or newer is needed; this is ${process.versions.node}.`)
  process.exit(1)
}

const [file, ...rest] = process.argv.slice(2)
if (file === undefined) {
  console.error('Usage: node local/run.mjs <file.ts> [arguments]')
  process.exit(2)
}

await installDependencies(root)

const target = resolve(root, file)
process.argv = [process.execPath, target, ...rest]
const { register } = await import('tsx/esm/api')
register()
await import(pathToFileURL(target).href)

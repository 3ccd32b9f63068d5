/**
 * Installs the npm dependencies when what is in `node_modules` is not what the lockfile names. Plain JavaScript:
 * it runs before anything is installed.
 */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { lockFile } from './lock.mjs'

/**
 * Runs `npm ci` unless every package of `package-lock.json` is there in its version. Contents are compared, not
 * dates: a checkout gives files new dates, and npm writes its own list last, so an interrupted install is seen.
 *
 * @param {string} root the folder of `package-lock.json`
 */
export async function installDependencies(root) {
  if (isInstalled(root)) return
  const unlock = await lockFile(join(root, '.local/npm.lock'))
  try {
    if (isInstalled(root)) return // another start did it while this one waited
    console.error('Installing npm dependencies…')
    await npmCi(root)
  } finally {
    unlock()
  }
}

/** @param {string} root */
export function isInstalled(root) {
  const wanted = readPackages(join(root, 'package-lock.json'))
  const present = readPackages(join(root, 'node_modules/.package-lock.json'))
  return Object.entries(wanted).every(([path, entry]) => {
    const isDependency = path.startsWith('node_modules/') || path.includes('/node_modules/')
    if (!isDependency) return true
    const found = present[path]
    // Optional packages are for other platforms when npm left them out.
    if (found === undefined) return entry.optional === true || entry.peer === true
    return found.version === entry.version && existsSync(join(root, path, 'package.json'))
  })
}

/** @param {string} file */
function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages ?? {}
  } catch {
    return {}
  }
}

/** @param {string} root */
async function npmCi(root) {
  const child = spawn('npm', ['ci', '--no-audit', '--no-fund', '--include=dev'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  })
  const forward = (signal) => child.kill(signal)
  process.on('SIGINT', forward).on('SIGTERM', forward)
  const [code, signal] = await new Promise((done, fail) => {
    child.once('error', fail)
    child.once('exit', (...result) => done(result))
  })
  process.off('SIGINT', forward).off('SIGTERM', forward)
  if (code === 0) return
  console.error(`npm ci failed (${signal ?? `exit code ${code}`}): the dependencies are not installed.`)
  process.exit(signal === null ? 1 : 130)
}

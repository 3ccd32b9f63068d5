/** A lock between processes of this checkout. Plain JavaScript: it also guards the installation of npm packages. */

import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { isAlive } from '../scf/emulator/runtime/is-alive.mjs'

export { isAlive }

/**
 * Waits until this process holds the lock file; one whose owner died is taken over.
 *
 * @param {string} file
 * @returns {Promise<() => void>} releases the lock, which the end of the process does too
 */
export async function lockFile(file) {
  mkdirSync(dirname(file), { recursive: true })
  // The file appears with its content in one step, so that nobody ever reads a lock without an owner.
  const own = `${file}.${process.pid}`
  writeFileSync(own, String(process.pid))
  try {
    while (!takes(own, file)) {
      const owner = ownerOf(file)
      if (owner !== undefined && !isAlive(owner)) rmSync(file, { force: true })
      else await wait(200)
    }
  } finally {
    rmSync(own, { force: true })
  }
  const unlock = () => {
    process.off('exit', unlock)
    if (ownerOf(file) === process.pid) rmSync(file, { force: true })
  }
  process.once('exit', unlock)
  return unlock
}

/** @param {string} own @param {string} file */
function takes(own, file) {
  try {
    linkSync(own, file)
    return true
  } catch (error) {
    if (error.code === 'EEXIST') return false
    throw error
  }
}

/** @param {string} file */
function ownerOf(file) {
  try {
    return Number(readFileSync(file, 'utf8')) || undefined
  } catch {
    return undefined
  }
}

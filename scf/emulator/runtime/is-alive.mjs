/** Plain JavaScript, because `npm start` needs it before anything is installed. */
import { readFileSync } from 'node:fs'

/**
 * Whether a process of this id runs. One that ended but was not yet collected by its parent, as happens in
 * containers without an init process, does not.
 *
 * @param {number} pid
 */
export function isAlive(pid) {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (error.code !== 'EPERM') return false
  }
  try {
    return !/^\d+ \(.*\) Z/s.test(readFileSync(`/proc/${pid}/stat`, 'utf8'))
  } catch {
    return true // no /proc here, as on macOS
  }
}

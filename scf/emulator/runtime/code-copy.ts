/** The function's own folder, apart from everything else. */
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from './at-exit.ts'
import { isAlive } from './is-alive.mjs'

/**
 * Copies the folder to a place outside the checkout: a package that was not bundled is missing there as it would be
 * on the platform. The copy goes with this process at the latest.
 */
export function copyCode(codeDir: string): { dir: string; remove: () => void } {
  sweepCopies()
  const dir = mkdtempSync(join(tmpdir(), `letao-code-${process.pid}-`))
  cpSync(codeDir, dir, { recursive: true })
  const removeNow = () => rmSync(dir, { recursive: true, force: true })
  const forget = atExit(removeNow)
  return {
    dir,
    remove() {
      forget()
      removeNow()
    },
  }
}

let isSwept = false

/** Removes what killed runners left behind. */
function sweepCopies(): void {
  if (isSwept) return
  isSwept = true
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(/^letao-code-(\d+)-/.exec(name)?.[1])
    if (!owner || isAlive(owner)) continue
    try {
      rmSync(join(tmpdir(), name), { recursive: true, force: true })
    } catch {
      // It belongs to another user, who will sweep it.
    }
  }
}

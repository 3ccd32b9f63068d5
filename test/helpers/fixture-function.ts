/** Small functions for the tests of the runner and the gateway. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { atExit } from '../../scf/emulator/runtime/at-exit.ts'

/** Writes one `index.js` a function to a folder that goes with the process; gives the folder. */
export function writeFunctions(sources: Record<string, string>): string {
  const folder = mkdtempSync(join(tmpdir(), 'letao-fixture-'))
  for (const [name, source] of Object.entries(sources)) {
    mkdirSync(join(folder, name))
    writeFileSync(join(folder, name, 'index.js'), source)
  }
  atExit(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Unpacks a package the way the platform does: files with their contents and permissions. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, resolve, sep } from 'node:path'
import { unzipSync } from 'fflate'

/** Unpacks into a folder, which is made. Names that leave it are refused. */
export function unpack(zip: Uint8Array, folder: string): void {
  const root = resolve(folder)
  mkdirSync(root, { recursive: true })
  for (const [name, content] of Object.entries(unzipSync(zip))) {
    const path = resolve(root, name)
    if (!path.startsWith(`${root}${sep}`)) throw new Error(`${name} leaves the folder`)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, content, { mode: name === 'scf_bootstrap' ? 0o755 : 0o644 })
  }
}

/** Zip files that depend on their content alone: same files, same bytes, on every machine. */
import { createHash } from 'node:crypto'
import { strToU8, type Zippable, zipSync } from 'fflate'

export interface ZipEntry {
  readonly name: string
  readonly content: Uint8Array | string
  /** Unix permission bits. */
  readonly mode: number
}

/** The first day that the zip format can express, in the machine's own time zone as the format wants it. */
const fixedTime = new Date(1980, 0, 1)
const unix = 3
const regularFile = 0o100000

/** Zips the entries in the order of their names, with fixed times and the given permissions. */
export function makeZip(entries: readonly ZipEntry[]): Buffer {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1))
  const files: Zippable = {}
  for (const { name, content, mode } of sorted) {
    const bytes = typeof content === 'string' ? strToU8(content) : content
    files[name] = [bytes, { mtime: fixedTime, level: 9, os: unix, attrs: ((regularFile | mode) << 16) >>> 0 }]
  }
  return Buffer.from(zipSync(files))
}

/** What marks unchanged code. */
export function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex')
}

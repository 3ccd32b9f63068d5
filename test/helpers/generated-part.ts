/** Parts of documents that a test's own output fills. */
import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { withPart } from '../../api/tables/markdown.ts'
import { root } from './source-tree.ts'

/**
 * Compares the part of a document between `<!-- begin: name -->` and `<!-- end: name -->` with what a test found out;
 * with `WRITE_DOCS=1` writes it there instead.
 */
export function generatedPart(file: string, name: string, text: string): void {
  const path = join(root, file)
  const document = readFileSync(path, 'utf8')
  const wanted = withPart(document, name, text)
  if (process.env.WRITE_DOCS === '1') {
    writeFileSync(path, wanted)
    return
  }
  assert.equal(
    document,
    wanted,
    `${file}: "${name}" is out of date; the same test with WRITE_DOCS=1 writes it`,
  )
}

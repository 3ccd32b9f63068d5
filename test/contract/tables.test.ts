/** Tables of the documents that are written from the code: `npm run docs`. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withPart } from '../../api/tables/markdown.ts'
import { localVariableTexts } from '../../api/tables/variable-texts.ts'
import { outdatedTables } from '../../api/tables/write.ts'
import { filesIn, read } from '../helpers/source-tree.ts'

test('the tables in the documents are up to date; npm run docs writes them', async () => {
  assert.deepEqual(await outdatedTables(), [])
})

test('a part is replaced between its markers, and nothing around it', () => {
  const document = 'a\n<!-- begin: x -->\nold\n<!-- end: x -->\nb\n'
  assert.equal(withPart(document, 'x', 'new'), document.replace('old', 'new'))
  assert.throws(() => withPart(document, 'y', 'new'), /no part "y"/)
})

/** Used by tools everywhere, or between our own processes: they need no explanation. */
const commonNames = ['PATH', 'NO_COLOR', 'FORCE_COLOR', 'NODE_OPTIONS', 'TEST_NODE', 'TEST_DATABASE_SERVER']

test('every variable that npm start and npm test read has its row', () => {
  const reads = /\benv\.([A-Z][A-Z0-9_]{2,})\b|\b(?:portOf|positiveNumber)\('([A-Z_]+)'/g
  const found = [...filesIn('local'), ...filesIn('simulators'), ...filesIn('scf/emulator'), 'test/run.ts']
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => [...read(file).matchAll(reads)].map(([, first, second]) => first ?? second ?? ''))
  const readme = read('README.md')
  const silent = [...new Set(found)].filter(
    (name) =>
      !commonNames.includes(name) && !(name in localVariableTexts) && !readme.includes(`| \`${name}\` |`),
  )
  assert.deepEqual(silent, [])
})

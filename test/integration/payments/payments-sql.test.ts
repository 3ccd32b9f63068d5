/** The statements that docs/payments.md gives to ops. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { createTestDatabase } from '../../helpers/database.ts'
import { migrateDatabase } from '../../helpers/direct-shop.ts'
import { codeBlocks } from '../../helpers/markdown.ts'
import { read } from '../../helpers/source-tree.ts'

test('every statement of docs/payments.md runs on a migrated database', async (t) => {
  const database = await createTestDatabase()
  t.after(() => database.drop())
  await migrateDatabase(database.url, {})
  const statements = codeBlocks(read('docs/payments.md'))
    .filter(({ language }) => language === 'sql')
    .flatMap(({ text }) => text.split(';'))
    .map((text) => text.trim())
    .filter((text) => text !== '')
  assert.ok(statements.length >= 5)
  for (const statement of statements) {
    assert.match(statement, /^SELECT /, 'the document only looks')
    await database.query(statement)
  }
})

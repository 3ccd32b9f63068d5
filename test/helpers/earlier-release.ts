/** A database as an earlier release left it: the migrations that it knew, and its notes of them. */
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import type { TestDatabase } from './database.ts'

const folder = join(import.meta.dirname, '../../sql')

/** Every migration, in order. */
export const migrations = readdirSync(folder)
  .filter((name) => name.endsWith('.sql'))
  .sort()

/** What came with a later release, between files that were there before. */
const later = ['007_row_format.sql', '025_payorder_row_format.sql']

/** Applies the files of the release before gateways, sizes and business orders. @returns their names */
export async function applyEarlierRelease(database: Pick<TestDatabase, 'url'>): Promise<string[]> {
  const known = migrations.filter((name) => !later.includes(name) && name < '056')
  const connection = await createConnection({ uri: database.url, multipleStatements: true })
  await connection.query(`CREATE TABLE schema_migration (name VARCHAR(100) NOT NULL, checksum CHAR(64) NOT NULL,
    started_at DATETIME(3) NOT NULL, finished_at DATETIME(3) NULL, PRIMARY KEY (name))`)
  for (const name of known) {
    const sql = readFileSync(join(folder, name), 'utf8')
    await connection.query(sql)
    const checksum = createHash('sha256').update(sql).digest('hex')
    await connection.query('INSERT INTO schema_migration VALUES (?, ?, NOW(3), NOW(3))', [name, checksum])
  }
  await connection.end()
  return known
}

/** The table `schema_migration`: which files were applied. It is made here, for no file can make it. */
import type { Sql } from '#shared/db'

export interface AppliedRow {
  name: string
  checksum: string
  /** null: a run was interrupted while it applied this file. */
  finished_at: Date | null
}

/** Makes the table where it is missing. */
export async function makeTable(sql: Sql): Promise<void> {
  await sql.run(`/* schema_migration.makeTable */ CREATE TABLE IF NOT EXISTS schema_migration (
      name VARCHAR(100) NOT NULL,
      checksum CHAR(64) NOT NULL,
      started_at DATETIME(3) NOT NULL,
      finished_at DATETIME(3) NULL,
      PRIMARY KEY (name)
    ) ENGINE = InnoDB DEFAULT CHARSET = utf8mb4 COLLATE = utf8mb4_general_ci`)
}

/** All files that were applied, or begun. */
export function listApplied(sql: Sql): Promise<AppliedRow[]> {
  return sql.rows<AppliedRow>(
    '/* schema_migration.listApplied */ SELECT name, checksum, finished_at FROM schema_migration',
  )
}

/** Notes that a file is being applied, in the place of an interrupted run. */
export async function noteBegin(
  sql: Sql,
  { name, checksum }: { name: string; checksum: string },
  now: Date,
): Promise<void> {
  await sql.run(
    '/* schema_migration.noteBegin */ REPLACE INTO schema_migration (name, checksum, started_at) VALUES (?, ?, ?)',
    [name, checksum, now],
  )
}

/** Notes that a file was applied whole. */
export async function noteEnd(sql: Sql, name: string, now: Date): Promise<void> {
  await sql.run('/* schema_migration.noteEnd */ UPDATE schema_migration SET finished_at = ? WHERE name = ?', [
    now,
    name,
  ])
}

/** Has any table of the shop a row? @param table - a name that a seed file of this release has */
export async function hasRows(sql: Sql, table: string): Promise<boolean> {
  if (!/^[a-z_]+$/.test(table)) throw new Error(`${table} is no name of a table`)
  return (
    (await sql.row(`/* schema_migration.hasRows */ SELECT 1 AS any_row FROM ${table} LIMIT 1`)) !== undefined
  )
}

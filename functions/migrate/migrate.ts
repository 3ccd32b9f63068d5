/** Brings the database to the newest schema, and fills empty tables with the demo catalogue when asked to. */
import { createHash } from 'node:crypto'
import { indexNewProducts } from '#shared/catalogue'
import type { Database, Session } from '#shared/db'
import type { Logger } from '#shared/log'
import {
  type AppliedRow,
  hasRows,
  listApplied,
  makeTable,
  noteBegin,
  noteEnd,
} from './schema-migration-table.ts'

export interface SqlFile {
  readonly name: string
  readonly sql: string
}

export interface MigrateDeps {
  db: Database
  migrations: readonly SqlFile[]
  seeds: readonly SqlFile[]
  now: () => Date
  log: Logger
}

/** What one run did. */
export interface MigrateReport {
  /** The files that this run applied, in order. */
  applied: string[]
  /** How many were applied before. */
  alreadyApplied: number
  /** The tables that this run filled with demo rows. */
  seeded: string[]
  /** Products that the search learned of. */
  indexed: number
}

/** How long a run waits for another one. */
const WAIT_SEC = 60

/**
 * Applies the missing files in order, under a lock, each checksummed. DDL commits by itself, so a file that was
 * interrupted is run again: each holds one DDL statement, or statements that can be repeated.
 *
 * @throws Error when a file that was applied has changed since, or a statement fails
 */
export async function migrate(input: { seed: boolean }, deps: MigrateDeps): Promise<MigrateReport> {
  return deps.db.withLock('letao:migrate', WAIT_SEC, async (session) => {
    await makeTable(session)
    const rows = await listApplied(session)
    const known = new Map(rows.map((row) => [row.name, row]))
    const report: MigrateReport = { applied: [], alreadyApplied: 0, seeded: [], indexed: 0 }
    for (const file of deps.migrations) {
      if (await applyOnce(session, file, known.get(file.name), deps)) report.applied.push(file.name)
      else report.alreadyApplied += 1
    }
    if (input.seed) report.seeded = await seedEmptyTables(session, deps.seeds)
    // Its terms are made by our own code, so no SQL file can write them.
    report.indexed = await indexNewProducts(session)
    return report
  })
}

async function applyOnce(
  session: Session,
  file: SqlFile,
  before: AppliedRow | undefined,
  deps: MigrateDeps,
): Promise<boolean> {
  const checksum = createHash('sha256').update(file.sql).digest('hex')
  if (before?.finished_at) {
    if (before.checksum !== checksum)
      throw new Error(`migration ${file.name} was changed after it was applied`)
    return false
  }
  await noteBegin(session, { name: file.name, checksum }, deps.now())
  try {
    await session.run(file.sql)
  } catch (error) {
    // The run before this one was interrupted after the statement and before it could say so.
    if (!(before && isAlreadyDone(error))) throw named(file, error)
  }
  await noteEnd(session, file.name, deps.now())
  deps.log.info('migration_applied', { migration: file.name })
  return true
}

/** An error that the server sent gets the file's name; a broken connection stays what it is. */
function named(file: SqlFile, error: unknown): unknown {
  const { errno, message } = error as { errno?: number; message?: string }
  return errno === undefined ? error : new Error(`migration ${file.name}: ${message}`, { cause: error })
}

function isAlreadyDone(error: unknown): boolean {
  const { code } = error as { code?: string }
  return [
    'ER_TABLE_EXISTS_ERROR',
    'ER_DUP_FIELDNAME',
    'ER_DUP_KEYNAME',
    'ER_CANT_DROP_FIELD_OR_KEY',
  ].includes(code ?? '')
}

/** Each seed file is named after the table that it fills. */
async function seedEmptyTables(session: Session, seeds: readonly SqlFile[]): Promise<string[]> {
  const seeded: string[] = []
  for (const { name, sql } of seeds) {
    const table = name.replace(/\.sql$/, '')
    if (await hasRows(session, table)) continue
    await session.run(sql)
    seeded.push(table)
  }
  return seeded
}

/** Works through rows in claimed batches: two runs at once share the work, a run that dies leaves it to the next. */
import type { Database, SqlValue } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Logger } from '#shared/log'
import { WechatRefused, WechatUnreachable } from '#shared/payment/gateway/wechat-v2'

export interface BatchDeps {
  db: Database
  now: () => Date
  log: Logger
  /** Milliseconds that are left of this run. */
  msLeft: () => number
}

export interface BatchWork<Row extends { id: number }> {
  table: 'payorder' | 'refund'
  columns: string
  /** Which rows; after `WHERE`, with its values. */
  where: string
  values: readonly SqlValue[]
  /**
   * What to do with one row. WechatRefused, WechatUnreachable and DATABASE_UNAVAILABLE (somebody else is at work on
   * it) are this row's fault, anything else is everybody's.
   */
  work: (row: Row) => Promise<void>
  /** How the log names the row. */
  name: (row: Row) => string
}

export interface BatchReport {
  checked: number
  /** WeChat could not be asked; the next run tries again. */
  failed: number
  /** Those of them that nobody answered: what WeChat refuses is bad luck of one row, not a sign of what comes. */
  unanswered: number
  lastFault: Error | undefined
}

const BATCH = 20

/** A run that died leaves its rows to others after this time. */
const CLAIM_MS = 2 * 60_000

/** What one row may take: a few calls to WeChat, each with its time-out, and the database. */
const MS_PER_ROW = 20_000

/** So many faults and not one success: asking about the next hundred would only take longer. */
const HOPELESS = 5

/** Goes through all rows once, in the order of their ids, until none is left or the time is up. */
export async function workThrough<Row extends { id: number }>(
  job: BatchWork<Row>,
  { db, now, log, msLeft }: BatchDeps,
): Promise<BatchReport> {
  const report: BatchReport = { checked: 0, failed: 0, unanswered: 0, lastFault: undefined }
  const reserveMs = Math.min(MS_PER_ROW, msLeft() / 2)
  for (let after = 0; msLeft() > reserveMs && !isHopeless(report); ) {
    const batch = await claim(job, after, db, now())
    if (batch.length === 0) break
    after = batch.at(-1)?.id ?? after
    for (const row of batch) {
      if (msLeft() <= reserveMs || isHopeless(report)) break
      report.checked += 1
      try {
        await job.work(row)
      } catch (error) {
        if (!isFaultOfRow(error)) throw error
        report.failed += 1
        if (!(error instanceof WechatRefused)) report.unanswered += 1
        report.lastFault = error
        log.warn('reconcile_failed', { table: job.table, row: job.name(row), reason: error.message })
      }
    }
    await setClaim(job.table, batch, null, db)
  }
  return report
}

function isHopeless({ checked, unanswered }: BatchReport): boolean {
  return unanswered >= HOPELESS && unanswered === checked
}

function isFaultOfRow(error: unknown): error is Error {
  return (
    error instanceof WechatUnreachable ||
    error instanceof WechatRefused ||
    (error instanceof AppError && error.code === 'DATABASE_UNAVAILABLE')
  )
}

function claim<Row extends { id: number }>(
  { table, columns, where, values }: BatchWork<Row>,
  after: number,
  db: Database,
  now: Date,
): Promise<Row[]> {
  return db.transaction(async (tx) => {
    const batch = await tx.rows<Row>(
      `SELECT ${columns} FROM ${table}
       WHERE ${where} AND id > ? AND (claimed_until IS NULL OR claimed_until <= ?)
       ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      [...values, after, now],
    )
    if (batch.length > 0) await setClaim(table, batch, new Date(now.getTime() + CLAIM_MS), tx)
    return batch
  })
}

async function setClaim(
  table: string,
  rows: readonly { id: number }[],
  until: Date | null,
  sql: Pick<Database, 'run'>,
): Promise<void> {
  const ids: SqlValue[] = rows.map(({ id }) => id)
  const marks = ids.map(() => '?').join(', ')
  await sql.run(`UPDATE ${table} SET claimed_until = ? WHERE id IN (${marks})`, [until, ...ids])
}

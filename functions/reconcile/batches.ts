/** Works through rows in claimed batches: two runs at once share the work, a run that dies leaves it to the next. */
import type { Database, Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import { GatewayRefused, GatewayUnreachable } from '#shared/payment/gateway'

export interface BatchDeps {
  db: Database
  now: () => Date
  log: Logger
  /** Milliseconds that are left for this work. */
  msLeft: () => number
}

/** Rows that wait for an answer of a gateway. */
export interface Queue<Row extends { id: number }> {
  table: 'payorder' | 'refund'
  /** Ids of rows that nobody asked about since `before`, the longest unasked first; also claimed ones. */
  find: (sql: Sql, before: Date, limit: number) => Promise<number[]>
  /** Claims those of the rows that are still free. */
  claim: (tx: Sql, ids: readonly number[], claim: { before: Date; until: Date; now: Date }) => Promise<Row[]>
  /** Ends a claim, whatever came of it. */
  release: (row: Row) => Promise<void>
  work: (row: Row) => Promise<void>
  /** How the log names the row. */
  name: (row: Row) => string
}

export interface BatchReport {
  checked: number
  /** Rows that could not be dealt with; the next run tries again. */
  failed: number
  /** Rows about which the gateway said no: bad luck of one row, not a fault. */
  refused: number
  /** Of the failed ones, those that nobody answered. */
  unanswered: number
  lastFault: Error | undefined
}

/** So many rows are asked about at the same time: each may hold a connection to the database. */
export const PARALLEL = 8

/** A run that died leaves its rows to others after this time. */
const CLAIM_MS = 2 * 60_000

/** What one row may take: a few calls to a gateway, each with its time-out, and the database. */
const MS_PER_ROW = 20_000

/** Goes through all rows once, the longest unasked first, until none is left or the time is up. */
export async function workThrough<Row extends { id: number }>(
  queue: Queue<Row>,
  deps: BatchDeps,
): Promise<BatchReport> {
  const { db, now, msLeft } = deps
  const report: BatchReport = { checked: 0, failed: 0, refused: 0, unanswered: 0, lastFault: undefined }
  const reserveMs = Math.min(MS_PER_ROW, msLeft() / 2)
  // What anybody asked about since this run began is not asked about again.
  const before = now()
  const seen = new Set<number>()
  while (msLeft() > reserveMs && !isHopeless(report)) {
    const found = await queue.find(db, before, PARALLEL + seen.size)
    const ids = found.filter((id) => !seen.has(id)).slice(0, PARALLEL)
    if (ids.length === 0) break
    const until = new Date(now().getTime() + CLAIM_MS)
    const rows = await db.transaction((tx) => queue.claim(tx, ids, { before, until, now: now() }))
    // One that stays in the list (somebody else has it, or it could not be released) is not looked at again.
    for (const id of ids) seen.add(id)
    await Promise.all(rows.map((row) => workOn(queue, row, report, deps)))
  }
  return report
}

async function workOn<Row extends { id: number }>(
  queue: Queue<Row>,
  row: Row,
  report: BatchReport,
  { log }: BatchDeps,
): Promise<void> {
  report.checked += 1
  try {
    await queue.work(row)
  } catch (error) {
    const fault = error instanceof Error ? error : new Error(String(error))
    if (error instanceof GatewayRefused && error.reason !== 'try_again') report.refused += 1
    else {
      report.failed += 1
      report.lastFault = fault
    }
    if (error instanceof GatewayUnreachable) report.unanswered += 1
    log.warn('reconcile_failed', { table: queue.table, row: queue.name(row), reason: fault.message })
  }
  try {
    await queue.release(row)
  } catch (error) {
    // The claim ends by itself.
    report.failed += 1
    report.lastFault = error as Error
  }
}

/** Every question unanswered: asking about the next hundred would only take longer. */
function isHopeless({ checked, unanswered }: BatchReport): boolean {
  return unanswered >= PARALLEL && unanswered === checked
}

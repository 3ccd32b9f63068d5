/** Compares the gateway's bill of a day with the ledger, in both directions, and heals what a lost notify left behind. */
import type { Database, Session } from '#shared/db'
import type { Logger } from '#shared/log'
import { type Day, type Difference, dayOf, readDifferences, storeDifferences } from '#shared/payment/bill'
import type { BillLine } from '#shared/payment/gateway'
import { type QueryDeps, type RefundDeps, readApps } from '#shared/payment/ledger'
import { arriving, deleteLines, insertLines, replaceLines } from './bill-line-table.ts'
import { saveRun, sumUp } from './bill-run-table.ts'
import { healPayments, healRefunds } from './heal.ts'

export interface BillDeps {
  readonly db: Database
  /** The ledger, over the connection that holds the lock of the day. */
  readonly ledger: (session: Session) => { orders: QueryDeps; refunds: RefundDeps }
  /** The app and the merchant that the shop is now. */
  readonly appId: string
  readonly merchantId: string
  /** The lines of the day's bill, of all apps of the merchant. */
  readonly download: (billDate: string) => AsyncIterable<BillLine>
  readonly now: () => Date
  readonly log: Logger
}

export interface BillReport {
  bill_date: string
  lines: number
  /** All sums in fen. */
  paid_there_fen: number
  refunded_there_fen: number
  paid_here_fen: number
  refunded_here_fen: number
  /** Payments that were settled by this run: their notify and every query had been lost. */
  healed: number
  /** Refunds of the merchant platform that were written down by this run. */
  adopted: number
  difference_count: number
  /** The first of them; all are in `bill_difference`. */
  differences: Difference[]
}

const BATCH = 500

const MAX_SHOWN = 50

/** How long to wait for another run of the same day before giving up. */
const WAIT_SEC = 5

/**
 * Repeatable: a second run for the same day replaces what the first one stored. Two at once take turns.
 *
 * @param billDate - `yyyyMMdd`, Beijing time
 * @throws RangeError when that is no date, AppError DATABASE_UNAVAILABLE also while another run is at this day
 */
export function compareBill(billDate: string, deps: BillDeps): Promise<BillReport> {
  const day = dayOf(billDate, deps.merchantId)
  return deps.db.withLock(`letao:bill:${billDate}`, WAIT_SEC, (session) => compare(day, session, deps))
}

async function compare(day: Day, session: Session, deps: BillDeps): Promise<BillReport> {
  const { billDate } = day
  const { now, log } = deps
  const { orders, refunds } = deps.ledger(session)
  const lines = await storeLines(billDate, session, deps)
  const healed = await healPayments(arriving(billDate), orders)
  const adopted = await healRefunds(arriving(billDate), refunds)
  // What an earlier run stored goes when everything is there that takes its place.
  const found = await session.transaction(async (tx) => {
    await replaceLines(tx, billDate)
    await storeDifferences(tx, day, now())
    const sums = await sumUp(tx, day)
    const { count, differences } = await readDifferences(tx, billDate, MAX_SHOWN)
    await saveRun(tx, { bill_date: billDate, lines, differences: count, ...sums }, now())
    return { ...sums, difference_count: count, differences }
  })
  for (const difference of found.differences) log.error('bill_difference', { billDate, ...difference })
  return { bill_date: billDate, lines, healed, adopted, ...found }
}

/**
 * Takes the bill over in batches, where nobody sees it until it is whole. Lines of apps of the same merchant that this
 * shop never was are not ours.
 */
async function storeLines(billDate: string, session: Session, deps: BillDeps): Promise<number> {
  const { appId, merchantId, download } = deps
  const apps = new Set([appId, ...(await readApps(session, merchantId))])
  const place = arriving(billDate)
  await deleteLines(session, place)
  let batch: BillLine[] = []
  let count = 0
  const flush = async () => {
    await insertLines(session, place, batch)
    count += batch.length
    batch = []
  }
  for await (const line of download(billDate)) {
    if (apps.has(line.appId)) batch.push(line)
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  return count
}

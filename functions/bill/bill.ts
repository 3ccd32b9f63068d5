/** Compares WeChat's bill of a day with the ledger, in both directions, and heals what a lost notify left behind. */
import type { Database, Session, Sql, SqlValue } from '#shared/db'
import {
  type Difference,
  dayOf,
  type Merchant,
  paidOnDay,
  paidOnDayValues,
  storeDifferences,
} from './differences.ts'
import { type HealDeps, healPayments, healRefunds } from './heal.ts'
import { type BillLine, BillParser } from './parse.ts'

export interface BillDeps extends HealDeps {
  db: Database
  /** The lines of the day's bill. */
  download: (billDate: string) => AsyncIterable<string>
}

/** With the connection that holds the lock of the day. */
type RunDeps = Omit<BillDeps, 'db'> & { db: Session }

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

/** Another run for the same day that takes longer than this is not waited for. */
const WAIT_SEC = 5

/**
 * Repeatable: a second run for the same day replaces what the first one stored. Two at once take turns.
 *
 * @param billDate - `yyyyMMdd`, Beijing time
 * @throws RangeError when that is no date, AppError DATABASE_UNAVAILABLE also while another run is at this day
 */
export function compareBill(billDate: string, deps: BillDeps): Promise<BillReport> {
  dayOf(billDate)
  return deps.db.withLock(`letao:bill:${billDate}`, WAIT_SEC, (session) =>
    compare(billDate, { ...deps, db: session }),
  )
}

async function compare(billDate: string, deps: RunDeps): Promise<BillReport> {
  const { db, config, now, log } = deps
  const lines = await storeLines(billDate, deps)
  const healed = await healPayments(billDate, deps)
  const adopted = await healRefunds(billDate, deps)
  const found = await db.transaction(async (tx) => {
    await storeDifferences(tx, billDate, config, now())
    const sums = await sumUp(tx, billDate, config)
    const counted = await tx.row<{ n: number }>(
      'SELECT COUNT(*) AS n FROM bill_difference WHERE bill_date = ?',
      [billDate],
    )
    const difference_count = counted?.n ?? 0
    await tx.run(
      `REPLACE INTO bill_run (bill_date, bill_lines, paid_there_fen, refunded_there_fen, paid_here_fen,
         refunded_here_fen, differences, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        billDate,
        lines,
        sums.paid_there_fen,
        sums.refunded_there_fen,
        sums.paid_here_fen,
        sums.refunded_here_fen,
        difference_count,
        now(),
      ],
    )
    const differences = await tx.rows<Difference>(
      `SELECT kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen FROM bill_difference
       WHERE bill_date = ? ORDER BY id LIMIT ${MAX_SHOWN}`,
      [billDate],
    )
    return { ...sums, difference_count, differences }
  })
  for (const difference of found.differences) log.error('bill_difference', { billDate, ...difference })
  return { bill_date: billDate, lines, healed, adopted, ...found }
}

/**
 * Takes the bill over into `bill_line`, in batches. Lines of other apps of the same merchant are not ours. What an
 * earlier run stored goes when the bill is there, not before.
 */
async function storeLines(billDate: string, { db, config, download }: RunDeps): Promise<number> {
  const parser = new BillParser()
  let batch: BillLine[] = []
  let count = 0
  let isFirst = true
  const flush = async () => {
    if (isFirst) await db.run('DELETE FROM bill_line WHERE bill_date = ?', [billDate])
    isFirst = false
    if (batch.length > 0) await insertLines(db, billDate, batch)
    count += batch.length
    batch = []
  }
  for await (const text of download(billDate)) {
    const line = parser.parse(text)
    if (line?.appid === config.WX_APPID) batch.push(line)
    if (batch.length >= BATCH) await flush()
  }
  parser.finish()
  await flush()
  return count
}

async function insertLines(db: Session, billDate: string, lines: readonly BillLine[]): Promise<void> {
  const values: SqlValue[] = lines.flatMap(({ kind, outTradeNo, transactionId, outRefundNo, amountFen }) => [
    billDate,
    kind,
    outTradeNo.slice(0, 64),
    transactionId.slice(0, 64),
    outRefundNo.slice(0, 64),
    amountFen,
  ])
  await db.run(
    `INSERT INTO bill_line (bill_date, kind, out_trade_no, transaction_id, out_refund_no, amount_fen)
     VALUES ${lines.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`,
    values,
  )
}

interface Sums {
  paid_there_fen: number
  refunded_there_fen: number
  paid_here_fen: number
  refunded_here_fen: number
}

/** The sums of the day, after its differences are stored: what is missing there is of this day, too. */
async function sumUp(tx: Sql, billDate: string, merchant: Merchant): Promise<Sums> {
  const sums = await tx.row<Sums>(
    `SELECT
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'PAID') AS SIGNED)
         AS paid_there_fen,
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'REFUND') AS SIGNED)
         AS refunded_there_fen,
       CAST((SELECT COALESCE(SUM(total_fee), 0) FROM payorder WHERE ${paidOnDay}) AS SIGNED) AS paid_here_fen,
       CAST((SELECT COALESCE(SUM(refund.refund_fee), 0) FROM bill_line AS line
             JOIN refund ON refund.out_refund_no = line.out_refund_no AND refund.transaction_id = line.transaction_id
             WHERE line.bill_date = ? AND line.kind = 'REFUND')
          + (SELECT COALESCE(SUM(here_fen), 0) FROM bill_difference
             WHERE bill_date = ? AND kind = 'refund_missing_there') AS SIGNED) AS refunded_here_fen`,
    [billDate, billDate, ...paidOnDayValues(billDate, merchant), billDate, billDate],
  )
  if (!sums) throw new Error('a sum without a row')
  return sums
}

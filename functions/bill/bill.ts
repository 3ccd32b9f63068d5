/** Compares WeChat's bill of a day with the ledger, in both directions, and heals what a lost notify left behind. */
import { parseBeijing } from '#shared/beijing-time'
import type { Database, SqlValue } from '#shared/db'
import { queryAndSettle } from '#shared/pay/query'
import type { SettleDeps } from '#shared/pay/settle'
import { type Wechat, WechatRefused, WechatUnreachable } from '#shared/pay/wechat'
import { type BillLine, BillParser } from './parse.ts'

export interface BillDeps extends SettleDeps {
  db: Database
  wechat: Wechat
  /** The lines of the day's bill. */
  download: (billDate: string) => AsyncIterable<string>
}

/**
 * - `paid_there_not_here`, `missing_there`: a payment that only one side knows
 * - `amount`: both know it, with another amount
 * - `refund_there_not_here`, `refund_missing_there`, `refund_amount`: the same for refunds
 */
export type DifferenceKind =
  | 'paid_there_not_here'
  | 'missing_there'
  | 'amount'
  | 'refund_there_not_here'
  | 'refund_missing_there'
  | 'refund_amount'

export interface Difference {
  kind: DifferenceKind
  out_trade_no: string
  transaction_id: string
  out_refund_no: string
  /** Fen; null: unknown on this side. */
  here_fen: number | null
  there_fen: number | null
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
  differences: Difference[]
}

const BATCH = 500

/** What a run keeps in its answer; all of them are in `bill_difference`. */
const MAX_SHOWN = 50

/**
 * Repeatable: a second run for the same day replaces what the first one stored.
 *
 * @param billDate - `yyyyMMdd`, Beijing time
 */
export async function compareBill(billDate: string, deps: BillDeps): Promise<BillReport> {
  const { db, now } = deps
  const lines = await storeLines(billDate, deps)
  const healed = await heal(billDate, deps)
  const differences = await findDifferences(billDate, deps)
  const sums = await sumUp(billDate, db)
  await db.transaction(async (tx) => {
    await tx.run('DELETE FROM bill_difference WHERE bill_date = ?', [billDate])
    for (const found of differences) {
      await tx.run(
        `INSERT INTO bill_difference (bill_date, kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen,
           found_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
        [
          billDate,
          found.kind,
          found.out_trade_no,
          found.transaction_id,
          found.out_refund_no,
          found.here_fen,
          found.there_fen,
          now(),
        ],
      )
    }
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
        differences.length,
        now(),
      ],
    )
  })
  for (const found of differences.slice(0, MAX_SHOWN))
    deps.log.error('bill_difference', { billDate, ...found })
  return { bill_date: billDate, lines, ...sums, healed, differences }
}

/** Takes the bill over into `bill_line`, in batches. Lines of other apps of the same merchant are not ours. */
async function storeLines(billDate: string, { db, config, download }: BillDeps): Promise<number> {
  await db.run('DELETE FROM bill_line WHERE bill_date = ?', [billDate])
  const parser = new BillParser()
  let batch: BillLine[] = []
  let count = 0
  const flush = async () => {
    if (batch.length > 0) await insertLines(db, billDate, batch)
    count += batch.length
    batch = []
  }
  for await (const text of download(billDate)) {
    const line = parser.parse(text)
    if (line?.appid === config.WX_APPID) batch.push(line)
    if (batch.length >= BATCH) await flush()
  }
  await flush()
  parser.finish()
  return count
}

async function insertLines(db: Database, billDate: string, lines: readonly BillLine[]): Promise<void> {
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

/** An order of ours that the bill has as paid and we do not: the bill is unsigned, so WeChat is asked, then settled. */
async function heal(billDate: string, deps: BillDeps): Promise<number> {
  const unknown = await deps.db.rows<{ out_trade_no: string }>(
    `SELECT payorder.out_trade_no FROM bill_line
     JOIN payorder ON payorder.out_trade_no = bill_line.out_trade_no AND payorder.out_trade_no_repeat = 0
     WHERE bill_line.bill_date = ? AND bill_line.kind = 'PAID' AND payorder.transaction_id IS NULL`,
    [billDate],
  )
  let healed = 0
  for (const { out_trade_no } of unknown) {
    try {
      const { verdict } = await queryAndSettle(out_trade_no, 'bill', deps)
      if (verdict === 'settled' || verdict === 'paid_late') healed += 1
    } catch (error) {
      if (!(error instanceof WechatRefused || error instanceof WechatUnreachable)) throw error
      deps.log.warn('bill_heal_failed', { outTradeNo: out_trade_no, reason: error.message })
    }
  }
  return healed
}

async function findDifferences(billDate: string, { db }: BillDeps): Promise<Difference[]> {
  const day = dayOf(billDate)
  return [
    ...(await db.rows<Difference>(
      // A payment that came twice is known by the journal, for the order holds only the first one.
      `SELECT 'paid_there_not_here' AS kind, line.out_trade_no, line.transaction_id, '' AS out_refund_no,
              NULL AS here_fen, line.amount_fen AS there_fen
       FROM bill_line AS line
       LEFT JOIN payorder ON payorder.transaction_id = line.transaction_id AND payorder.out_trade_no = line.out_trade_no
       WHERE line.bill_date = ? AND line.kind = 'PAID' AND payorder.id IS NULL AND NOT EXISTS (
         SELECT 1 FROM payment_event WHERE payment_event.out_trade_no = line.out_trade_no
           AND payment_event.transaction_id = line.transaction_id AND payment_event.verdict = 'paid_twice')
       ORDER BY line.id`,
      [billDate],
    )),
    ...(await db.rows<Difference>(
      `SELECT 'amount' AS kind, line.out_trade_no, line.transaction_id, '' AS out_refund_no,
              payorder.total_fee AS here_fen, line.amount_fen AS there_fen
       FROM bill_line AS line
       JOIN payorder ON payorder.transaction_id = line.transaction_id AND payorder.out_trade_no = line.out_trade_no
       WHERE line.bill_date = ? AND line.kind = 'PAID' AND payorder.total_fee <> line.amount_fen ORDER BY line.id`,
      [billDate],
    )),
    ...(await db.rows<Difference>(
      `SELECT 'missing_there' AS kind, payorder.out_trade_no, payorder.transaction_id, '' AS out_refund_no,
              payorder.total_fee AS here_fen, NULL AS there_fen
       FROM payorder
       LEFT JOIN bill_line AS line ON line.bill_date = ? AND line.kind = 'PAID'
         AND line.transaction_id = payorder.transaction_id
       WHERE payorder.time_end BETWEEN ? AND ? AND payorder.transaction_id IS NOT NULL
         AND payorder.user_id IS NOT NULL AND line.id IS NULL
       ORDER BY payorder.id`,
      [billDate, `${billDate}000000`, `${billDate}235959`],
    )),
    ...(await db.rows<Difference>(
      `SELECT IF(refund.id IS NULL, 'refund_there_not_here', 'refund_amount') AS kind, line.out_trade_no,
              line.transaction_id, line.out_refund_no, refund.refund_fee AS here_fen, line.amount_fen AS there_fen
       FROM bill_line AS line
       LEFT JOIN refund ON refund.out_refund_no = line.out_refund_no AND refund.transaction_id = line.transaction_id
       WHERE line.bill_date = ? AND line.kind = 'REFUND' AND (refund.id IS NULL OR refund.refund_fee <> line.amount_fen)
       ORDER BY line.id`,
      [billDate],
    )),
    ...(await db.rows<Difference>(
      // A refund accepted near midnight may stand in the neighbour's bill.
      `SELECT 'refund_missing_there' AS kind, refund.out_trade_no, refund.transaction_id, refund.out_refund_no,
              refund.refund_fee AS here_fen, NULL AS there_fen
       FROM refund
       LEFT JOIN bill_line AS line ON line.kind = 'REFUND' AND line.transaction_id = refund.transaction_id
         AND line.out_refund_no = refund.out_refund_no
       WHERE refund.accepted_at >= ? AND refund.accepted_at < ? AND line.id IS NULL ORDER BY refund.id`,
      [new Date(day.start.getTime() + MIDNIGHT_MS), new Date(day.end.getTime() - MIDNIGHT_MS)],
    )),
  ]
}

const MIDNIGHT_MS = 10 * 60_000

interface Sums {
  paid_there_fen: number
  refunded_there_fen: number
  paid_here_fen: number
  refunded_here_fen: number
}

async function sumUp(billDate: string, db: Database): Promise<Sums> {
  const { start, end } = dayOf(billDate)
  const sums = await db.row<Sums>(
    `SELECT
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'PAID') AS SIGNED)
         AS paid_there_fen,
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'REFUND') AS SIGNED)
         AS refunded_there_fen,
       CAST((SELECT COALESCE(SUM(total_fee), 0) FROM payorder
             WHERE time_end BETWEEN ? AND ? AND transaction_id IS NOT NULL AND user_id IS NOT NULL) AS SIGNED)
         AS paid_here_fen,
       CAST((SELECT COALESCE(SUM(refund_fee), 0) FROM refund WHERE accepted_at >= ? AND accepted_at < ?) AS SIGNED)
         AS refunded_here_fen`,
    [billDate, billDate, `${billDate}000000`, `${billDate}235959`, start, end],
  )
  if (!sums) throw new Error('a sum without a row')
  return sums
}

/** The day from its first moment to the first one of the next, Beijing time. */
function dayOf(billDate: string): { start: Date; end: Date } {
  const start = parseBeijing(`${billDate}000000`)
  if (!start) throw new RangeError('not a date')
  return { start, end: new Date(start.getTime() + 86_400_000) }
}

/** Compares WeChat's bill of a day with the ledger, in both directions, and heals what a lost notify left behind. */
import type { Database, Session, SqlValue } from '#shared/db'
import { queryAndSettle } from '#shared/pay/query'
import type { SettleDeps } from '#shared/pay/settle'
import { type Wechat, WechatRefused, WechatUnreachable } from '#shared/pay/wechat'
import { type Difference, dayOf, paidOnDay, paidOnDayValues, storeDifferences } from './differences.ts'
import { type BillLine, BillParser } from './parse.ts'

export interface BillDeps extends SettleDeps {
  db: Database
  wechat: Wechat
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
  difference_count: number
  /** The first of them; all are in `bill_difference`. */
  differences: Difference[]
}

const BATCH = 500

const MAX_SHOWN = 50

/** Another run for the same day that takes longer than this is not waited for. */
const WAIT_SEC = 5

/** So many questions in a row that nobody answered: what is not healed is a difference, and the next run asks again. */
const HOPELESS = 5

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
  const healed = await heal(billDate, deps)
  const sums = await sumUp(billDate, deps)
  const found = await db.transaction(async (tx) => {
    await storeDifferences(tx, billDate, config, now())
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
    return { difference_count, differences }
  })
  for (const difference of found.differences) log.error('bill_difference', { billDate, ...difference })
  return { bill_date: billDate, lines, ...sums, healed, ...found }
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

/** An order of ours that the bill has as paid and we do not: the bill is unsigned, so WeChat is asked, then settled. */
async function heal(billDate: string, deps: RunDeps): Promise<number> {
  const unknown = await deps.db.rows<{ out_trade_no: string }>(
    `SELECT payorder.out_trade_no FROM bill_line
     JOIN payorder ON payorder.out_trade_no = bill_line.out_trade_no AND payorder.out_trade_no_repeat = 0
     WHERE bill_line.bill_date = ? AND bill_line.kind = 'PAID' AND payorder.transaction_id IS NULL`,
    [billDate],
  )
  let healed = 0
  let unanswered = 0
  for (const { out_trade_no } of unknown) {
    try {
      const { verdict } = await queryAndSettle(out_trade_no, 'bill', deps)
      if (verdict === 'settled' || verdict === 'paid_late') healed += 1
      unanswered = 0
    } catch (error) {
      if (!(error instanceof WechatRefused || error instanceof WechatUnreachable)) throw error
      deps.log.warn('bill_heal_failed', { outTradeNo: out_trade_no, reason: error.message })
      if (error instanceof WechatUnreachable && ++unanswered >= HOPELESS) break
    }
  }
  return healed
}

interface Sums {
  paid_there_fen: number
  refunded_there_fen: number
  paid_here_fen: number
  refunded_here_fen: number
}

async function sumUp(billDate: string, { db, config }: RunDeps): Promise<Sums> {
  const { start, end } = dayOf(billDate)
  const sums = await db.row<Sums>(
    `SELECT
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'PAID') AS SIGNED)
         AS paid_there_fen,
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'REFUND') AS SIGNED)
         AS refunded_there_fen,
       CAST((SELECT COALESCE(SUM(total_fee), 0) FROM payorder WHERE ${paidOnDay}) AS SIGNED) AS paid_here_fen,
       CAST((SELECT COALESCE(SUM(refund_fee), 0) FROM refund
             JOIN payorder ON payorder.id = refund.order_id AND payorder.appid = ? AND payorder.mch_id = ?
             WHERE accepted_at >= ? AND accepted_at < ?) AS SIGNED) AS refunded_here_fen`,
    [billDate, billDate, ...paidOnDayValues(billDate, config), config.WX_APPID, config.WX_MCH_ID, start, end],
  )
  if (!sums) throw new Error('a sum without a row')
  return sums
}

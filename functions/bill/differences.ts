/** Where bill and ledger disagree: found by the database, however many lines a day has, and kept there. */

import type { Sql, SqlValue } from '#shared/db'
import { beijingDigits, parseBeijing } from '#shared/time'

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

/** Whose ledger: rows of another app or merchant have a bill of their own. */
export interface Merchant {
  WX_APPID: string
  WX_MCH_ID: string
}

/** A refund that was accepted so shortly before midnight may stand in the bill of the next day. */
const MIDNIGHT_MS = 10 * 60_000

/** Replaces the stored differences of the day. `tx` has to be a transaction, for readers see all or nothing. */
export async function storeDifferences(
  tx: Sql,
  billDate: string,
  { WX_APPID, WX_MCH_ID }: Merchant,
  now: Date,
): Promise<void> {
  const { start, end } = dayOf(billDate)
  const dayBefore = billDateOf(new Date(start.getTime() - 86_400_000))
  const near = (moment: Date) => new Date(moment.getTime() - MIDNIGHT_MS)
  await tx.run('DELETE FROM bill_difference WHERE bill_date = ?', [billDate])
  const insert = (select: string, values: readonly SqlValue[]) =>
    tx.run(
      `INSERT INTO bill_difference
         (kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen, bill_date, found_at)
       SELECT found.*, ?, ? FROM (${select}) AS found`,
      [billDate, now, ...values],
    )
  // A payment that came twice is known by the journal, for the order holds only the first one.
  await insert(
    `SELECT 'paid_there_not_here' AS kind, line.out_trade_no, line.transaction_id, '' AS out_refund_no,
            NULL AS here_fen, line.amount_fen AS there_fen
     FROM bill_line AS line
     LEFT JOIN payorder ON payorder.transaction_id = line.transaction_id AND payorder.transaction_id_repeat = 0
       AND payorder.out_trade_no = line.out_trade_no
     WHERE line.bill_date = ? AND line.kind = 'PAID' AND payorder.id IS NULL AND NOT EXISTS (
       SELECT 1 FROM payment_event WHERE payment_event.out_trade_no = line.out_trade_no
         AND payment_event.transaction_id = line.transaction_id AND payment_event.verdict = 'paid_twice')
     ORDER BY line.id`,
    [billDate],
  )
  await insert(
    `SELECT 'amount' AS kind, line.out_trade_no, line.transaction_id, '' AS out_refund_no,
            payorder.total_fee AS here_fen, line.amount_fen AS there_fen
     FROM bill_line AS line
     JOIN payorder ON payorder.transaction_id = line.transaction_id AND payorder.transaction_id_repeat = 0
       AND payorder.out_trade_no = line.out_trade_no
     WHERE line.bill_date = ? AND line.kind = 'PAID' AND payorder.total_fee <> line.amount_fen ORDER BY line.id`,
    [billDate],
  )
  await insert(
    `SELECT 'missing_there' AS kind, payorder.out_trade_no, payorder.transaction_id, '' AS out_refund_no,
            payorder.total_fee AS here_fen, NULL AS there_fen
     FROM payorder
     LEFT JOIN bill_line AS line ON line.bill_date = ? AND line.kind = 'PAID'
       AND line.transaction_id = payorder.transaction_id
     WHERE ${paidOnDay} AND line.id IS NULL ORDER BY payorder.id`,
    [billDate, ...paidOnDayValues(billDate, { WX_APPID, WX_MCH_ID })],
  )
  await insert(
    `SELECT IF(refund.id IS NULL, 'refund_there_not_here', 'refund_amount') AS kind, line.out_trade_no,
            line.transaction_id, line.out_refund_no, refund.refund_fee AS here_fen, line.amount_fen AS there_fen
     FROM bill_line AS line
     LEFT JOIN refund ON refund.out_refund_no = line.out_refund_no AND refund.transaction_id = line.transaction_id
     WHERE line.bill_date = ? AND line.kind = 'REFUND' AND (refund.id IS NULL OR refund.refund_fee <> line.amount_fen)
     ORDER BY line.id`,
    [billDate],
  )
  // What was accepted just before midnight is looked for a day later, when it must stand in one of the two bills.
  await insert(
    `SELECT 'refund_missing_there' AS kind, refund.out_trade_no, refund.transaction_id, refund.out_refund_no,
            refund.refund_fee AS here_fen, NULL AS there_fen
     FROM refund
     JOIN payorder ON payorder.id = refund.order_id AND payorder.appid = ? AND payorder.mch_id = ?
     LEFT JOIN bill_line AS line ON line.kind = 'REFUND' AND line.transaction_id = refund.transaction_id
       AND line.out_refund_no = refund.out_refund_no
     WHERE refund.accepted_at >= ? AND refund.accepted_at < ? AND line.id IS NULL
       AND (refund.accepted_at >= ? OR EXISTS (SELECT 1 FROM bill_run WHERE bill_date = ?))
     ORDER BY refund.id`,
    [WX_APPID, WX_MCH_ID, near(start), near(end), start, dayBefore],
  )
}

/** Condition on `payorder`: paid here on that day, by the time that WeChat gave. */
export const paidOnDay = `payorder.time_end BETWEEN ? AND ? AND payorder.transaction_id IS NOT NULL
       AND payorder.transaction_id_repeat = 0 AND payorder.appid = ? AND payorder.mch_id = ?`

/** The values of `paidOnDay`. */
export function paidOnDayValues(billDate: string, { WX_APPID, WX_MCH_ID }: Merchant): SqlValue[] {
  return [`${billDate}000000`, `${billDate}235959`, WX_APPID, WX_MCH_ID]
}

/** The day from its first moment to the first one of the next, Beijing time. @throws RangeError when it is no date */
export function dayOf(billDate: string): { start: Date; end: Date } {
  const start = parseBeijing(`${billDate}000000`)
  if (!start || billDateOf(start) !== billDate) throw new RangeError(`${billDate} is not a date`)
  return { start, end: new Date(start.getTime() + 86_400_000) }
}

/** The Beijing day of a moment, as `yyyyMMdd`. */
export function billDateOf(moment: Date): string {
  return beijingDigits(moment).slice(0, 8)
}

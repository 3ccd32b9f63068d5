/** `bill_difference`: where bill and ledger disagree, found by the database, however many lines a day has. */
import type { Sql, SqlValue } from '#shared/db'
import { paidOnDay, paidOnDayValues } from '#shared/payment/ledger'
import { type Day, dayBefore } from './day.ts'

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

/** A refund that was accepted so shortly before midnight may stand in the bill of the next day. */
const MIDNIGHT_MS = 10 * 60_000

/** Replaces the stored differences of the day. `tx` has to be a transaction, for readers see all or nothing. */
export async function storeDifferences(tx: Sql, day: Day, now: Date): Promise<void> {
  const { billDate, start, end, merchantId } = day
  const near = (moment: Date) => new Date(moment.getTime() - MIDNIGHT_MS)
  await tx.run('/* bill_difference.delete */ DELETE FROM bill_difference WHERE bill_date = ?', [billDate])
  const insert = (label: string, select: string, values: readonly SqlValue[]) =>
    tx.run(
      `/* bill_difference.${label} */ INSERT INTO bill_difference
         (kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen, bill_date, found_at)
       SELECT found.*, ?, ? FROM (${select}) AS found`,
      [billDate, now, ...values],
    )
  // A payment that came twice is known by the journal, for the order holds only the first one.
  await insert(
    'paidThere',
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
    'amount',
    `SELECT 'amount' AS kind, line.out_trade_no, line.transaction_id, '' AS out_refund_no,
            payorder.total_fee AS here_fen, line.amount_fen AS there_fen
     FROM bill_line AS line
     JOIN payorder ON payorder.transaction_id = line.transaction_id AND payorder.transaction_id_repeat = 0
       AND payorder.out_trade_no = line.out_trade_no
     WHERE line.bill_date = ? AND line.kind = 'PAID' AND payorder.total_fee <> line.amount_fen ORDER BY line.id`,
    [billDate],
  )
  await insert(
    'missingThere',
    `SELECT 'missing_there' AS kind, payorder.out_trade_no, payorder.transaction_id, '' AS out_refund_no,
            payorder.total_fee AS here_fen, NULL AS there_fen
     FROM payorder
     LEFT JOIN bill_line AS line ON line.bill_date = ? AND line.kind = 'PAID'
       AND line.transaction_id = payorder.transaction_id
     WHERE ${paidOnDay} AND line.id IS NULL ORDER BY payorder.id`,
    [billDate, ...paidOnDayValues(day)],
  )
  await insert(
    'refunds',
    `SELECT IF(refund.id IS NULL OR refund.refund_fee = line.amount_fen, 'refund_there_not_here', 'refund_amount') AS kind,
            line.out_trade_no,
            line.transaction_id, line.out_refund_no, refund.refund_fee AS here_fen, line.amount_fen AS there_fen
     FROM bill_line AS line
     LEFT JOIN refund ON refund.out_refund_no = line.out_refund_no AND refund.transaction_id = line.transaction_id
     WHERE line.bill_date = ? AND line.kind = 'REFUND' AND (refund.id IS NULL OR refund.refund_fee <> line.amount_fen
       OR (refund.status = 'CLOSED' AND refund.refund_id IS NULL))
     ORDER BY line.id`,
    [billDate],
  )
  // What was accepted just before midnight is looked for a day later, when it must stand in one of the two bills.
  await insert(
    'refundsMissing',
    `SELECT 'refund_missing_there' AS kind, refund.out_trade_no, refund.transaction_id, refund.out_refund_no,
            refund.refund_fee AS here_fen, NULL AS there_fen
     FROM refund
     JOIN payorder ON payorder.id = refund.order_id AND payorder.mch_id = ?
     LEFT JOIN bill_line AS line ON line.kind = 'REFUND' AND line.transaction_id = refund.transaction_id
       AND line.out_refund_no = refund.out_refund_no
     WHERE refund.accepted_at >= ? AND refund.accepted_at < ? AND line.id IS NULL
       AND (refund.accepted_at >= ? OR EXISTS (SELECT 1 FROM bill_run WHERE bill_date = ?))
     ORDER BY refund.id`,
    [merchantId, near(start), near(end), start, dayBefore(start)],
  )
}

/** How many differences a day has, and the first of them. */
export async function readDifferences(
  tx: Sql,
  billDate: string,
  limit: number,
): Promise<{ count: number; differences: Difference[] }> {
  const counted = await tx.row<{ n: number }>(
    '/* bill_difference.count */ SELECT COUNT(*) AS n FROM bill_difference WHERE bill_date = ?',
    [billDate],
  )
  const differences = await tx.rows<Difference>(
    `/* bill_difference.read */ SELECT kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen
     FROM bill_difference WHERE bill_date = ? ORDER BY id LIMIT ${Math.trunc(limit)}`,
    [billDate],
  )
  return { count: counted?.n ?? 0, differences }
}

export interface StoredDifference extends Difference {
  id: number
  /** `yyyyMMdd`. */
  bill_date: string
  found_at: Date
}

/** One page of the differences of all days, those found last first. */
export function listDifferences(
  sql: Pick<Sql, 'rows'>,
  { beforeId, limit }: { beforeId: number | undefined; limit: number },
): Promise<StoredDifference[]> {
  return sql.rows<StoredDifference>(
    `/* bill_difference.list */ SELECT id, bill_date, kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen, found_at
     FROM bill_difference ${beforeId === undefined ? '' : 'WHERE id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === undefined ? [] : [beforeId],
  )
}

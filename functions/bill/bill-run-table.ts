/** `bill_run`: what the last comparison of each day found. */
import type { Sql } from '#shared/db'
import type { Day } from '#shared/payment/bill'
import { paidOnDay, paidOnDayValues } from '#shared/payment/ledger'

/** All sums in fen. */
export interface Sums {
  paid_there_fen: number
  refunded_there_fen: number
  paid_here_fen: number
  refunded_here_fen: number
}

export interface BillRunRow extends Sums {
  bill_date: string
  lines: number
  differences: number
}

/** Writes the result of a day, in the place of an earlier one. */
export async function saveRun(tx: Sql, run: BillRunRow, now: Date): Promise<void> {
  await tx.run(
    `/* bill_run.save */ REPLACE INTO bill_run (bill_date, bill_lines, paid_there_fen, refunded_there_fen, paid_here_fen,
       refunded_here_fen, differences, finished_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      run.bill_date,
      run.lines,
      run.paid_there_fen,
      run.refunded_there_fen,
      run.paid_here_fen,
      run.refunded_here_fen,
      run.differences,
      now,
    ],
  )
}

/**
 * The sums of the day, after its differences are stored: what is missing there is of this day, too. A refund that was
 * closed here is no money that went back.
 */
export async function sumUp(tx: Sql, day: Day): Promise<Sums> {
  const { billDate } = day
  const sums = await tx.row<Sums>(
    `/* bill_run.sumUp */ SELECT
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'PAID') AS SIGNED)
         AS paid_there_fen,
       CAST((SELECT COALESCE(SUM(amount_fen), 0) FROM bill_line WHERE bill_date = ? AND kind = 'REFUND') AS SIGNED)
         AS refunded_there_fen,
       CAST((SELECT COALESCE(SUM(total_fee), 0) FROM payorder WHERE ${paidOnDay}) AS SIGNED) AS paid_here_fen,
       CAST((SELECT COALESCE(SUM(refund.refund_fee), 0) FROM bill_line AS line
             JOIN refund ON refund.out_refund_no = line.out_refund_no AND refund.transaction_id = line.transaction_id
             WHERE line.bill_date = ? AND line.kind = 'REFUND'
               AND (refund.status <> 'CLOSED' OR refund.refund_id IS NOT NULL))
          + (SELECT COALESCE(SUM(here_fen), 0) FROM bill_difference
             WHERE bill_date = ? AND kind = 'refund_missing_there') AS SIGNED) AS refunded_here_fen`,
    [billDate, billDate, ...paidOnDayValues(day), billDate, billDate],
  )
  if (!sums) throw new Error('a sum without a row')
  return sums
}

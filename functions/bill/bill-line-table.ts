/** `bill_line`: the lines of a gateway's bill that belong to this shop. */
import type { Sql, SqlValue } from '#shared/db'
import type { BillLine } from '#shared/payment/gateway'

/**
 * Where a bill is put while it is still coming in: under this day nobody looks for it, so that a download that breaks
 * off leaves the lines of the run before as they are.
 */
export function arriving(billDate: string): string {
  return `~${billDate.slice(1)}`
}

/** Removes the lines of a day. */
export async function deleteLines(sql: Pick<Sql, 'run'>, billDate: string): Promise<void> {
  await sql.run('/* bill_line.delete */ DELETE FROM bill_line WHERE bill_date = ?', [billDate])
}

/** Stores lines of a day. */
export async function insertLines(
  sql: Pick<Sql, 'run'>,
  billDate: string,
  lines: readonly BillLine[],
): Promise<void> {
  if (lines.length === 0) return
  const values: SqlValue[] = lines.flatMap(({ kind, orderNo, transactionId, refundNo, amountFen }) => [
    billDate,
    kind,
    orderNo.slice(0, 64),
    transactionId.slice(0, 64),
    refundNo.slice(0, 64),
    amountFen,
  ])
  await sql.run(
    `/* bill_line.insert */ INSERT INTO bill_line (bill_date, kind, out_trade_no, transaction_id, out_refund_no, amount_fen)
     VALUES ${lines.map(() => '(?, ?, ?, ?, ?, ?)').join(', ')}`,
    values,
  )
}

/** Puts the lines that have arrived in the place of those of the run before. */
export async function replaceLines(tx: Sql, billDate: string): Promise<void> {
  await deleteLines(tx, billDate)
  await tx.run('/* bill_line.replace */ UPDATE bill_line SET bill_date = ? WHERE bill_date = ?', [
    billDate,
    arriving(billDate),
  ])
}

/** Payments of a day's lines whose orders hold none. */
export function findUnpaidOrders(
  sql: Sql,
  billDate: string,
): Promise<{ orderId: number; orderNo: string }[]> {
  return sql.rows(
    `/* bill_line.findUnpaid */ SELECT payorder.id AS orderId, payorder.out_trade_no AS orderNo FROM bill_line
     JOIN payorder ON payorder.out_trade_no = bill_line.out_trade_no AND payorder.out_trade_no_repeat = 0
     WHERE bill_line.bill_date = ? AND bill_line.kind = 'PAID' AND payorder.transaction_id IS NULL
     ORDER BY bill_line.id`,
    [billDate],
  )
}

/** Refunds of a day's lines that are unknown here, or were believed to be over without money moving. */
export function findUnknownRefunds(
  sql: Sql,
  billDate: string,
): Promise<{ orderNo: string; refundNo: string; gateway: string; appId: string; merchantId: string }[]> {
  return sql.rows(
    `/* bill_line.findUnknownRefunds */ SELECT line.out_trade_no AS orderNo, line.out_refund_no AS refundNo,
            payorder.gateway, payorder.appid AS appId, payorder.mch_id AS merchantId
     FROM bill_line AS line
     JOIN payorder ON payorder.out_trade_no = line.out_trade_no AND payorder.out_trade_no_repeat = 0
     LEFT JOIN refund ON refund.out_refund_no = line.out_refund_no
     WHERE line.bill_date = ? AND line.kind = 'REFUND'
       AND (refund.id IS NULL OR (refund.status = 'CLOSED' AND refund.refund_id IS NULL))
     ORDER BY line.id`,
    [billDate],
  )
}

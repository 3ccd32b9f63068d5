/** The payments of an order: the one that it holds, and those that came on top of it. */
import type { Sql } from '#shared/db'
import type { OrderRow } from './orders.ts'
import type { Payment } from './refund-request.ts'

/** This payment of the order, as the order or the journal knows it; undefined: it has no such payment. */
export async function findPayment(
  sql: Sql,
  order: OrderRow,
  transactionId: string,
): Promise<Payment | undefined> {
  if (order.transaction_id === transactionId)
    return { transactionId, totalFee: order.total_fee, timeEnd: order.time_end }
  const second = await sql.row<{ total_fee: number | null; fields: string }>(
    `SELECT total_fee, fields FROM payment_event
     WHERE out_trade_no = ? AND transaction_id = ? AND verdict = 'paid_twice' ORDER BY id LIMIT 1`,
    [order.out_trade_no, transactionId],
  )
  if (!second) return undefined
  const { time_end: timeEnd = null } = JSON.parse(second.fields) as { time_end?: string }
  return { transactionId, totalFee: second.total_fee ?? order.total_fee, timeEnd }
}

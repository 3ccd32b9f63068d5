/** The payments of an order: the one that it holds, and those that came on top of it. */
import type { Sql } from '#shared/db'
import { findSecondPayment, listSecondPayments } from './payment-event-table.ts'
import type { OrderRow } from './payorder-table/index.ts'

/** Which payment is given back: the order's own, or one that came twice. */
export interface Payment {
  transactionId: string
  totalFen: number
  /** `yyyyMMddHHmmss`, Beijing time. */
  paidAt: string | null
}

/** This payment of the order, as the order or the journal knows it; undefined: it has no such payment. */
export async function findPayment(
  sql: Sql,
  order: OrderRow,
  transactionId: string,
): Promise<Payment | undefined> {
  if (order.transactionId === transactionId)
    return { transactionId, totalFen: order.amountFen, paidAt: order.paidAt }
  const second = await findSecondPayment(sql, order.orderNo, transactionId)
  return second && { transactionId, totalFen: second.amountFen ?? order.amountFen, paidAt: second.paidAt }
}

/** Every payment of an order: its own first. */
export async function listPayments(sql: Sql, order: OrderRow): Promise<Payment[]> {
  const { transactionId, amountFen: totalFen, paidAt } = order
  const payments = new Map<string, Payment>()
  if (transactionId !== null) payments.set(transactionId, { transactionId, totalFen, paidAt })
  for (const each of await listSecondPayments(sql, order.orderNo)) {
    if (!payments.has(each.transactionId))
      payments.set(each.transactionId, { ...each, totalFen: each.amountFen ?? totalFen })
  }
  return [...payments.values()]
}

/**
 * What a payment's move means for the business order that it pays. The ledger calls this inside the transaction that
 * moved the payment, so both commit together; no HTTP happens here, and stock comes last.
 */
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import { release, reserveAllOrNothing } from '#shared/stock'
import { writeEvent } from './order-event-table.ts'
import { listLines, stockOf } from './shop-order-line-table.ts'
import { lockShopOrder, moveOrder, type ShopOrderRow } from './shop-order-table/index.ts'

/** How a payment moved. */
export interface PaymentMove {
  shopOrderId: number
  /** `paid_late`: after the payment was closed here. `paid_twice`: beside another payment of the same attempt. */
  kind: 'paid' | 'paid_late' | 'paid_twice' | 'closed'
  transactionId: string | undefined
}

/** `give_back`: nobody gets shoes for this money, so the ledger has to return it. */
export type PaymentConsequence = 'kept' | 'give_back'

/** The reference under which a new order reserves its stock. */
export function stockRefOf(orderId: number): string {
  return `O${orderId}`
}

/** @throws AppError DATABASE_UNAVAILABLE when the order or its stock stays locked */
export async function onPaymentMoved(
  tx: Sql,
  move: PaymentMove,
  { now, log }: { now: Date; log: Logger },
): Promise<PaymentConsequence> {
  const order = await lockShopOrder(tx, move.shopOrderId)
  if (!order) {
    log.error('shop_order_gone', { shopOrderId: move.shopOrderId })
    return 'kept'
  }
  if (move.kind === 'closed') return closeUnpaid(tx, order, now)
  if (move.kind === 'paid_twice') return refuseSecond(tx, order, move, now)
  return order.state === 'UNPAID' ? takePayment(tx, order, move, now) : payLate(tx, order, move, now, log)
}

async function takePayment(
  tx: Sql,
  order: ShopOrderRow,
  move: PaymentMove,
  now: Date,
): Promise<PaymentConsequence> {
  const fields = {
    paid_at: now,
    due_at: null,
    ...(move.transactionId && { transaction_id: move.transactionId }),
  }
  await moveOrder(tx, order.id, 'UNPAID', 'PAID', fields, now)
  await writeEvent(tx, order.id, { event: 'paid', before: 'UNPAID', after: 'PAID', actor: 'wechat' }, now)
  return 'kept'
}

/** Paid although it was closed: sold all the same where every line can still be had, otherwise the money goes back. */
async function payLate(
  tx: Sql,
  order: ShopOrderRow,
  move: PaymentMove,
  now: Date,
  log: Logger,
): Promise<PaymentConsequence> {
  if (order.transaction_id !== null) {
    // The payment that this order already holds, reported again as a different move.
    if (order.transaction_id === move.transactionId) return 'kept'
    return refuseSecond(tx, order, move, now)
  }
  if (order.state !== 'CLOSED') return 'kept'
  const lines = await listLines(tx, [order.id])
  const stockRef = `L${order.id}`
  await moveOrder(
    tx,
    order.id,
    'CLOSED',
    'PAID',
    {
      paid_at: now,
      close_reason: null,
      closed_at: null,
      due_at: null,
      stock_ref: stockRef,
      ...(move.transactionId && { transaction_id: move.transactionId }),
    },
    now,
  )
  const stock = stockOf(lines)
  const event = { event: 'paid_late', before: 'CLOSED', after: 'PAID', actor: 'wechat' } as const
  await writeEvent(tx, order.id, event, now)
  if (await reserveAllOrNothing(tx, stockRef, stock, now)) return 'kept'
  await moveOrder(
    tx,
    order.id,
    'PAID',
    'CLOSED',
    { close_reason: order.close_reason ?? 'TIMEOUT', closed_at: now, due_at: null },
    now,
  )
  const back = { event: 'sold_out_late', before: 'PAID', after: 'CLOSED', actor: 'wechat' } as const
  await writeEvent(tx, order.id, back, now)
  log.warn('late_payment_sold_out', { orderNo: order.order_no })
  return 'give_back'
}

async function refuseSecond(
  tx: Sql,
  order: ShopOrderRow,
  move: PaymentMove,
  now: Date,
): Promise<PaymentConsequence> {
  const detail = move.transactionId
  await writeEvent(
    tx,
    order.id,
    { event: 'paid_twice', before: order.state, after: order.state, actor: 'wechat', detail },
    now,
  )
  return 'give_back'
}

/** The payment is closed at WeChat and here, so nobody can pay any more: the stock is free for others. */
async function closeUnpaid(tx: Sql, order: ShopOrderRow, now: Date): Promise<PaymentConsequence> {
  const reason = order.close_reason ?? 'TIMEOUT'
  const fields = { close_reason: reason, closed_at: now, due_at: null }
  if (!(await moveOrder(tx, order.id, 'UNPAID', 'CLOSED', fields, now))) return 'kept'
  const actors = { USER: `user:${order.user_id}`, SHOP: 'shop', TIMEOUT: 'timer', REFUNDED: 'timer' } as const
  const actor = actors[reason]
  await writeEvent(
    tx,
    order.id,
    { event: 'closed', before: 'UNPAID', after: 'CLOSED', actor, detail: reason },
    now,
  )
  const lines = await listLines(tx, [order.id])
  await release(tx, order.stock_ref ?? stockRefOf(order.id), stockOf(lines), now)
  return 'kept'
}

/** Money that nobody expected goes back: one person asks, another one agrees. */
import {
  type Admin,
  type AdminCall,
  askApproval,
  audited,
  type Decision,
  decideApproval,
} from '#shared/admin'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { listOrdersById } from '#shared/ordering'
import {
  clearFlag,
  findPayment,
  lockOrder,
  type OrderRow,
  type Payment,
  RefundImpossible,
  refundedFen,
  requestRefund,
} from '#shared/payment/ledger'
import type { LateBody } from './schema.ts'

type ClerkCall = AdminCall & { readonly user: Admin }

/** The kind of its wishes. */
export const LATE_ACTION = 'money.late'
/** What such a wish is about. */
export const lateTarget = (transactionId: string) => `payment:${transactionId}`

interface LateWish {
  out_trade_no: string
  transaction_id: string
  reason: string
}

/**
 * Asks for a payment to be given back, as much of it as is left. Nothing moves before a second person agrees.
 *
 * @returns the number of the wish
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT
 */
export function askLateRefund(wish: LateBody, call: ClerkCall): Promise<number> {
  const target = lateTarget(wish.transaction_id)
  return audited(call, { action: 'money.lateAsk', target }, async (tx) => {
    const { payment } = await lockLate(tx, wish)
    const left = payment.totalFen - (await refundedFen(tx, payment.transactionId))
    if (left < 1) throw new AppError('STATE_CONFLICT', { msg: '这笔付款已全部退回' })
    const { out_trade_no, transaction_id, reason } = wish
    const detail: LateWish = { out_trade_no, transaction_id, reason }
    const id = await askApproval(tx, { action: LATE_ACTION, target, detail, by: call.user.id }, call.now())
    return { result: id, after: { ...detail, left_fen: left } }
  })
}

/**
 * Agrees, and writes the refund in the same transaction; or refuses. `reconcile` hands it over.
 *
 * @returns the number of the refund; undefined when refused
 * @throws AppError RECORD_NOT_FOUND, ORDER_NOT_FOUND, STATE_CONFLICT (the same person, decided already, cannot be given back now)
 */
export function releaseLateRefund(
  { approvalId, approve }: Decision,
  call: ClerkCall,
): Promise<string | undefined> {
  const subject = { action: 'money.lateRelease', target: `approval:${approvalId}` }
  return audited(call, subject, async (tx) => {
    const input = { id: approvalId, action: LATE_ACTION, by: call.user.id, approve }
    const row = await decideApproval(tx, input, call.now())
    const wish = JSON.parse(row.detail) as LateWish
    if (!approve) return { result: undefined, after: { approve, ...wish } }
    const { order, payment } = await lockLate(tx, wish)
    const refundFen = payment.totalFen - (await refundedFen(tx, payment.transactionId))
    const refundNo = `LATE${payment.transactionId}A${approvalId}`.slice(0, 64)
    const request = { refundNo, refundFen, reason: wish.reason, origin: 'late' as const }
    await give(tx, order, payment, request, call.now())
    return { result: refundNo, after: { approve, ...wish, out_refund_no: refundNo, refund_fen: refundFen } }
  })
}

async function give(
  tx: Sql,
  order: OrderRow,
  payment: Payment,
  request: Parameters<typeof requestRefund>[3],
  now: Date,
): Promise<void> {
  try {
    await requestRefund(tx, order, payment, request, now)
  } catch (error) {
    if (!(error instanceof RefundImpossible)) throw error
    throw new AppError('STATE_CONFLICT', { msg: '暂时不能退款，请稍后再试', cause: error })
  }
}

/** Is this the payment that the order lives on? Of a closed one that was paid late there is none, unless it came back to life. */
export function isHeld(
  order: Pick<OrderRow, 'transactionId' | 'attention'>,
  shopOrder: { transaction_id: string | null } | undefined,
  transactionId: string,
): boolean {
  if (shopOrder) return shopOrder.transaction_id === transactionId
  return order.attention === 'PAID_TWICE' && order.transactionId === transactionId
}

/** The payment, while it is none that its business order lives on. */
async function lockLate(tx: Sql, wish: LateWish): Promise<{ order: OrderRow; payment: Payment }> {
  const order = await lockOrder(tx, wish.out_trade_no)
  const payment = order && (await findPayment(tx, order, wish.transaction_id))
  if (!order || !payment) throw new AppError('ORDER_NOT_FOUND', { msg: '付款不存在' })
  if (order.attention === null) throw new AppError('STATE_CONFLICT', { msg: '这笔付款没有异常' })
  const [shopOrder] = order.shopOrderId === null ? [] : await listOrdersById(tx, [order.shopOrderId])
  if (isHeld(order, shopOrder, payment.transactionId))
    throw new AppError('STATE_CONFLICT', { msg: '订单已使用这笔付款，请通过售后退款' })
  return { order, payment }
}

/** Somebody has looked at an order whose money nobody expected: it leaves the list. @throws AppError ORDER_NOT_FOUND */
export function clearAttention(outTradeNo: string, call: ClerkCall): Promise<void> {
  return audited(call, { action: 'money.clear', target: `payment:${outTradeNo}` }, async (tx) => {
    const order = await lockOrder(tx, outTradeNo)
    if (!order) throw new AppError('ORDER_NOT_FOUND')
    await clearFlag(tx, order.id, call.now())
    return { result: undefined, before: { attention: order.attention }, after: { attention: null } }
  })
}

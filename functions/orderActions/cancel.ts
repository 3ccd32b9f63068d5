/** The shopper does not want the order any more: its payment is closed at WeChat first, then everything here. */
import { AppError } from '#shared/errors'
import { findShopOrder, noteCloseReason, wrongState } from '#shared/ordering'
import { closeEverywhere, findAttempt, findOwnOrder, type OrderDeps } from '#shared/payment/ledger'

/**
 * Cancels an own unpaid order. Again: nothing changes.
 *
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT (paid meanwhile, or being paid now), PAY_REFUSED, UPSTREAM_FAILED
 */
export async function cancelOrder(
  { userId, orderNo }: { userId: number; orderNo: string },
  deps: OrderDeps,
): Promise<void> {
  const { db } = deps
  const order = await findShopOrder(db, orderNo, userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (order.state === 'CLOSED') return
  if (order.state !== 'UNPAID') throw wrongState(order, '订单已支付，请申请退款')
  const outTradeNo = await findAttempt(db, order.id)
  const attempt = outTradeNo === undefined ? undefined : await findOwnOrder(db, outTradeNo, userId)
  if (!attempt) throw new Error(`order ${orderNo} has no payment`)
  await noteCloseReason(db, order.id, 'USER')
  const outcome = await closeEverywhere(attempt, 'query', deps)
  if (outcome === 'closed') return
  const now = await findShopOrder(db, orderNo, userId)
  if (now?.state === 'CLOSED') return
  throw wrongState(now ?? order, outcome === 'paid' ? '订单已支付，请申请退款' : '订单正在支付，请稍后再试')
}

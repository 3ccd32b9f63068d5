/** An unpaid order that is not wanted any more: its payment is closed at WeChat first, then everything here. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { closeEverywhere, findAttempt, findOwnOrder, type OrderDeps } from '#shared/payment/ledger'
import { wrongState } from './ship.ts'
import { noteCloseReason, type ShopOrderRow } from './shop-order-table/index.ts'

/**
 * Cancels an unpaid order. Again: nothing changes.
 *
 * @param find - reads the order again, within what the caller may see
 * @param note - what is written with the wish, before WeChat is asked: it stays when the order turns out to be paid
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT (paid meanwhile, or being paid now), PAY_REFUSED, UPSTREAM_FAILED
 */
export async function cancelUnpaid(
  find: () => Promise<ShopOrderRow | undefined>,
  reason: 'USER' | 'SHOP',
  deps: OrderDeps,
  note?: (tx: Sql, order: ShopOrderRow) => Promise<void>,
): Promise<void> {
  const { db } = deps
  const order = await find()
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (order.state === 'CLOSED') return
  if (order.state !== 'UNPAID') throw wrongState(order, '订单已支付，请申请退款')
  const outTradeNo = await findAttempt(db, order.id)
  const attempt = outTradeNo === undefined ? undefined : await findOwnOrder(db, outTradeNo, order.user_id)
  if (!attempt) throw new Error(`order ${order.order_no} has no payment`)
  await db.transaction(async (tx) => {
    await noteCloseReason(tx, order.id, reason)
    await note?.(tx, order)
  })
  const outcome = await closeEverywhere(attempt, 'query', deps)
  if (outcome === 'closed') return
  const now = await find()
  if (now?.state === 'CLOSED') return
  throw wrongState(now ?? order, outcome === 'paid' ? '订单已支付，请申请退款' : '订单正在支付，请稍后再试')
}

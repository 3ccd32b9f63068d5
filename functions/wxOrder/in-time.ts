/** May this order still be paid? Whoever asks too late is told what became of it. */

import { AppError } from '#shared/errors'
import { toAppError } from '#shared/payment/gateway/wechat-v2'
import {
  type CloseDeps,
  closeEverywhere,
  isOfMerchant,
  isOpen,
  isPaid,
  type OrderRow,
  readOrder,
  stateText,
} from '#shared/payment/ledger'
import { parseBeijing } from '#shared/time'

/** WeChat takes nothing on that has to be paid within less. */
const MIN_LIFE_LEFT_MS = 5 * 60_000

/** @throws AppError ORDER_PAID, ORDER_CLOSED */
export function mustBeOpen({ out_trade_no, trade_state }: OrderRow): void {
  if (isOpen(trade_state)) return
  throw new AppError(isPaid(trade_state) ? 'ORDER_PAID' : 'ORDER_CLOSED', {
    data: { out_trade_no, trade_state, trade_state_desc: stateText[trade_state] },
  })
}

/**
 * Ends an order whose own life at WeChat is over, or as good as over (normally `reconcile` did so long before). It may
 * have been paid in time, so it is not just called expired: WeChat is asked, and it is closed or settled.
 *
 * @throws AppError ORDER_PAID, ORDER_CLOSED, PAY_REFUSED, UPSTREAM_FAILED
 */
export async function mustBeInTime(order: OrderRow, deps: CloseDeps): Promise<void> {
  mustBeOpen(order)
  // Asked for again, it would be paid to a merchant that it does not name.
  if (!isOfMerchant(order, deps)) throw new AppError('PAY_REFUSED', { msg: '收款商户已变更，请重新下单' })
  const expiresAt = parseBeijing(order.time_expire)
  if (!expiresAt || deps.now().getTime() <= expiresAt.getTime() - MIN_LIFE_LEFT_MS) return
  try {
    await closeEverywhere(order, 'query', deps)
  } catch (error) {
    throw toAppError(error)
  }
  mustBeOpen(await readOrder(deps.db, order.id))
  throw new AppError('PAY_REFUSED', { msg: '订单正在支付，请稍后再试' })
}

/** Checks that an order can still be paid; otherwise throws an error that says how it ended. */
import { AppError } from '#shared/errors'
import { toAppError } from '#shared/payment/gateway'
import {
  closeEverywhere,
  isOfMerchant,
  isOpen,
  isPaid,
  MIN_LIFE_LEFT_MS,
  type OrderDeps,
  type OrderRow,
  readOrder,
  stateText,
} from '#shared/payment/ledger'
import { parseBeijing } from '#shared/time'

/** @throws AppError ORDER_PAID, ORDER_CLOSED */
export function assertOpen({ orderNo, state }: OrderRow): void {
  if (isOpen(state)) return
  throw new AppError(isPaid(state) ? 'ORDER_PAID' : 'ORDER_CLOSED', {
    data: { out_trade_no: orderNo, trade_state: state, trade_state_desc: stateText[state] },
  })
}

/**
 * Ends an order whose own life at the gateway is over, or as good as over (normally `reconcile` did so long before). It
 * may have been paid in time, so it is not just called expired: the gateway is asked, and it is closed or settled.
 *
 * @throws AppError ORDER_PAID, ORDER_CLOSED, PAY_REFUSED, UPSTREAM_FAILED
 */
export async function assertPayable(order: OrderRow, deps: OrderDeps): Promise<void> {
  assertOpen(order)
  // Asked for again, it would be paid to a merchant that it does not name.
  if (!isOfMerchant(order, deps)) throw new AppError('PAY_REFUSED', { msg: '收款商户已变更，请重新下单' })
  const expiresAt = parseBeijing(order.expiresAt)
  if (!expiresAt || deps.now().getTime() <= expiresAt.getTime() - MIN_LIFE_LEFT_MS) return
  try {
    await closeEverywhere(order, 'query', deps)
  } catch (error) {
    throw toAppError(error)
  }
  assertOpen(await readOrder(deps.db, order.id))
  throw new AppError('PAY_REFUSED', { msg: '订单正在支付，请稍后再试' })
}

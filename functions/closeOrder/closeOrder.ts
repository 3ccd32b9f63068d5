/** Closes an own unpaid order. */
import { AppError } from '#shared/errors'
import { toAppError } from '#shared/payment/gateway'
import {
  closeEverywhere,
  findOwnOrder,
  isOfMerchant,
  isOpen,
  isPaid,
  type OrderDeps,
  readOrder,
  stateText,
  type TradeState,
} from '#shared/payment/ledger'

export interface ClosedOrder {
  out_trade_no: string
  trade_state: TradeState
  trade_state_desc: string
}

/**
 * Closing what is closed already succeeds again. A payment that came first is settled, and said.
 *
 * @throws AppError ORDER_NOT_FOUND, ORDER_PAID, PAY_REFUSED (the payer is just paying, or the gateway's reason),
 *   UPSTREAM_FAILED
 */
export async function closeOrder(
  input: { outTradeNo: string; userId: number },
  deps: OrderDeps,
): Promise<ClosedOrder> {
  const order = await findOwnOrder(deps.db, input.outTradeNo, input.userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (isOpen(order.state)) {
    if (!isOfMerchant(order, deps)) throw new AppError('PAY_REFUSED', { msg: '收款商户已变更，无法关闭' })
    try {
      await closeEverywhere(order, 'query', deps)
    } catch (error) {
      throw toAppError(error)
    }
  }
  const { orderNo, state: now } = await readOrder(deps.db, order.id)
  const state = { out_trade_no: orderNo, trade_state: now, trade_state_desc: stateText[now] }
  if (isPaid(now)) throw new AppError('ORDER_PAID', { data: { ...state } })
  if (isOpen(now)) throw new AppError('PAY_REFUSED', { msg: '订单正在支付，请稍后再试', data: { ...state } })
  return state
}

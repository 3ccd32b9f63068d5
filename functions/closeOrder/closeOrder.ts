/** Closes an own unpaid order. */
import { AppError } from '#shared/errors'
import { toAppError } from '#shared/payment/gateway/wechat-v2'
import {
  type CloseDeps,
  closeEverywhere,
  findOwnOrder,
  isOfMerchant,
  isOpen,
  isPaid,
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
 * @throws AppError ORDER_NOT_FOUND, ORDER_PAID, PAY_REFUSED (the payer is just paying, or WeChat's reason),
 *   UPSTREAM_FAILED
 */
export async function closeOrder(
  input: { outTradeNo: string; userId: number },
  deps: CloseDeps,
): Promise<ClosedOrder> {
  const order = await findOwnOrder(deps.db, input.outTradeNo, input.userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (isOpen(order.trade_state)) {
    if (!isOfMerchant(order, deps)) throw new AppError('PAY_REFUSED', { msg: '收款商户已变更，无法关闭' })
    try {
      await closeEverywhere(order, 'query', deps)
    } catch (error) {
      throw toAppError(error)
    }
  }
  const { out_trade_no, trade_state } = await readOrder(deps.db, order.id)
  const state = { out_trade_no, trade_state, trade_state_desc: stateText[trade_state] }
  if (isPaid(trade_state)) throw new AppError('ORDER_PAID', { data: { ...state } })
  if (isOpen(trade_state))
    throw new AppError('PAY_REFUSED', { msg: '订单正在支付，请稍后再试', data: { ...state } })
  return state
}

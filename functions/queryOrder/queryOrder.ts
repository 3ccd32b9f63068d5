/** The state of an own order; the gateway is asked while it is open. */
import { AppError } from '#shared/errors'
import { isUnanswered, toAppError } from '#shared/payment/gateway'
import {
  findOwnOrder,
  isOfMerchant,
  isOpen,
  isPaid,
  type OrderDeps,
  type OrderRow,
  queryAndSettle,
  readOrder,
  stateText,
  type TradeState,
  takeQuestionNow,
} from '#shared/payment/ledger'

export interface OrderState {
  out_trade_no: string
  /** Fen. */
  total_fee: number
  trade_state: TradeState
  trade_state_desc: string
  transaction_id?: string | null
  /** `yyyyMMddHHmmss`, Beijing time. */
  time_end?: string | null
  /** Fen. */
  cash_fee?: number | null
  bank_type?: string | null
}

/** @throws AppError ORDER_NOT_FOUND, PAY_REFUSED */
export async function queryOrder(
  input: { outTradeNo: string; userId: number },
  deps: OrderDeps,
): Promise<OrderState> {
  const order = await findOwnOrder(deps.db, input.outTradeNo, input.userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (!isOpen(order.state) || !isOfMerchant(order, deps)) return show(order)
  if (!deps.asksFreely && !(await takeQuestionNow(order.id, deps))) return show(order)
  await ask(order, deps)
  return show(await readOrder(deps.db, order.id))
}

/** If the gateway is unreachable, fall back to the stored state. */
async function ask(order: OrderRow, deps: OrderDeps): Promise<void> {
  try {
    await queryAndSettle(order, 'query', deps)
  } catch (error) {
    if (!isUnanswered(error)) throw toAppError(error)
    deps.log.warn('wechat_unreachable', { outTradeNo: order.orderNo, reason: error.message })
  }
}

function show(order: OrderRow): OrderState {
  const state = {
    out_trade_no: order.orderNo,
    total_fee: order.amountFen,
    trade_state: order.state,
    trade_state_desc: order.stateText || stateText[order.state],
  }
  if (!isPaid(order.state)) return state
  const { transactionId, paidAt, cashFen, bankType } = order
  return { ...state, transaction_id: transactionId, time_end: paidAt, cash_fee: cashFen, bank_type: bankType }
}

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
  QUESTION_PAUSE_MS,
  queryAndSettle,
  readOrder,
  stateText,
  type TradeState,
  takeQuestion,
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
  if (!isOpen(order.state) || !isOfMerchant(order, deps) || !(await mayAsk(order, deps))) return show(order)
  await ask(order, deps)
  return show(await readOrder(deps.db, order.id))
}

/** Not more than one question about an order in two seconds, whoever asks: the gateway's patience is everybody's. */
async function mayAsk(order: OrderRow, { db, asksFreely, now }: OrderDeps): Promise<boolean> {
  return asksFreely || takeQuestion(db, order.id, new Date(now().getTime() - QUESTION_PAUSE_MS), now())
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

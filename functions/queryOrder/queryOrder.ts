/** The state of an own order; asked for at WeChat while it is open. */
import { AppError } from '#shared/errors'
import {
  retryableCodes,
  toAppError,
  type Wechat,
  WechatRefused,
  WechatUnreachable,
} from '#shared/payment/gateway/wechat-v2'
import type { SettleDeps } from '#shared/payment/ledger'
import {
  findOwnOrder,
  isOfMerchant,
  isOpen,
  isPaid,
  type OrderRow,
  queryAndSettle,
  readOrder,
  stateText,
  type TradeState,
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
  deps: SettleDeps & { wechat: Wechat },
): Promise<OrderState> {
  const order = await findOwnOrder(deps.db, input.outTradeNo, input.userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (!isOpen(order.trade_state) || !isOfMerchant(order, deps)) return show(order)
  await ask(order, deps)
  return show(await readOrder(deps.db, order.id))
}

/** When WeChat cannot be reached, what is stored has to do. */
async function ask(order: OrderRow, deps: SettleDeps & { wechat: Wechat }): Promise<void> {
  try {
    await queryAndSettle(order.out_trade_no, 'query', deps)
  } catch (error) {
    const unknown =
      error instanceof WechatUnreachable ||
      (error instanceof WechatRefused && retryableCodes.has(error.errCode))
    if (unknown) {
      deps.log.warn('wechat_unreachable', { outTradeNo: order.out_trade_no, reason: error.message })
      return
    }
    throw toAppError(error)
  }
}

function show(order: OrderRow): OrderState {
  const { out_trade_no, total_fee, trade_state, trade_state_desc } = order
  const state = {
    out_trade_no,
    total_fee,
    trade_state,
    trade_state_desc: trade_state_desc || stateText[trade_state],
  }
  if (!isPaid(trade_state)) return state
  const { transaction_id, time_end, cash_fee, bank_type } = order
  return { ...state, transaction_id, time_end, cash_fee, bank_type }
}

import { outTradeNo } from '#shared/payment/ledger'
import { parameters, wholeNumber } from '#shared/validate'

export interface OrdersQuery {
  /** One order, with its lines and history. */
  out_trade_no?: string
  /** Where the page before ended: its `nextCursor`. */
  cursor?: string
  limit: number
}

export const ordersQuery = parameters<OrdersQuery>({
  out_trade_no: outTradeNo.label('订单号out_trade_no'),
  cursor: outTradeNo.empty('').label('游标cursor'),
  limit: wholeNumber(1, 50).empty('').default(20).label('每页数量limit'),
})

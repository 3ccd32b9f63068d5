/** `/pay/orderquery`: the state of one order, by either number. */
import type { Endpoint } from '../api.ts'
import { TransportFailure } from '../errors.ts'
import { ORDER_QUERY } from '../field-rules.ts'
import type { TradeState } from '../orders.ts'
import { paymentFields } from '../payment.ts'

const DESCRIPTIONS: Record<TradeState, string> = {
  SUCCESS: '支付成功',
  REFUND: '订单发生过退款，退款详情请查询退款单',
  NOTPAY: '订单未支付',
  CLOSED: '订单已关闭',
}

export const orderQuery: Endpoint = {
  name: 'orderquery',
  path: '/pay/orderquery',
  rules: ORDER_QUERY,
  run({ fields, merchant }, { book }) {
    const { transaction_id: transactionId, out_trade_no: outTradeNo } = fields
    if (!transactionId && !outTradeNo) throw new TransportFailure('缺少参数out_trade_no')
    const order = book.find(merchant.mchId, { transactionId, outTradeNo })
    const { attach = '', device_info = '' } = order.parameters
    const common = {
      device_info,
      trade_type: 'NATIVE',
      trade_state: order.state,
      trade_state_desc: DESCRIPTIONS[order.state],
      out_trade_no: order.outTradeNo,
      attach,
    }
    if (order.payment) return { ...common, ...paymentFields(order.payment) }
    const { trade_type: _, ...unpaid } = common
    return { ...unpaid, total_fee: String(order.totalFee) }
  },
}

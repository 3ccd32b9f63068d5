/** Orders as `/sim/*` and the page show them. */
import { compactBeijing, spacedBeijing } from './beijing-time.ts'
import type { SimOrder } from './orders.ts'
import type { WechatSim } from './types.ts'

/** JSON of one order; amounts in fen, times as ISO text. */
export type OrderView = ReturnType<typeof orderView>

/** What a person may want to know of an order. */
export function orderView(order: SimOrder, sim: Pick<WechatSim, 'deliveries' | 'notifyState'>) {
  const deliveries = sim.deliveries(order.outTradeNo)
  const last = deliveries.at(-1)
  const { payment } = order
  return {
    out_trade_no: order.outTradeNo,
    appid: order.appid,
    mch_id: order.mchId,
    body: order.parameters.body ?? '',
    total_fee: order.totalFee,
    trade_state: order.state,
    code_url: order.codeUrl,
    prepay_id: order.prepayId,
    created_at: new Date(order.createdAt).toISOString(),
    time_expire: order.expiresAt === undefined ? null : compactBeijing(order.expiresAt),
    transaction_id: payment?.transactionId ?? null,
    time_end: payment ? compactBeijing(payment.paidAt) : null,
    paid_at: payment ? spacedBeijing(payment.paidAt) : null,
    cash_fee: payment?.cashFee ?? null,
    notify: {
      state: sim.notifyState(order.outTradeNo) ?? null,
      attempts: deliveries.length,
      last: last ? (last.reason ?? 'received') : null,
    },
    refunds: order.refunds.map(({ outRefundNo, refundId, refundFee, status }) => ({
      out_refund_no: outRefundNo,
      refund_id: refundId,
      refund_fee: refundFee,
      status,
    })),
  }
}

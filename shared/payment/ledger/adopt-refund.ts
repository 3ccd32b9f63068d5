/** Refunds that somebody made in WeChat's merchant platform: facts about orders of ours, so they get their rows. */
import { parseFen } from '#shared/money'
import type { XmlFields } from '#shared/payment/gateway/wechat-v2'
import { lockOrder } from './orders.ts'
import { findPayment } from './payments.ts'
import { insertRefund, type RefundRow } from './refund-request.ts'
import { indexOf } from './refunds.ts'
import type { SettleDeps } from './settle.ts'

/**
 * Writes down a refund that WeChat has confirmed, so that no limit of ours matters. Its status is not taken over yet.
 *
 * @param reply - a verified refundquery that speaks of it
 * @returns undefined when it is about no payment of this shop; that is logged
 * @throws WechatUnreachable when the reply does not speak of it
 */
export async function adoptRefund(
  outRefundNo: string,
  reply: XmlFields,
  deps: SettleDeps,
): Promise<RefundRow | undefined> {
  const refundFee = parseFen(reply[`refund_fee_${indexOf(reply, outRefundNo)}`])
  const totalFee = parseFen(reply.total_fee)
  const { transaction_id: transactionId = '', out_trade_no: outTradeNo = '' } = reply
  const row = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, outTradeNo)
    const payment = order && (await findPayment(tx, order, transactionId))
    if (!payment || refundFee === undefined || payment.totalFee !== totalFee) return undefined
    const request = { outRefundNo, refundFee, reason: null, origin: 'platform' as const }
    return insertRefund(tx, order, payment, request, deps.now())
  })
  deps.log.error(row ? 'refund_of_platform' : 'refund_unknown_order', { outRefundNo, outTradeNo, refundFee })
  return row
}

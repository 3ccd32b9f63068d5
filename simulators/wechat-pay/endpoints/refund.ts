/** `/secapi/pay/refund`: takes a refund order; that it was accepted does not say that the money is back. */
import type { Endpoint } from '../api.ts'
import { BusinessFailure, TransportFailure } from '../errors.ts'
import { REFUND } from '../field-rules.ts'
import type { SimOrder } from '../orders.ts'
import type { Refund } from '../refund.ts'
import type { Fields } from '../sign.ts'

export const refund: Endpoint = {
  name: 'refund',
  path: '/secapi/pay/refund',
  rules: REFUND,
  needsCertificate: true,
  run({ fields, merchant }, { book, refunds, onRefund }) {
    const { transaction_id: transactionId, out_trade_no: outTradeNo } = fields
    if (!transactionId && !outTradeNo) throw new TransportFailure('缺少参数out_trade_no')
    const order = orderOf(() => book.find(merchant.mchId, { transactionId, outTradeNo }), transactionId)
    const accepted = refunds.accept(order, {
      outRefundNo: fields.out_refund_no ?? '',
      totalFee: Number(fields.total_fee),
      refundFee: Number(fields.refund_fee),
      notifyUrl: fields.notify_url || undefined,
      account: fields.refund_account || undefined,
    })
    if (accepted.isNew) onRefund(order, accepted.refund)
    return refundFields(order, accepted.refund)
  },
}

function orderOf(find: () => SimOrder, transactionId: string | undefined): SimOrder {
  try {
    return find()
  } catch (error) {
    if (transactionId && error instanceof BusinessFailure) throw new BusinessFailure('INVALID_TRANSACTIONID')
    throw error
  }
}

function refundFields(order: SimOrder, made: Refund): Fields {
  const { payment } = order
  if (!payment) throw new Error(`${order.outTradeNo} is not paid`)
  const fields: Fields = {
    transaction_id: payment.transactionId,
    out_trade_no: order.outTradeNo,
    out_refund_no: made.outRefundNo,
    refund_id: made.refundId,
    refund_channel: '',
    refund_fee: String(made.refundFee),
    coupon_refund_fee: String(made.refundFee - made.cashRefundFee),
    total_fee: String(order.totalFee),
    cash_fee: String(payment.cashFee),
    coupon_refund_count: String(made.couponRefunds.length),
    cash_refund_fee: String(made.cashRefundFee),
  }
  if (payment.settlementFee !== payment.totalFee) {
    fields.settlement_total_fee = String(payment.settlementFee)
    fields.settlement_refund_fee = String(made.settlementRefundFee)
  }
  made.couponRefunds.forEach((coupon, n) => {
    fields[`coupon_type_${n}`] = coupon.type
    fields[`coupon_refund_id_${n}`] = coupon.id
    fields[`coupon_refund_fee_${n}`] = String(coupon.fee)
  })
  return fields
}

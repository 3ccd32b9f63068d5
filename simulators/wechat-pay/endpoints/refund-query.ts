/** `/pay/refundquery`: how the refunds of an order stand, ten at a time, or one by its own number. */
import type { Endpoint } from '../api.ts'
import { spacedBeijing } from '../beijing-time.ts'
import { BusinessFailure, TransportFailure } from '../errors.ts'
import { REFUND_QUERY } from '../field-rules.ts'
import type { OrderBook, SimOrder } from '../orders.ts'
import type { Refund } from '../refund.ts'
import type { Fields } from '../sign.ts'

const PAGE = 10
/** Where the money went; the misspelt field name is the protocol's. */
export const RECEIVING_ACCOUNT = '支付用户的零钱'

export const refundQuery: Endpoint = {
  name: 'refundquery',
  path: '/pay/refundquery',
  rules: REFUND_QUERY,
  run({ fields, merchant }, { book, refunds }) {
    const { refund_id: refundId, out_refund_no: outRefundNo } = fields
    if (refundId || outRefundNo) {
      const { order, refund } = refunds.find(merchant.mchId, { refundId, outRefundNo })
      return answer(order, [refund], 1)
    }
    if (!fields.transaction_id && !fields.out_trade_no) throw new TransportFailure('缺少参数out_trade_no')
    const order = orderOf(book, merchant.mchId, fields)
    if (order.refunds.length === 0) throw new BusinessFailure('REFUNDNOTEXIST')
    const offset = Number(fields.offset || 0)
    return answer(order, order.refunds.slice(offset, offset + PAGE), order.refunds.length)
  },
}

function orderOf(book: OrderBook, mchId: string, fields: Fields): SimOrder {
  try {
    return book.find(mchId, { transactionId: fields.transaction_id, outTradeNo: fields.out_trade_no })
  } catch (error) {
    if (error instanceof BusinessFailure) throw new BusinessFailure('REFUNDNOTEXIST')
    throw error
  }
}

function answer(order: SimOrder, shown: readonly Refund[], total: number): Fields {
  const { payment } = order
  if (!payment) throw new BusinessFailure('REFUNDNOTEXIST')
  const fields: Fields = {
    transaction_id: payment.transactionId,
    out_trade_no: order.outTradeNo,
    total_fee: String(order.totalFee),
    fee_type: 'CNY',
    cash_fee: String(payment.cashFee),
    total_refund_count: String(total),
    refund_count: String(shown.length),
  }
  const lowered = payment.settlementFee !== payment.totalFee
  if (lowered) fields.settlement_total_fee = String(payment.settlementFee)
  shown.forEach((refund, n) => {
    Object.assign(fields, one(refund, n, lowered))
  })
  return fields
}

function one(refund: Refund, n: number, lowered: boolean): Fields {
  const fields: Fields = {
    [`out_refund_no_${n}`]: refund.outRefundNo,
    [`refund_id_${n}`]: refund.refundId,
    [`refund_channel_${n}`]: 'ORIGINAL',
    [`refund_fee_${n}`]: String(refund.refundFee),
    [`coupon_refund_fee_${n}`]: String(refund.refundFee - refund.cashRefundFee),
    [`coupon_refund_count_${n}`]: String(refund.couponRefunds.length),
    [`refund_status_${n}`]: refund.status,
    [`refund_account_${n}`]: refund.account,
    [`refund_recv_accout_${n}`]: RECEIVING_ACCOUNT,
  }
  if (lowered) fields[`settlement_refund_fee_${n}`] = String(refund.settlementRefundFee)
  if (refund.status === 'SUCCESS') fields[`refund_success_time_${n}`] = spacedBeijing(refund.finishedAt ?? 0)
  refund.couponRefunds.forEach((coupon, m) => {
    fields[`coupon_type_${n}_${m}`] = coupon.type
    fields[`coupon_refund_id_${n}_${m}`] = coupon.id
    fields[`coupon_refund_fee_${n}_${m}`] = String(coupon.fee)
  })
  return fields
}

/** WeChat's fields of a payment, as replies and notifies share them. */
import { parseFen } from '#shared/money'
import type { Merchant, RawFields, ReportedPayment } from '#shared/payment/gateway'
import type { XmlFields } from './xml.ts'

/** Reads what a message says about a payment; an empty element says as much as none. */
export function paymentIn(fields: XmlFields): ReportedPayment {
  const text = (name: string) => fields[name] || undefined
  return {
    transactionId: text('transaction_id'),
    amountFen: text('total_fee') === undefined ? undefined : (parseFen(fields.total_fee) ?? null),
    currency: text('fee_type'),
    paidAt: text('time_end'),
    payerId: text('openid'),
    isSubscribed: text('is_subscribe'),
    bankType: text('bank_type'),
    cashFen: parseFen(fields.cash_fee),
    couponFen: parseFen(fields.coupon_fee),
    settlementFen: parseFen(fields.settlement_total_fee),
  }
}

/** For whom a message is. */
export function merchantIn({ appid = '', mch_id = '' }: XmlFields): Merchant {
  return { appId: appid, merchantId: mch_id }
}

/** What is kept of a message: everything but the proof that it was genuine. */
export function rawOf({ sign: _sign, nonce_str: _nonce, ...fields }: XmlFields): RawFields {
  return fields
}

/** What paying leaves behind: numbers, times and how the amount splits over cash and coupons. All money in fen. */
import { compactBeijing } from './beijing-time.ts'
import * as ids from './ids.ts'
import type { Fields } from './sign.ts'

/** A coupon that the payer used: CASH was bought by the merchant beforehand, NO_CASH lowers what it receives. */
export interface Coupon {
  readonly type: 'CASH' | 'NO_CASH'
  readonly fee: number
  readonly id?: string
}

/** A successful payment. */
export interface Payment {
  readonly transactionId: string
  readonly openid: string
  readonly bankType: string
  readonly paidAt: number
  readonly totalFee: number
  /** What the payer really gave: the total without coupons. */
  readonly cashFee: number
  /** What is settled with the merchant: the total without NO_CASH coupons. */
  readonly settlementFee: number
  readonly coupons: readonly Required<Coupon>[]
}

/** Splits the amount. @throws RangeError when the coupons are worth more than the order */
export function payment(
  totalFee: number,
  openid: string,
  options: { coupon?: number; coupons?: readonly Coupon[]; bankType?: string },
  now: number,
): Payment {
  const given = options.coupons ?? (options.coupon ? [{ type: 'CASH' as const, fee: options.coupon }] : [])
  const coupons = given.map((coupon) => ({ ...coupon, id: coupon.id ?? ids.couponId() }))
  if (coupons.some(({ fee }) => !Number.isInteger(fee) || fee < 1)) throw new RangeError('coupon: whole fen')
  const sum = (list: typeof coupons) => list.reduce((total, { fee }) => total + fee, 0)
  const couponFee = sum(coupons)
  if (couponFee > totalFee) throw new RangeError(`coupons of ${couponFee} fen for an order of ${totalFee}`)
  return {
    transactionId: ids.transactionId(now),
    openid,
    bankType: options.bankType ?? 'OTHERS',
    paidAt: now,
    totalFee,
    cashFee: totalFee - couponFee,
    settlementFee: totalFee - sum(coupons.filter(({ type }) => type === 'NO_CASH')),
    coupons,
  }
}

/** The fields that `orderquery` and the notify have in common for a paid order. */
export function paymentFields(paid: Payment): Fields {
  const fields: Fields = {
    openid: paid.openid,
    is_subscribe: 'N',
    bank_type: paid.bankType,
    total_fee: String(paid.totalFee),
    fee_type: 'CNY',
    cash_fee: String(paid.cashFee),
    transaction_id: paid.transactionId,
    time_end: compactBeijing(paid.paidAt),
  }
  if (paid.coupons.length === 0) return fields
  fields.cash_fee_type = 'CNY'
  fields.coupon_fee = String(paid.totalFee - paid.cashFee)
  fields.coupon_count = String(paid.coupons.length)
  // types are told only to merchants that may use coupons which lower the settlement
  const told = paid.coupons.some(({ type }) => type === 'NO_CASH')
  if (told) fields.settlement_total_fee = String(paid.settlementFee)
  paid.coupons.forEach((coupon, n) => {
    if (told) fields[`coupon_type_${n}`] = coupon.type
    fields[`coupon_id_${n}`] = coupon.id
    fields[`coupon_fee_${n}`] = String(coupon.fee)
  })
  return fields
}

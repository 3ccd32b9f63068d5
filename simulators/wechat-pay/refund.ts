/** What a refund is. Its rules are in `refunds.ts`. */

/** Refund states of API v2. */
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CHANGE' | 'REFUNDCLOSE'

/** One refund of one order. Amounts in fen, times in epoch milliseconds. */
export interface Refund {
  readonly refundId: string
  readonly outRefundNo: string
  readonly refundFee: number
  /** What goes back to the payer's account; the rest returns as coupons. */
  readonly cashRefundFee: number
  /** What the merchant gives back: without the share of NO_CASH coupons. */
  readonly settlementRefundFee: number
  readonly couponRefunds: readonly { type: 'CASH' | 'NO_CASH'; id: string; fee: number }[]
  readonly notifyUrl: string | undefined
  readonly account: string
  readonly createdAt: number
  status: RefundStatus
  finishedAt?: number
}

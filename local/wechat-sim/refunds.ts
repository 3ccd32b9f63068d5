/** What a refund is; the rules for making one are in endpoints/refund.ts. */

/** Refund states of API v2. */
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CHANGE' | 'REFUNDCLOSE'

/** One refund of one order. Amounts in fen, times in epoch milliseconds. */
export interface Refund {
  readonly refundId: string
  readonly outRefundNo: string
  readonly refundFee: number
  /** What goes back to the payer's account; the rest returns as coupon. */
  readonly cashRefundFee: number
  readonly settlementRefundFee: number
  readonly notifyUrl: string | undefined
  readonly account: string
  readonly createdAt: number
  status: RefundStatus
  finishedAt?: number
}

/** A row of `refund`, and the column of each of its fields. */
import type { GatewayName, RefundStatus } from '#shared/payment/gateway'

/** Who wanted it: ops, the rule for late payments, or somebody in the gateway's merchant platform. */
export type RefundOrigin = 'ops' | 'late' | 'platform' | 'after_sale'

export interface RefundRow {
  id: number
  orderId: number
  orderNo: string
  transactionId: string
  refundNo: string
  /** The gateway's number: it has accepted the refund. */
  refundId: string | null
  /** Fen: what the payer paid in that transaction, and what of it is given back. */
  totalFen: number
  refundFen: number
  reason: string | null
  origin: RefundOrigin
  status: RefundStatus
  /** Why the gateway did not take it, in its own words. */
  refusalCode: string | null
  refusalText: string | null
  refusals: number
  succeededAt: string | null
  dueAt: Date | null
  createdAt: Date
  /** Of its order: with whom it was made, and for whom. */
  gateway: GatewayName
  appId: string
  merchantId: string
}

/** The column of each field of a row. */
const columns: Readonly<Record<keyof RefundRow, string>> = {
  id: 'refund.id',
  orderId: 'refund.order_id',
  orderNo: 'refund.out_trade_no',
  transactionId: 'refund.transaction_id',
  refundNo: 'refund.out_refund_no',
  refundId: 'refund.refund_id',
  totalFen: 'refund.total_fee',
  refundFen: 'refund.refund_fee',
  reason: 'refund.reason',
  origin: 'refund.origin',
  status: 'refund.status',
  refusalCode: 'refund.err_code',
  refusalText: 'refund.err_code_des',
  refusals: 'refund.refusals',
  succeededAt: 'refund.success_time',
  dueAt: 'refund.due_at',
  createdAt: 'refund.created_at',
  gateway: 'payorder.gateway',
  appId: 'payorder.appid',
  merchantId: 'payorder.mch_id',
}

export const selected = `${Object.entries(columns)
  .map(([field, column]) => `${column} AS ${field}`)
  .join(', ')} FROM refund JOIN payorder ON payorder.id = refund.order_id`

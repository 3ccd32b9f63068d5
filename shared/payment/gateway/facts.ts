/** What a gateway reports about payments and refunds, in the ledger's words. */

/** The state of a payment. docs/payments.md draws what leads from one to another. */
export type TradeState = 'NOTPAY' | 'USERPAYING' | 'PAYERROR' | 'SUCCESS' | 'CLOSED' | 'REVOKED' | 'REFUND'

/**
 * - `PROCESSING`: written here; with a refund id the gateway has accepted it
 * - `SUCCESS`: the payer has the money; `CLOSED`: the money stays with the shop
 * - `CHANGE`: the payer's account cannot take it; somebody has to arrange it by hand
 */
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CHANGE' | 'CLOSED'

/** The gateways that orders were made with: the values of `payorder.gateway`. */
export type GatewayName = 'wechat-v2'

/** Who receives the money: one app of one merchant. */
export interface Merchant {
  readonly appId: string
  readonly merchantId: string
}

/** The gateway's own fields, signature verified. They are kept for people; nobody branches on them. */
export type RawFields = Readonly<Record<string, string>>

/** A payment as it is reported. Amounts are fen. */
export interface ReportedPayment {
  readonly transactionId: string | undefined
  /** null: what was reported is no amount. */
  readonly amountFen: number | null | undefined
  /** undefined: the gateway's usual one, CNY. */
  readonly currency: string | undefined
  /** `yyyyMMddHHmmss`, Beijing time. */
  readonly paidAt: string | undefined
  readonly payerId: string | undefined
  readonly isSubscribed: string | undefined
  readonly bankType: string | undefined
  readonly cashFen: number | undefined
  readonly couponFen: number | undefined
  readonly settlementFen: number | undefined
}

/** How the shop learned of a fact. */
export type FactSource = 'notify' | 'query' | 'reconcile' | 'close' | 'refund' | 'bill' | 'ops'

/** What somebody outside said about a payment, verified. */
export interface PaymentFact {
  readonly source: FactSource
  readonly gateway: GatewayName
  readonly merchant: Merchant
  readonly orderNo: string
  readonly state: TradeState
  /** The gateway's words for the state. */
  readonly stateText?: string | undefined
  /** A report of an attempt to pay that failed: it settles nothing. */
  readonly isFailure?: boolean
  readonly payment?: ReportedPayment | undefined
  readonly raw: RawFields
}

/** What a gateway answers about an order that it was asked about. */
export interface OrderReport {
  readonly gateway: GatewayName
  readonly merchant: Merchant
  readonly orderNo: string
  /** undefined: a state that nobody knows, which decides nothing. */
  readonly state: TradeState | undefined
  /** The state as the gateway wrote it. */
  readonly writtenState: string
  readonly stateText: string | undefined
  readonly payment: ReportedPayment
  readonly raw: RawFields
}

/** What a gateway answers about a refund. */
export interface RefundReport {
  readonly gateway: GatewayName
  readonly merchant: Merchant
  readonly orderNo: string
  readonly refundNo: string
  /** The gateway's number: it has accepted the refund. */
  readonly refundId: string | undefined
  readonly refundFen: number | undefined
  /** undefined: not reported, or an unknown state. */
  readonly status: RefundStatus | undefined
  readonly succeededAt: string | undefined
  /** The payment that is given back. */
  readonly payment: ReportedPayment
  readonly raw: RawFields
}

/** A payment or a refund in the gateway's bill of a day. */
export interface BillLine {
  readonly kind: 'PAID' | 'REFUND'
  readonly appId: string
  readonly orderNo: string
  readonly transactionId: string
  /** Empty for a payment. */
  readonly refundNo: string
  /** What was paid, or given back, in fen. */
  readonly amountFen: number
}

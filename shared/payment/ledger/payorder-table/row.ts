/** A row of `payorder`: one attempt to be paid, and the column of each of its fields. */
import type { GatewayName, TradeState } from '#shared/payment/gateway'

export interface OrderRow {
  id: number
  userId: number | null
  gateway: GatewayName
  appId: string
  merchantId: string
  nonce: string
  title: string | null
  orderNo: string
  /** Fen. */
  amountFen: number
  clientIp: string | null
  tradeType: string
  state: TradeState
  stateText: string | null
  productId: string | null
  signType: string | null
  notifyUrl: string | null
  /** `yyyyMMddHHmmss`, Beijing time: the order's life at the gateway. */
  startsAt: string | null
  expiresAt: string | null
  prepayId: string | null
  codeUrl: string | null
  codeUrlAt: Date | null
  transactionId: string | null
  /** `yyyyMMddHHmmss`, Beijing time. */
  paidAt: string | null
  /** Fen. */
  cashFen: number | null
  bankType: string | null
  attention: string | null
  requestHash: string | null
  /** The business order that it pays; null: an order of its own, as the tutorial's storefronts place it. */
  shopOrderId: number | null
  /** 1: its lines have reserved stock, and no business order looks after it. */
  holdsStock: number
  /** When the gateway was last asked about it; null: never. */
  askedAt: Date | null
  /** Null in rows of the Koa shop. */
  createdAt: Date | null
}

/** The column of each field of a row. */
const columns: Readonly<Record<keyof OrderRow, string>> = {
  id: 'id',
  userId: 'user_id',
  gateway: 'gateway',
  appId: 'appid',
  merchantId: 'mch_id',
  nonce: 'nonce_str',
  title: 'body',
  orderNo: 'out_trade_no',
  amountFen: 'total_fee',
  clientIp: 'spbill_create_ip',
  tradeType: 'trade_type',
  state: 'trade_state',
  stateText: 'trade_state_desc',
  productId: 'product_id',
  signType: 'sign_type',
  notifyUrl: 'notify_url',
  startsAt: 'time_start',
  expiresAt: 'time_expire',
  prepayId: 'prepay_id',
  codeUrl: 'code_url',
  codeUrlAt: 'code_url_at',
  transactionId: 'transaction_id',
  paidAt: 'time_end',
  cashFen: 'cash_fee',
  bankType: 'bank_type',
  attention: 'attention',
  requestHash: 'request_hash',
  shopOrderId: 'shop_order_id',
  holdsStock: 'holds_stock',
  askedAt: 'asked_at',
  createdAt: 'created_at',
}

export const selected = Object.entries(columns)
  .map(([field, column]) => (field === column ? column : `${column} AS ${field}`))
  .join(', ')

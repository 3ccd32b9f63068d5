/** A row of `shop_order`, and its columns. */
import type { CloseReason, OrderState } from '../states.ts'

export interface ShopOrderRow {
  id: number
  order_no: string
  user_id: number
  state: OrderState
  close_reason: CloseReason | null
  goods_fen: number
  freight_fen: number
  payable_fen: number
  refunded_fen: number
  /** What of `refunded_fen` was freight. */
  refunded_freight_fen: number
  receiver: string
  mobile: string
  region_code: string
  address: string
  remark: string | null
  /** Under which reference the stock is reserved. */
  stock_ref: string | null
  transaction_id: string | null
  request_hash: string | null
  extended: number
  due_at: Date | null
  paid_at: Date | null
  shipped_at: Date | null
  completed_at: Date | null
  closed_at: Date | null
  created_at: Date
}

export const columns = `id, order_no, user_id, state, close_reason, goods_fen, freight_fen, payable_fen, refunded_fen,
  refunded_freight_fen, receiver, mobile, region_code, address, remark, stock_ref, transaction_id, request_hash,
  extended, due_at, paid_at, shipped_at, completed_at, closed_at, created_at`

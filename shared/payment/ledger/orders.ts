/** The order rows that the payment functions share. */
import type { Config } from '#shared/config'
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import type { TradeState } from './states.ts'

export interface OrderRow {
  id: number
  user_id: number | null
  appid: string
  mch_id: string
  nonce_str: string
  body: string | null
  out_trade_no: string
  /** Fen. */
  total_fee: number
  spbill_create_ip: string | null
  trade_type: string
  trade_state: TradeState
  trade_state_desc: string | null
  product_id: string | null
  sign_type: string | null
  notify_url: string | null
  time_start: string | null
  time_expire: string | null
  prepay_id: string | null
  code_url: string | null
  code_url_at: Date | null
  transaction_id: string | null
  time_end: string | null
  /** Fen. */
  cash_fee: number | null
  bank_type: string | null
  attention: string | null
  request_hash: string | null
  /** Null in rows of the Koa shop. */
  created_at: Date | null
}

/** The columns of an `OrderRow`. Rows of the Koa shop that repeat an order number are left to history. */
const selectOrder = `
  SELECT id, user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, spbill_create_ip, trade_type,
         trade_state, trade_state_desc, product_id, sign_type, notify_url, time_start, time_expire, prepay_id,
         code_url, code_url_at, transaction_id, time_end, cash_fee, bank_type, attention, request_hash, created_at
  FROM payorder WHERE out_trade_no_repeat = 0`

/**
 * Does the order belong to the merchant that the shop is now? WeChat cannot be asked about one of an earlier merchant,
 * and its notify could not be verified. The log hears of such a one.
 */
export function isOfMerchant(
  { out_trade_no, appid, mch_id }: OrderRow,
  { config, log }: { config: Config<'WX_APPID' | 'WX_MCH_ID'>; log: Logger },
): boolean {
  if (appid === config.WX_APPID && mch_id === config.WX_MCH_ID) return true
  log.warn('order_of_other_merchant', { outTradeNo: out_trade_no, mchId: mch_id })
  return false
}

/** The order of this number, if it is this user's. */
export function findOwnOrder(sql: Sql, outTradeNo: string, userId: number): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(`${selectOrder} AND out_trade_no = ? AND user_id = ?`, [outTradeNo, userId])
}

/** The order that this user placed with this `Idempotency-Key`. */
export function findOrderByKey(
  sql: Sql,
  idempotencyKey: string,
  userId: number,
): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(`${selectOrder} AND idempotency_key = ? AND user_id = ?`, [idempotencyKey, userId])
}

/** The order of this number, locked until the transaction ends: for facts that WeChat tells, never for a user's wish. */
export function lockOrder(tx: Sql, outTradeNo: string): Promise<OrderRow | undefined> {
  return tx.row<OrderRow>(`${selectOrder} AND out_trade_no = ? FOR UPDATE`, [outTradeNo])
}

/** The order with this id, as it is now. */
export async function readOrder(sql: Sql, id: number): Promise<OrderRow> {
  const order = await sql.row<OrderRow>(`${selectOrder} AND id = ?`, [id])
  if (!order) throw new Error(`order ${id} is gone`)
  return order
}

/** The lock of whoever changes an order at WeChat: gets its QR code, or closes it. */
export function orderLock(outTradeNo: string): string {
  return `letao:order:${outTradeNo}`
}

/** The order of this number, whoever owns it: for ops. */
export function findOrder(sql: Sql, outTradeNo: string): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(`${selectOrder} AND out_trade_no = ?`, [outTradeNo])
}

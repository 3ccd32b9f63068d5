/** Writes unpaid orders, and what their payers need. */
import { isDuplicateKey, marks, type Sql } from '#shared/db'
import type { GatewayName, Merchant } from '#shared/payment/gateway'
import { openStates } from '../states.ts'
import type { OrderRow } from './row.ts'

export interface NewOrder {
  userId: number
  gateway: GatewayName
  merchant: Merchant
  nonce: string
  title: string
  orderNo: string
  amountFen: number
  clientIp: string
  productId: string
  signType: string
  notifyUrl: string
  startsAt: string
  expiresAt: string
  idempotencyKey: string | null
  requestHash: string
  shopOrderId?: number
  holdsStock?: boolean
  createdAt: Date
}

/**
 * Writes an unpaid order.
 *
 * @returns its id; undefined: its number is taken
 */
export async function insertOrder(tx: Sql, order: NewOrder): Promise<number | undefined> {
  try {
    const { insertId } = await tx.run(
      `/* payorder.insert */ INSERT INTO payorder (user_id, gateway, appid, mch_id, nonce_str, body, out_trade_no,
         total_fee, fee_type, spbill_create_ip, trade_type, trade_state, product_id, sign_type, notify_url, time_start,
         time_expire, idempotency_key, request_hash, shop_order_id, holds_stock, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'CNY', ?, 'NATIVE', 'NOTPAY', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        order.userId,
        order.gateway,
        order.merchant.appId,
        order.merchant.merchantId,
        order.nonce,
        order.title,
        order.orderNo,
        order.amountFen,
        order.clientIp,
        order.productId,
        order.signType,
        order.notifyUrl,
        order.startsAt,
        order.expiresAt,
        order.idempotencyKey,
        order.requestHash,
        order.shopOrderId ?? null,
        order.holdsStock ? 1 : 0,
        order.createdAt,
        order.createdAt,
      ],
    )
    return insertId
  } catch (error) {
    if (isDuplicateKey(error, 'payorder_out_trade_no')) return undefined
    throw error
  }
}

/** A row that `insertOrder` has just written, as `readOrder` would find it. */
export function newOrderRow(id: number, order: NewOrder): OrderRow {
  const { merchant, idempotencyKey: _key, shopOrderId, holdsStock, ...same } = order
  return {
    ...same,
    id,
    appId: merchant.appId,
    merchantId: merchant.merchantId,
    tradeType: 'NATIVE',
    state: 'NOTPAY',
    stateText: null,
    prepayId: null,
    codeUrl: null,
    codeUrlAt: null,
    transactionId: null,
    paidAt: null,
    cashFen: null,
    bankType: null,
    attention: null,
    shopOrderId: shopOrderId ?? null,
    holdsStock: holdsStock ? 1 : 0,
    askedAt: null,
  }
}

/** Another request has placed an order with this `Idempotency-Key`. */
export function isKeyTaken(error: unknown): boolean {
  return isDuplicateKey(error, 'payorder_idempotency_key')
}

/**
 * Keeps what the payer needs, as long as the order is open.
 *
 * @returns false when a fact was faster
 */
export async function savePrepayment(
  sql: Sql,
  id: number,
  { prepayId, codeUrl }: { prepayId: string; codeUrl: string },
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* payorder.savePrepay */ UPDATE payorder SET prepay_id = ?, code_url = ?, code_url_at = ?, updated_at = ?
     WHERE id = ? AND trade_state IN (${marks(openStates)})`,
    [prepayId, codeUrl, now, now, id, ...openStates],
  )
  return affectedRows > 0
}

/** Is something reserved for the order no longer? What it held was released, or has left the house. */
export async function endHold(tx: Sql, id: number): Promise<void> {
  await tx.run('/* payorder.endHold */ UPDATE payorder SET holds_stock = 0 WHERE id = ?', [id])
}

/** Writes the order, before anybody outside hears of it. */
import { createHash, randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import type { Config } from '#shared/config'
import type { Database, Sql } from '#shared/db'
import { isDuplicateKey } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import { createNonce } from '#shared/payment/gateway/wechat-v2'
import { findOrderByKey, type OrderRow, readOrder } from '#shared/payment/ledger'
import { beijingDigits, formatBeijing } from '#shared/time'
import { describe, type OrderLine, payableText, priceItems, totalOf } from './price.ts'
import type { OrderBody } from './schema.ts'

export interface PlaceDeps {
  db: Database
  config: Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_NOTIFY_URL'>
  limiter: Limiter<'user'>
  now: () => Date
}

export interface PlaceInput {
  body: OrderBody
  userId: number
  clientAddress: string
  idempotencyKey: string | undefined
}

/** How long the order can be paid at WeChat. Longer than our own two hours: a renewed QR code must still be payable. */
const LIFETIME_MS = 24 * 3600 * 1000

/**
 * Places a new order, or finds the one that the same `Idempotency-Key` placed before: the unique key decides, also
 * between requests at the same moment.
 *
 * @throws AppError INVALID_PARAMETER, TOO_MANY_REQUESTS
 */
export async function placeOrder(input: PlaceInput, deps: PlaceDeps): Promise<OrderRow> {
  const { idempotencyKey, userId } = input
  const { db } = deps
  const hash = createHash('sha256')
    .update(JSON.stringify(canonical(input.body)))
    .digest('hex')
  const earlier = idempotencyKey === undefined ? undefined : await findOrderByKey(db, idempotencyKey, userId)
  if (earlier) return sameRequest(earlier, hash)
  const lines = input.body.items ? await priceItems(db, input.body.items) : []
  for (;;) {
    try {
      return await db.transaction(async (tx) => {
        const order = await insertOrder(tx, input, lines, hash, deps)
        // Last, so that many orders of one user wait for its row as briefly as can be, and repetitions not at all.
        await deps.limiter.in(tx).admit()
        return order
      })
    } catch (error) {
      if (isDuplicateKey(error, 'payorder_out_trade_no')) continue
      if (idempotencyKey === undefined || !mayBeTheSameMoment(error)) throw error
      const winner = await findOrderByKey(db, idempotencyKey, userId)
      if (!winner) throw error
      return sameRequest(winner, hash)
    }
  }
}

/** The other request of this key may have the row, the last slot of the limit, or a lock that this one waited for. */
function mayBeTheSameMoment(error: unknown): boolean {
  return (
    isDuplicateKey(error, 'payorder_idempotency_key') ||
    (error instanceof AppError && ['TOO_MANY_REQUESTS', 'DATABASE_UNAVAILABLE'].includes(error.code))
  )
}

function sameRequest(order: OrderRow, hash: string): OrderRow {
  if (order.request_hash === hash) return order
  throw new AppError('INVALID_PARAMETER', { msg: 'Idempotency-Key已用于另一个订单' })
}

/** Field by field in a fixed order, so that equal requests have equal texts. */
function canonical({ items, body, total_fee, spbill_create_ip, trade_type }: OrderBody): unknown {
  return [
    items?.map(({ productId, quantity }) => [productId, quantity]),
    body,
    total_fee,
    spbill_create_ip,
    trade_type,
  ]
}

async function insertOrder(
  tx: Sql,
  input: PlaceInput,
  lines: readonly OrderLine[],
  hash: string,
  { config, now }: PlaceDeps,
): Promise<OrderRow> {
  const { body } = input
  const moment = now()
  const address = body.spbill_create_ip ?? input.clientAddress
  const { insertId } = await tx.run(
    `INSERT INTO payorder (user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, fee_type, spbill_create_ip,
       trade_type, trade_state, product_id, sign_type, notify_url, time_start, time_expire, idempotency_key,
       request_hash, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, 'CNY', ?, 'NATIVE', 'NOTPAY', ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      input.userId,
      config.WX_APPID,
      config.WX_MCH_ID,
      createNonce(),
      // A text of nothing but emoji leaves nothing, and WeChat wants a body.
      (lines.length > 0 ? describe(lines) : payableText(body.body ?? '')) || '乐淘商品',
      createOrderNumber(moment),
      lines.length > 0 ? totalOf(lines) : (body.total_fee ?? 0),
      isIP(address) ? address : '127.0.0.1',
      String(lines[0]?.productId ?? 'custom'),
      config.WX_SIGN_TYPE,
      config.WX_NOTIFY_URL,
      formatBeijing(moment),
      formatBeijing(new Date(moment.getTime() + LIFETIME_MS)),
      input.idempotencyKey ?? null,
      hash,
      moment,
      moment,
    ],
  )
  for (const { productId, name, img, priceFen, quantity } of lines) {
    await tx.run(
      'INSERT INTO order_item (order_id, product_id, name, img, price_fen, quantity) VALUES (?, ?, ?, ?, ?, ?)',
      [insertId, productId, name, img, priceFen, quantity],
    )
  }
  return readOrder(tx, insertId)
}

/** 27 digits: Beijing time to the millisecond, then ten random ones. Later orders sort after earlier ones. */
export function createOrderNumber(moment: Date): string {
  return beijingDigits(moment) + String(randomInt(1e10)).padStart(10, '0')
}

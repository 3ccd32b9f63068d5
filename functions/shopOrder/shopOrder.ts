/** Places a business order and its first payment. WeChat is asked afterwards, by `/wx/order { out_trade_no }`. */
import { createHash } from 'node:crypto'
import { isIP } from 'node:net'
import { addressText } from '#shared/addresses'
import { removeFromCart } from '#shared/cart'
import type { Config } from '#shared/config'
import { type Database, isDuplicateKey, type Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import {
  awaitShopOrder,
  type Checkout,
  countUnpaid,
  createNumber,
  findShopOrderByKey,
  insertLines,
  insertShopOrder,
  MAX_UNPAID_HOLDING,
  prepareCheckout,
  type ShopOrderRow,
  setStockRef,
  stockRefOf,
  viewCheckout,
  writeEvent,
} from '#shared/ordering'
import { findAttempt, insertOrder, ORDER_LIFETIME_MS, titleOf } from '#shared/payment/ledger'
import { paymentTerms } from '#shared/payment/wiring'
import { readAvailable, reserve, soldOut } from '#shared/stock'
import { formatBeijing } from '#shared/time'
import type { ShopOrderBody } from './schema.ts'

export interface ShopOrderDeps {
  db: Database
  config: Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_NOTIFY_URL'>
  limiter: Limiter<'user'>
  now: () => Date
}

export interface ShopOrderInput {
  body: ShopOrderBody
  userId: number
  clientAddress: string
  idempotencyKey: string | undefined
}

export interface PlacedOrder {
  order_no: string
  /** Pays the order at `/wx/order`. */
  out_trade_no: string
  payable_fen: number
}

/**
 * Places an order as it was shown, or finds the one that the same `Idempotency-Key` placed before.
 *
 * @throws AppError INVALID_PARAMETER, RECORD_NOT_FOUND (the address), PRICE_CHANGED with the new breakdown, SOLD_OUT
 *   naming the lines, TOO_MANY_UNPAID, TOO_MANY_REQUESTS
 */
export async function placeShopOrder(input: ShopOrderInput, deps: ShopOrderDeps): Promise<PlacedOrder> {
  const { body, userId, idempotencyKey } = input
  const { db } = deps
  const hash = createHash('sha256')
    .update(JSON.stringify([body.items, body.addressId, body.expected_payable_fen, body.remark]))
    .digest('hex')
  const earlier = await findEarlier(db, input, hash)
  if (earlier) return earlier
  const checkout = await prepareCheckout(db, { userId, items: body.items, addressId: body.addressId })
  if (checkout.payable_fen !== body.expected_payable_fen)
    throw new AppError('PRICE_CHANGED', { data: { ...viewCheckout(checkout) } })
  const stock = checkout.lines
    .filter(({ countsStock }) => countsStock)
    .map(({ skuId, quantity }) => ({ skuId, quantity }))
  // A plain read ends most requests of a sale that is over, and locks nothing.
  const available = await readAvailable(
    db,
    stock.map(({ skuId }) => skuId),
  )
  if (stock.some(({ skuId, quantity }) => (available.get(skuId) ?? 0) < quantity))
    throw await soldOut(db, stock)
  const orderNo = createNumber(deps.now())
  try {
    return await db.transaction(
      (tx) => write(tx, orderNo, input, checkout, stock, hash, deps),
      // The one thing that must not be answered is "not ordered" of what is.
      (sql) => findAwaited(sql, input, orderNo, hash),
    )
  } catch (error) {
    const isSameMoment =
      isDuplicateKey(error, 'shop_order_idempotency') ||
      (error instanceof AppError && ['TOO_MANY_REQUESTS', 'DATABASE_UNAVAILABLE'].includes(error.code))
    if (idempotencyKey === undefined || !isSameMoment) throw error
    const winner = await findAwaited(db, input, orderNo, hash)
    if (!winner) throw error
    return winner
  }
}

async function findEarlier(
  sql: Sql,
  { userId, idempotencyKey }: ShopOrderInput,
  hash: string,
): Promise<PlacedOrder | undefined> {
  const order =
    idempotencyKey === undefined ? undefined : await findShopOrderByKey(sql, idempotencyKey, userId)
  return order && placed(sql, order, hash)
}

/** The same, of an order that may be on its way into the database. */
async function findAwaited(
  sql: Sql,
  { userId, idempotencyKey }: ShopOrderInput,
  orderNo: string,
  hash: string,
): Promise<PlacedOrder | undefined> {
  const order = await awaitShopOrder(sql, { userId, orderNo, key: idempotencyKey })
  return order && placed(sql, order, hash)
}

async function placed(sql: Sql, order: ShopOrderRow, hash: string): Promise<PlacedOrder> {
  if (order.request_hash !== hash)
    throw new AppError('INVALID_PARAMETER', { msg: 'Idempotency-Key已用于另一个订单' })
  const attempt = await findAttempt(sql, order.id)
  if (attempt === undefined) throw new Error(`order ${order.order_no} has no payment`)
  return { order_no: order.order_no, out_trade_no: attempt, payable_fen: order.payable_fen }
}

/** The limiter's row queues the orders of one user, so that the count of the unpaid ones is true; stock comes last. */
async function write(
  tx: Sql,
  orderNo: string,
  input: ShopOrderInput,
  checkout: Checkout,
  stock: readonly { skuId: number; quantity: number }[],
  hash: string,
  { config, limiter, now }: ShopOrderDeps,
): Promise<PlacedOrder> {
  const { userId, body } = input
  const moment = now()
  const { address, lines, goods_fen, freight_fen, payable_fen } = checkout
  await limiter.in(tx).admit()
  if (config.RATE_LIMIT === 'on' && (await countUnpaid(tx, userId, MAX_UNPAID_HOLDING)) >= MAX_UNPAID_HOLDING)
    throw new AppError('TOO_MANY_UNPAID')
  const id = await insertShopOrder(
    tx,
    {
      orderNo,
      userId,
      goods_fen,
      freight_fen,
      payable_fen,
      receiver: address.receiver,
      mobile: address.mobile,
      regionCode: address.region_code,
      address: addressText(address),
      remark: body.remark || undefined,
      idempotencyKey: input.idempotencyKey,
      requestHash: hash,
    },
    moment,
  )
  await insertLines(tx, id, lines)
  const outTradeNo = createNumber(moment)
  const attempt = await insertOrder(tx, {
    userId,
    ...paymentTerms(config),
    title: titleOf(lines),
    orderNo: outTradeNo,
    amountFen: payable_fen,
    clientIp: isIP(input.clientAddress) ? input.clientAddress : '127.0.0.1',
    productId: String(lines[0]?.productId ?? 'custom'),
    startsAt: formatBeijing(moment),
    expiresAt: formatBeijing(new Date(moment.getTime() + ORDER_LIFETIME_MS)),
    idempotencyKey: null,
    requestHash: hash,
    shopOrderId: id,
    createdAt: moment,
  })
  if (attempt === undefined) throw new Error('no free order number')
  const actor = `user:${userId}` as const
  await writeEvent(tx, id, { event: 'placed', before: null, after: 'UNPAID', actor }, moment)
  await setStockRef(tx, id, stockRefOf(id))
  if (checkout.fromCart) await removeFromCart({ userId, skuIds: lines.map(({ skuId }) => skuId) }, { db: tx })
  await reserve(tx, stockRefOf(id), stock, moment)
  return { order_no: orderNo, out_trade_no: outTradeNo, payable_fen }
}

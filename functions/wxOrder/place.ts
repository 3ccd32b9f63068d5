/** Writes the order, before anybody outside hears of it. */
import { createHash, randomInt } from 'node:crypto'
import { isIP } from 'node:net'
import type { Config } from '#shared/config'
import type { Database, Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import { MAX_UNPAID, MAX_UNPAID_HOLDING } from '#shared/ordering'
import {
  awaitOrder,
  countHolding,
  countOpenOrders,
  findOrderByKey,
  insertItems,
  insertOrder,
  isKeyTaken,
  ORDER_LIFETIME_MS,
  type OrderRow,
  payableText,
  readOrder,
  titleOf,
} from '#shared/payment/ledger'
import { paymentTerms } from '#shared/payment/wiring'
import { paymentStockRef, reserve } from '#shared/stock'
import { beijingDigits, formatBeijing } from '#shared/time'
import { countedOf, type PricedItem, priceItems, totalOf } from './price.ts'
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

/** Two orders have one number once in a lifetime, so more often it is another fault. */
const MAX_NUMBERS = 3

/**
 * Places a new order, or finds the one that the same `Idempotency-Key` placed before: the unique key decides, also
 * between requests at the same moment.
 *
 * @throws AppError INVALID_PARAMETER, TOO_MANY_REQUESTS, TOO_MANY_UNPAID, SOLD_OUT
 */
export async function placeOrder(input: PlaceInput, deps: PlaceDeps): Promise<OrderRow> {
  const { idempotencyKey, userId } = input
  const { db, config } = deps
  const hash = createHash('sha256')
    .update(JSON.stringify(canonical(input.body)))
    .digest('hex')
  const earlier = idempotencyKey === undefined ? undefined : await findOrderByKey(db, idempotencyKey, userId)
  if (earlier) return sameRequest(earlier, hash)
  const lines = input.body.items ? await priceItems(db, input.body.items) : []
  const counted = countedOf(lines)
  let orderNo = ''
  const awaited = (sql: Sql) => awaitOrder(sql, { userId, orderNo, key: idempotencyKey })
  try {
    // Looked at before anything is written, so that a refusal burns no id.
    await deps.limiter.check()
    const isLimited = config.RATE_LIMIT === 'on'
    if (isLimited) await assertFewUnpaid(db, userId, MAX_UNPAID - 1)
    return await db.transaction(async (tx) => {
      const order = await writeOrder(tx, input, lines, hash, deps)
      orderNo = order.orderNo
      // Last, so that many orders of one user wait for its row as briefly as can be, and repetitions not at all.
      await deps.limiter.in(tx).admit()
      // Here the user's other orders wait, so what is counted is exact.
      if (isLimited) await assertFewUnpaid(tx, userId, MAX_UNPAID)
      if (isLimited && counted.length > 0) await assertFewHolding(tx, userId)
      // The pieces come last of all, so that what others wait for is held as briefly as can be.
      await reserve(tx, paymentStockRef(order.id), counted, deps.now())
      return order
    }, awaited)
  } catch (error) {
    if (idempotencyKey === undefined || !mayBeTheSameMoment(error)) throw error
    const winner = await awaited(db)
    if (!winner) throw error
    return sameRequest(winner, hash)
  }
}

/** Contract, Limits: an unpaid order costs questions to the gateway until it is closed. */
async function assertFewUnpaid(sql: Sql, userId: number, max: number): Promise<void> {
  if ((await countOpenOrders(sql, userId, max + 1)) > max) throw new AppError('TOO_MANY_UNPAID')
}

/** Contract, Limits: pieces that an unpaid order holds cannot be sold to others. */
async function assertFewHolding(tx: Sql, userId: number): Promise<void> {
  const others = (await countHolding(tx, userId, MAX_UNPAID_HOLDING + 1)) - 1
  if (others >= MAX_UNPAID_HOLDING) throw new AppError('TOO_MANY_UNPAID')
}

/** The other request of this key may have the row, the last slot of the limit, or a lock that this one waited for. */
function mayBeTheSameMoment(error: unknown): boolean {
  return (
    isKeyTaken(error) ||
    (error instanceof AppError &&
      ['TOO_MANY_REQUESTS', 'TOO_MANY_UNPAID', 'DATABASE_UNAVAILABLE'].includes(error.code))
  )
}

function sameRequest(order: OrderRow, hash: string): OrderRow {
  if (order.requestHash === hash) return order
  throw new AppError('INVALID_PARAMETER', { msg: 'Idempotency-Key已用于另一个订单' })
}

/** Field by field in a fixed order, so that equal requests have equal texts. */
function canonical({ items, body, total_fee, spbill_create_ip, trade_type }: OrderBody): unknown {
  return [
    items?.map(({ productId, skuId, quantity }) =>
      skuId ? [productId, quantity, skuId] : [productId, quantity],
    ),
    body,
    total_fee,
    spbill_create_ip,
    trade_type,
  ]
}

async function writeOrder(
  tx: Sql,
  input: PlaceInput,
  lines: readonly PricedItem[],
  hash: string,
  { config, now }: PlaceDeps,
): Promise<OrderRow> {
  const { body } = input
  const moment = now()
  const address = body.spbill_create_ip ?? input.clientAddress
  for (let attempt = 1; attempt <= MAX_NUMBERS; attempt++) {
    const id = await insertOrder(tx, {
      userId: input.userId,
      ...paymentTerms(config),
      // A text of nothing but emoji leaves nothing, and the gateway wants one.
      title: (lines.length > 0 ? titleOf(lines) : payableText(body.body ?? '')) || '乐淘商品',
      orderNo: createOrderNumber(moment),
      amountFen: lines.length > 0 ? totalOf(lines) : (body.total_fee ?? 0),
      clientIp: isIP(address) ? address : '127.0.0.1',
      productId: String(lines[0]?.productId ?? 'custom'),
      startsAt: formatBeijing(moment),
      expiresAt: formatBeijing(new Date(moment.getTime() + ORDER_LIFETIME_MS)),
      idempotencyKey: input.idempotencyKey ?? null,
      requestHash: hash,
      holdsStock: countedOf(lines).length > 0,
      createdAt: moment,
    })
    if (id === undefined) continue
    await insertItems(
      tx,
      id,
      lines.map(({ countsStock, ...line }) => ({ ...line, skuId: countsStock ? line.skuId : null })),
    )
    return readOrder(tx, id)
  }
  throw new Error('no free order number')
}

/** 27 digits: Beijing time to the millisecond, then ten random ones. Later orders sort after earlier ones. */
export function createOrderNumber(moment: Date): string {
  return beijingDigits(moment) + String(randomInt(1e10)).padStart(10, '0')
}

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
  insertItems,
  insertOrder,
  isKeyTaken,
  newOrderRow,
  ORDER_LIFETIME_MS,
  type OrderRow,
  payableText,
  readStanding,
  type Standing,
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
  const isLimited = config.RATE_LIMIT === 'on'
  // Looked at before anything is written, so that a refusal burns no id; and before the standing, which is true as long
  // as nobody is counted after it. A repetition is never refused, so the refusal waits.
  const tooMany = await refusalOf(deps.limiter.check())
  const standing = await readStanding(db, { userId, idempotencyKey, max: MAX_UNPAID + 1 })
  if (standing.earlier) return sameRequest(standing.earlier, hash)
  const lines = input.body.items ? await priceItems(db, input.body.items) : []
  const counted = countedOf(lines)
  let orderNo = ''
  const awaited = (sql: Sql) => awaitOrder(sql, { userId, orderNo, key: idempotencyKey })
  try {
    if (tooMany) throw tooMany
    if (isLimited) assertRoom(standing, counted.length > 0)
    return await db.transaction(async (tx) => {
      const order = await writeOrder(tx, input, lines, hash, deps)
      orderNo = order.orderNo
      // Last, so that many orders of one user wait for its row as briefly as can be, and repetitions not at all.
      const isAlone = await deps.limiter.in(tx).admitAlone()
      // Every order of a user is counted there, so without another one the standing is exact; otherwise it is now, while
      // the others wait.
      if (isLimited && !isAlone) {
        const now = await readStanding(tx, { userId, idempotencyKey: undefined, max: MAX_UNPAID + 2 })
        assertRoom(withoutOne(now, counted.length > 0), counted.length > 0)
      }
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

/** A refusal is kept for later; a fault is thrown. */
async function refusalOf(check: Promise<void>): Promise<AppError | undefined> {
  try {
    await check
    return undefined
  } catch (error) {
    if (error instanceof AppError && error.code === 'TOO_MANY_REQUESTS') return error
    throw error
  }
}

/**
 * Contract, Limits: an unpaid order costs questions to the gateway until it is closed, and pieces that it holds cannot be
 * sold to others.
 *
 * @param others - the user's orders without the new one
 */
function assertRoom(others: Pick<Standing, 'open' | 'holding'>, holdsStock: boolean): void {
  const isFull = others.open >= MAX_UNPAID || (holdsStock && others.holding >= MAX_UNPAID_HOLDING)
  if (isFull) throw new AppError('TOO_MANY_UNPAID')
}

/** The order that the transaction has just written is among them. */
function withoutOne({ open, holding }: Standing, holdsStock: boolean): Pick<Standing, 'open' | 'holding'> {
  return { open: open - 1, holding: holdsStock ? holding - 1 : holding }
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
    const order = {
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
    }
    const id = await insertOrder(tx, order)
    if (id === undefined) continue
    await insertItems(
      tx,
      id,
      lines.map(({ countsStock, ...line }) => ({ ...line, skuId: countsStock ? line.skuId : null })),
    )
    return newOrderRow(id, order)
  }
  throw new Error('no free order number')
}

/** 27 digits: Beijing time to the millisecond, then ten random ones. Later orders sort after earlier ones. */
export function createOrderNumber(moment: Date): string {
  return beijingDigits(moment) + String(randomInt(1e10)).padStart(10, '0')
}

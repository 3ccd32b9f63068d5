/** Shipping: parcels with a carrier and a number, in parts if need be. */
import type { Database, Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { ship as shipStock } from '#shared/stock'
import { openCaseStates } from './after-sale-states.ts'
import { type AfterSaleRow, listCasesOfOrder } from './after-sale-table.ts'
import { type Actor, writeEvent } from './order-event-table.ts'
import { findShipment, insertShipment } from './shipment-table.ts'
import { type LineRow, listLines, shipPairs } from './shop-order-line-table.ts'
import { lockShopOrderByNumber, moveOrder, type ShopOrderRow } from './shop-order-table/index.ts'
import { orderMoves, orderStateText } from './states.ts'

/** The carriers that a parcel can go with: code and name. */
export const carriers = {
  SF: '顺丰速运',
  JD: '京东物流',
  ZTO: '中通快递',
  YTO: '圆通速递',
  STO: '申通快递',
  YUNDA: '韵达速递',
  JTSD: '极兔速递',
  EMS: '中国邮政',
  DBL: '德邦快递',
} as const

export type Carrier = keyof typeof carriers

/** What a tracking number looks like. */
export const TRACKING_NUMBER = /^[A-Z0-9-]{6,32}$/

/** An order that nobody confirms is complete this long after its last parcel. */
export const RECEIPT_MS = 10 * 86_400_000

export interface ShipInput {
  orderNo: string
  carrier: Carrier
  trackingNo: string
  /** Which pairs lie in the parcel; left out: all that were not shipped yet. */
  lines?: readonly { lineId: number; quantity: number }[] | undefined
  actor: Actor
}

export interface OrderDeps {
  db: Database
  now: () => Date
}

/**
 * Sends a parcel. The same parcel again changes nothing. Runs in `tx` so that the caller can write its own record of
 * it into the same transaction.
 *
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT (not paid, closed, more than is left, pairs of an open cancellation)
 */
export async function shipOrder(tx: Sql, input: ShipInput, now: Date): Promise<ShopOrderRow> {
  const order = await lockShopOrderByNumber(tx, input.orderNo)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (await findShipment(tx, order.id, input.carrier, input.trackingNo)) return order
  const move = orderMoves[order.state].ship_rest
  if (typeof move === 'string') throw wrongState(order)
  const lines = await listLines(tx, [order.id])
  const waiting = pairsUnderCancellation(await listCasesOfOrder(tx, order.id))
  const parcel = parcelOf(lines, waiting, input)
  if (parcel.length === 0) throw wrongState(order, '没有可以发货的商品')
  for (const { line, quantity } of parcel) {
    if (!(await shipPairs(tx, line.id, quantity))) throw wrongState(order, `${line.name} 没有这么多可以发货`)
  }
  const shipmentId = await insertShipment(
    tx,
    { orderId: order.id, carrier: input.carrier, trackingNo: input.trackingNo },
    parcel.map(({ line, quantity }) => ({ orderLineId: line.id, quantity })),
    now,
  )
  const sent = new Map(parcel.map(({ line, quantity }) => [line.id, quantity]))
  const isRest = lines.every(
    ({ id, quantity, shipped_quantity, cancelled_quantity }) =>
      shipped_quantity + (sent.get(id) ?? 0) + cancelled_quantity === quantity,
  )
  const to = isRest ? 'SHIPPED' : 'PART_SHIPPED'
  const times = isRest ? { shipped_at: now, due_at: new Date(now.getTime() + RECEIPT_MS) } : {}
  await moveOrder(tx, order.id, order.state, to, times, now)
  await writeEvent(
    tx,
    order.id,
    {
      event: 'shipped',
      before: order.state,
      after: to,
      actor: input.actor,
      detail: `${carriers[input.carrier]} ${input.trackingNo}`,
    },
    now,
  )
  await shipStock(
    tx,
    `S${shipmentId}`,
    parcel
      .filter(({ line }) => line.counts_stock === 1)
      .map(({ line, quantity }) => ({ skuId: line.sku_id, quantity })),
    now,
  )
  return { ...order, state: to }
}

/** Pairs per line for which the shopper wants the money back before they are shipped. */
function pairsUnderCancellation(cases: readonly AfterSaleRow[]): Map<number, number> {
  return new Map(
    cases
      .filter(({ kind, state }) => kind === 'CANCEL' && (openCaseStates as readonly string[]).includes(state))
      .map(({ order_line_id, quantity }) => [order_line_id, quantity]),
  )
}

/** How many pairs of each line are still to be shipped: what was not cancelled, nor is about to be. */
export async function pairsToShip(sql: Sql, orderId: number): Promise<{ line: LineRow; quantity: number }[]> {
  const waiting = pairsUnderCancellation(await listCasesOfOrder(sql, orderId))
  const lines = await listLines(sql, [orderId])
  return lines.map((line) => ({ line, quantity: leftOf(line, waiting) }))
}

const leftOf = (line: LineRow, waiting: ReadonlyMap<number, number>) =>
  line.quantity - line.shipped_quantity - line.cancelled_quantity - (waiting.get(line.id) ?? 0)

function parcelOf(
  lines: readonly LineRow[],
  waiting: ReadonlyMap<number, number>,
  input: ShipInput,
): { line: LineRow; quantity: number }[] {
  const left = (line: LineRow) => leftOf(line, waiting)
  if (!input.lines) {
    return lines.map((line) => ({ line, quantity: left(line) })).filter(({ quantity }) => quantity > 0)
  }
  const wanted = new Map<number, number>()
  for (const { lineId, quantity } of input.lines) wanted.set(lineId, (wanted.get(lineId) ?? 0) + quantity)
  return [...wanted].map(([lineId, quantity]) => {
    const line = lines.find(({ id }) => id === lineId)
    if (!line) throw new AppError('RECORD_NOT_FOUND', { msg: '订单里没有这件商品' })
    if (quantity > left(line)) {
      const msg = waiting.has(lineId) ? `${line.name} 正在申请退款` : `${line.name} 没有这么多可以发货`
      throw new AppError('STATE_CONFLICT', { msg })
    }
    return { line, quantity }
  })
}

/** The refusal of a wish that the order's state does not allow. */
export function wrongState(
  { order_no, state }: Pick<ShopOrderRow, 'order_no' | 'state'>,
  msg = `订单${orderStateText[state]}，不能这样操作`,
): AppError {
  return new AppError('STATE_CONFLICT', { msg, data: { order_no, state } })
}

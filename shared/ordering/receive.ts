/** What the owner does with an order after it was shipped, and what happens by itself. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { hasOpenCase } from './after-sale-table.ts'
import { type Actor, writeEvent } from './order-event-table.ts'
import { type OrderDeps, wrongState } from './ship.ts'
import {
  hideOrder,
  lockOwnShopOrder,
  lockShopOrder,
  moveOrder,
  type ShopOrderRow,
  setDue,
} from './shop-order-table/index.ts'
import { orderMoves } from './states.ts'

/** Once per order the owner may take this much longer. */
const EXTENSION_MS = 5 * 86_400_000

/** While a case is open the order waits, and is looked at again this much later. */
const LOOK_AGAIN_MS = 86_400_000

export interface OwnOrder {
  userId: number
  orderNo: string
}

/** The owner has the shoes. Again: nothing changes. @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT */
export function receiveOrder(input: OwnOrder, { db, now }: OrderDeps): Promise<void> {
  return db.transaction(async (tx) => {
    const order = await lockOwn(tx, input)
    const move = orderMoves[order.state].receive
    if (move === 'repeated') return
    if (typeof move === 'string') throw wrongState(order)
    await complete(tx, order, `user:${input.userId}`, now())
  })
}

/** The owner needs more time, once. @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT */
export function extendReceipt(input: OwnOrder, { db, now }: OrderDeps): Promise<Date> {
  return db.transaction(async (tx) => {
    const order = await lockOwn(tx, input)
    if (typeof orderMoves[order.state].extend === 'string') throw wrongState(order)
    if (order.extended === 1) throw wrongState(order, '已经延长过一次收货时间')
    const dueAt = new Date((order.due_at ?? now()).getTime() + EXTENSION_MS)
    await moveOrder(tx, order.id, order.state, order.state, { due_at: dueAt, extended: 1 }, now())
    const { state } = order
    const actor = `user:${input.userId}` as const
    await writeEvent(tx, order.id, { event: 'extended', before: state, after: state, actor }, now())
    return dueAt
  })
}

/** Takes an ended order out of the owner's lists. @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT */
export function hideOwnOrder(input: OwnOrder, { db, now }: OrderDeps): Promise<void> {
  return db.transaction(async (tx) => {
    const order = await lockOwn(tx, input)
    if (typeof orderMoves[order.state].hide === 'string') throw wrongState(order)
    if (await hasOpenCase(tx, order.id)) throw wrongState(order, '售后处理完成后才能删除订单')
    await hideOrder(tx, order.id, now())
    const actor = `user:${input.userId}` as const
    await writeEvent(tx, order.id, { event: 'hidden', before: order.state, after: order.state, actor }, now())
  })
}

/**
 * The time of an order is up: it is complete, unless a case is open, which it waits for.
 *
 * @returns true when it was completed
 */
export function receiveByItself(orderId: number, { db, now }: OrderDeps): Promise<boolean> {
  return db.transaction(async (tx) => {
    const order = await lockShopOrder(tx, orderId)
    // Another run, or the owner, was faster.
    if (order?.state !== 'SHIPPED' || order.due_at === null || order.due_at > now()) return false
    if (await hasOpenCase(tx, order.id)) {
      await setDue(tx, order.id, 'SHIPPED', new Date(now().getTime() + LOOK_AGAIN_MS))
      return false
    }
    await complete(tx, order, 'timer', now())
    return true
  })
}

async function complete(tx: Sql, order: ShopOrderRow, actor: Actor, now: Date): Promise<void> {
  await moveOrder(tx, order.id, 'SHIPPED', 'COMPLETED', { completed_at: now, due_at: null }, now)
  await writeEvent(tx, order.id, { event: 'received', before: 'SHIPPED', after: 'COMPLETED', actor }, now)
}

async function lockOwn(tx: Sql, { orderNo, userId }: OwnOrder): Promise<ShopOrderRow> {
  const order = await lockOwnShopOrder(tx, orderNo, userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  return order
}

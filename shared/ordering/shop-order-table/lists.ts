/** Pages of orders, for their owner and for the shopkeeper, and counts. */
import { marks, type Sql } from '#shared/db'
import type { OrderState } from '../states.ts'
import { columns, type ShopOrderRow } from './row.ts'

/** How many unpaid orders a user has, counted up to `atMost`. */
export async function countUnpaid(sql: Sql, userId: number, atMost: number): Promise<number> {
  const rows = await sql.rows<{ id: number }>(
    `/* shop_order.countUnpaid */ SELECT id FROM shop_order WHERE user_id = ? AND state = 'UNPAID' LIMIT ${Math.trunc(atMost)}`,
    [userId],
  )
  return rows.length
}

/** How many orders a user has in each of these states; each is counted up to 100. */
export async function countByState(
  sql: Sql,
  userId: number,
  states: readonly OrderState[],
): Promise<Map<OrderState, number>> {
  const counts = new Map<OrderState, number>()
  for (const state of states) {
    const rows = await sql.rows<{ id: number }>(
      '/* shop_order.countByState */ SELECT id FROM shop_order WHERE user_id = ? AND state = ? AND hidden_at IS NULL LIMIT 100',
      [userId, state],
    )
    counts.set(state, rows.length)
  }
  return counts
}

/** One page of a user's orders, newest first. */
export function listOwnOrders(
  sql: Sql,
  input: { userId: number; states: readonly OrderState[]; beforeId: number | undefined; limit: number },
): Promise<ShopOrderRow[]> {
  const { userId, states, beforeId, limit } = input
  const byState = states.length > 0 ? `AND state IN (${marks(states)})` : ''
  return sql.rows<ShopOrderRow>(
    `/* shop_order.listOwnOrders */ SELECT ${columns} FROM shop_order WHERE user_id = ? ${byState} AND hidden_at IS NULL
     ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [userId, ...states, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/**
 * One page of all orders in a state, newest first. The key is forced: MariaDB would rather walk the primary key from
 * its end (reference: docs/operations.md, plans).
 */
export function listOrdersInState(
  sql: Sql,
  input: { state: OrderState; beforeId: number | undefined; limit: number },
): Promise<ShopOrderRow[]> {
  const { state, beforeId, limit } = input
  return sql.rows<ShopOrderRow>(
    `/* shop_order.listOrdersInState */ SELECT ${columns} FROM shop_order FORCE INDEX (shop_order_by_state)
     WHERE state = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [state, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** Orders in a state, the oldest first, after one: what is to be done next. */
export function listOldestInState(
  sql: Sql,
  input: { state: OrderState; afterId: number | undefined; limit: number },
): Promise<ShopOrderRow[]> {
  const { state, afterId, limit } = input
  return sql.rows<ShopOrderRow>(
    `/* shop_order.listOldestInState */ SELECT ${columns} FROM shop_order FORCE INDEX (shop_order_by_state)
     WHERE state = ? ${afterId === undefined ? '' : 'AND id > ?'} ORDER BY id LIMIT ${Math.trunc(limit)}`,
    [state, ...(afterId === undefined ? [] : [afterId])],
  )
}

/** One page of all orders, newest first. */
export function listAllOrders(
  sql: Sql,
  input: { beforeId: number | undefined; limit: number },
): Promise<ShopOrderRow[]> {
  const { beforeId, limit } = input
  return sql.rows<ShopOrderRow>(
    `/* shop_order.listAllOrders */ SELECT ${columns} FROM shop_order ${beforeId === undefined ? '' : 'WHERE id < ?'}
     ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === undefined ? [] : [beforeId],
  )
}

/** One page of the orders that go to this mobile, newest first. */
export function listOrdersOfMobile(
  sql: Sql,
  input: { mobile: string; beforeId: number | undefined; limit: number },
): Promise<ShopOrderRow[]> {
  const { mobile, beforeId, limit } = input
  return sql.rows<ShopOrderRow>(
    `/* shop_order.listOrdersOfMobile */ SELECT ${columns} FROM shop_order FORCE INDEX (shop_order_by_mobile)
     WHERE mobile = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [mobile, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** Orders in a state whose time has come, the longest due first. */
export function listDueOrders(
  sql: Sql,
  state: OrderState,
  now: Date,
  limit: number,
): Promise<{ id: number }[]> {
  return sql.rows<{ id: number }>(
    `/* shop_order.listDueOrders */ SELECT id FROM shop_order FORCE INDEX (shop_order_due)
     WHERE state = ? AND due_at <= ? ORDER BY due_at, id LIMIT ${Math.trunc(limit)}`,
    [state, now],
  )
}

/** The table `shop_order`: every statement on it. `state` changes by guarded UPDATEs, and only here. */
import type { Sql, SqlValue } from '#shared/db'
import type { CloseReason, OrderState } from './states.ts'

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

const columns = `id, order_no, user_id, state, close_reason, goods_fen, freight_fen, payable_fen, refunded_fen,
  refunded_freight_fen, receiver, mobile, region_code, address, remark, stock_ref, transaction_id, request_hash,
  extended, due_at, paid_at, shipped_at, completed_at, closed_at, created_at`

export interface NewOrder {
  orderNo: string
  userId: number
  goods_fen: number
  freight_fen: number
  payable_fen: number
  receiver: string
  mobile: string
  regionCode: string
  address: string
  remark: string | undefined
  idempotencyKey: string | undefined
  requestHash: string
}

/** Writes a new order and returns its id. */
export async function insertShopOrder(tx: Sql, order: NewOrder, now: Date): Promise<number> {
  const { insertId } = await tx.run(
    `/* shop_order.insertShopOrder */ INSERT INTO shop_order (order_no, user_id, goods_fen, freight_fen, payable_fen, receiver, mobile, region_code,
       address, remark, idempotency_key, request_hash, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      order.orderNo,
      order.userId,
      order.goods_fen,
      order.freight_fen,
      order.payable_fen,
      order.receiver,
      order.mobile,
      order.regionCode,
      order.address,
      order.remark ?? null,
      order.idempotencyKey ?? null,
      order.requestHash,
      now,
      now,
    ],
  )
  return insertId
}

/** Writes down under which reference the stock of an order is reserved. */
export async function setStockRef(tx: Sql, id: number, stockRef: string): Promise<void> {
  await tx.run('/* shop_order.setStockRef */ UPDATE shop_order SET stock_ref = ? WHERE id = ?', [
    stockRef,
    id,
  ])
}

/** The user's order with this number. */
export function findShopOrder(sql: Sql, orderNo: string, userId: number): Promise<ShopOrderRow | undefined> {
  return sql.row<ShopOrderRow>(
    `/* shop_order.findShopOrder */ SELECT ${columns} FROM shop_order WHERE order_no = ? AND user_id = ? AND hidden_at IS NULL`,
    [orderNo, userId],
  )
}

/** The order that this user placed with this `Idempotency-Key`. */
export function findShopOrderByKey(sql: Sql, key: string, userId: number): Promise<ShopOrderRow | undefined> {
  return sql.row<ShopOrderRow>(
    `/* shop_order.findShopOrderByKey */ SELECT ${columns} FROM shop_order WHERE user_id = ? AND idempotency_key = ?`,
    [userId, key],
  )
}

/** The order with this id, locked until the transaction ends. */
export function lockShopOrder(tx: Sql, id: number): Promise<ShopOrderRow | undefined> {
  return tx.row<ShopOrderRow>(
    `/* shop_order.lockShopOrder */ SELECT ${columns} FROM shop_order WHERE id = ? FOR UPDATE`,
    [id],
  )
}

/** The user's order with this number, locked until the transaction ends. */
export function lockOwnShopOrder(
  tx: Sql,
  orderNo: string,
  userId: number,
): Promise<ShopOrderRow | undefined> {
  return tx.row<ShopOrderRow>(
    `/* shop_order.lockOwnShopOrder */ SELECT ${columns} FROM shop_order WHERE order_no = ? AND user_id = ? AND hidden_at IS NULL FOR UPDATE`,
    [orderNo, userId],
  )
}

/** The order with this number for the shopkeeper, locked until the transaction ends. */
export function lockShopOrderByNumber(tx: Sql, orderNo: string): Promise<ShopOrderRow | undefined> {
  return tx.row<ShopOrderRow>(
    `/* shop_order.lockShopOrderByNumber */ SELECT ${columns} FROM shop_order WHERE order_no = ? FOR UPDATE`,
    [orderNo],
  )
}

/** The order with this number, for the shopkeeper. */
export function readShopOrder(sql: Sql, orderNo: string): Promise<ShopOrderRow | undefined> {
  return sql.row<ShopOrderRow>(
    `/* shop_order.readShopOrder */ SELECT ${columns} FROM shop_order WHERE order_no = ?`,
    [orderNo],
  )
}

/** The orders with these ids, in no order. */
export async function listOrdersById(sql: Sql, ids: readonly number[]): Promise<ShopOrderRow[]> {
  const wanted = [...new Set(ids)]
  if (wanted.length === 0) return []
  return sql.rows<ShopOrderRow>(
    `/* shop_order.listById */ SELECT ${columns} FROM shop_order WHERE id IN (${wanted.map(() => '?').join(', ')})`,
    wanted,
  )
}

/** Which times a move writes beside the state. */
export interface OrderTimes {
  paid_at?: Date
  shipped_at?: Date
  completed_at?: Date
  closed_at?: Date | null
  due_at?: Date | null
  close_reason?: CloseReason | null
  transaction_id?: string
  stock_ref?: string
  extended?: 1
}

/**
 * Moves an order from one state to another, if it still is in the first.
 *
 * @returns false when it is not
 */
export async function moveOrder(
  tx: Sql,
  id: number,
  from: OrderState,
  to: OrderState,
  times: OrderTimes,
  now: Date,
): Promise<boolean> {
  const entries = Object.entries(times) as [keyof OrderTimes, SqlValue][]
  const { affectedRows } = await tx.run(
    `/* shop_order.moveOrder */ UPDATE shop_order SET state = ?, updated_at = ?${entries.map(([name]) => `, ${name} = ?`).join('')}
     WHERE id = ? AND state = ?`,
    [to, now, ...entries.map(([, value]) => value), id, from],
  )
  return affectedRows === 1
}

/** Remembers why the order is about to be closed, while it is unpaid. */
export async function noteCloseReason(sql: Sql, id: number, reason: CloseReason): Promise<void> {
  await sql.run(
    `/* shop_order.noteCloseReason */ UPDATE shop_order SET close_reason = ? WHERE id = ? AND state = 'UNPAID'`,
    [reason, id],
  )
}

/** Counts money that went back; false when that is more than was paid. */
export async function addRefunded(
  tx: Sql,
  id: number,
  { fen, freightFen }: { fen: number; freightFen: number },
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await tx.run(
    `/* shop_order.addRefunded */ UPDATE shop_order SET refunded_fen = refunded_fen + ?, refunded_freight_fen = refunded_freight_fen + ?, updated_at = ?
     WHERE id = ? AND refunded_fen + ? <= payable_fen AND refunded_freight_fen + ? <= freight_fen`,
    [fen, freightFen, now, id, fen, freightFen],
  )
  return affectedRows === 1
}

/** Takes an ended order out of its owner's lists. */
export async function hideOrder(tx: Sql, id: number, now: Date): Promise<void> {
  await tx.run('/* shop_order.hideOrder */ UPDATE shop_order SET hidden_at = ? WHERE id = ?', [now, id])
}

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
  const byState = states.length > 0 ? `AND state IN (${states.map(() => '?').join(', ')})` : ''
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

/** Moves the time at which an order is looked at again. */
export async function setDue(tx: Sql, id: number, state: OrderState, dueAt: Date): Promise<void> {
  await tx.run('/* shop_order.setDue */ UPDATE shop_order SET due_at = ? WHERE id = ? AND state = ?', [
    dueAt,
    id,
    state,
  ])
}

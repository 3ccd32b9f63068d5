/** Writes orders and what becomes of them. `state` changes by guarded UPDATEs, and only here. */
import type { Sql, SqlValue } from '#shared/db'
import type { CloseReason, OrderState } from '../states.ts'

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

/** Writes to whom and where an order goes. */
export async function setReceiver(
  tx: Sql,
  id: number,
  { receiver, mobile, address }: { receiver: string; mobile: string; address: string },
  now: Date,
): Promise<void> {
  await tx.run(
    `/* shop_order.setReceiver */ UPDATE shop_order SET receiver = ?, mobile = ?, address = ?, updated_at = ? WHERE id = ?`,
    [receiver, mobile, address, now, id],
  )
}

/** Takes an ended order out of its owner's lists. */
export async function hideOrder(tx: Sql, id: number, now: Date): Promise<void> {
  await tx.run('/* shop_order.hideOrder */ UPDATE shop_order SET hidden_at = ? WHERE id = ?', [now, id])
}

/** Moves the time at which an order is looked at again. */
export async function setDue(tx: Sql, id: number, state: OrderState, dueAt: Date): Promise<void> {
  await tx.run('/* shop_order.setDue */ UPDATE shop_order SET due_at = ? WHERE id = ? AND state = ?', [
    dueAt,
    id,
    state,
  ])
}

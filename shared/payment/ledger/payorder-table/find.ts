/** Finds orders: by number, by key, by user, by the business order they pay. */
import type { Sql } from '#shared/db'
import { type OrderRow, selected } from './row.ts'

/** The order of this number, if it is this user's. */
export function findOwnOrder(sql: Sql, orderNo: string, userId: number): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(
    `/* payorder.findOwn */ SELECT ${selected} FROM payorder
     WHERE out_trade_no = ? AND out_trade_no_repeat = 0 AND user_id = ?`,
    [orderNo, userId],
  )
}

/** The order that this user placed with this `Idempotency-Key`. */
export function findOrderByKey(
  sql: Sql,
  idempotencyKey: string,
  userId: number,
): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(
    `/* payorder.findByKey */ SELECT ${selected} FROM payorder
     WHERE user_id = ? AND idempotency_key = ? AND out_trade_no_repeat = 0`,
    [userId, idempotencyKey],
  )
}

/** The user's order with this number or this `Idempotency-Key`; waits for who is committing it just now. */
export function awaitOrder(
  sql: Sql,
  { userId, orderNo, key }: { userId: number; orderNo: string; key: string | undefined },
): Promise<OrderRow | undefined> {
  const [condition, value] = key === undefined ? ['out_trade_no = ?', orderNo] : ['idempotency_key = ?', key]
  return sql.row<OrderRow>(
    `/* payorder.awaitOrder */ SELECT ${selected} FROM payorder
     WHERE user_id = ? AND ${condition} AND out_trade_no_repeat = 0 LOCK IN SHARE MODE`,
    [userId, value],
  )
}

/** How the order of this number was signed; null: nobody wrote it down. */
export async function readSignType(sql: Sql, orderNo: string): Promise<string | null | undefined> {
  const row = await sql.row<{ signType: string | null }>(
    `/* payorder.readSignType */ SELECT sign_type AS signType FROM payorder
     WHERE out_trade_no = ? AND out_trade_no_repeat = 0`,
    [orderNo],
  )
  return row?.signType
}

/**
 * A user's orders, newest first: pages by key, so that the thousandth costs what the first costs. The index is named,
 * because MySQL takes the primary key where most of the newest rows are this user's.
 */
export function listOwnOrders(
  sql: Sql,
  userId: number,
  beforeId: number | undefined,
  limit: number,
): Promise<OrderRow[]> {
  return sql.rows<OrderRow>(
    `/* payorder.listOwn */ SELECT ${selected} FROM payorder FORCE INDEX (payorder_of_user)
     WHERE user_id = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === undefined ? [userId] : [userId, beforeId],
  )
}

/** The order of this number, locked until the transaction ends: for facts of the gateway, never for a user's wish. */
export function lockOrder(tx: Sql, orderNo: string): Promise<OrderRow | undefined> {
  return tx.row<OrderRow>(
    `/* payorder.lock */ SELECT ${selected} FROM payorder
     WHERE out_trade_no = ? AND out_trade_no_repeat = 0 FOR UPDATE`,
    [orderNo],
  )
}

/** The order with this id, as it is now. */
export async function readOrder(sql: Sql, id: number): Promise<OrderRow> {
  const order = await sql.row<OrderRow>(`/* payorder.read */ SELECT ${selected} FROM payorder WHERE id = ?`, [
    id,
  ])
  if (!order) throw new Error(`order ${id} is gone`)
  return order
}

/** The number of the newest payment of a business order. */
export async function findAttempt(sql: Sql, shopOrderId: number): Promise<string | undefined> {
  const row = await sql.row<{ orderNo: string }>(
    `/* payorder.findAttempt */ SELECT out_trade_no AS orderNo FROM payorder
     WHERE shop_order_id = ? ORDER BY id DESC LIMIT 1`,
    [shopOrderId],
  )
  return row?.orderNo
}

/** The number of the payment of a business order that can still be paid. */
export async function findOpenAttempt(sql: Sql, shopOrderId: number): Promise<string | undefined> {
  const row = await sql.row<{ orderNo: string }>(
    '/* payorder.findOpenAttempt */ SELECT out_trade_no AS orderNo FROM payorder WHERE open_for = ?',
    [shopOrderId],
  )
  return row?.orderNo
}

/** The number of the payment that a business order was paid with. */
export async function findPaidAttempt(sql: Sql, shopOrderId: number): Promise<string | undefined> {
  const row = await sql.row<{ orderNo: string }>(
    `/* payorder.findPaidAttempt */ SELECT out_trade_no AS orderNo FROM payorder
     WHERE shop_order_id = ? AND transaction_id IS NOT NULL ORDER BY id LIMIT 1`,
    [shopOrderId],
  )
  return row?.orderNo
}

/** The apps of a merchant that orders were ever made with: one look into the key for each of them. */
export async function readApps(sql: Sql, merchantId: string): Promise<string[]> {
  const apps: string[] = []
  for (;;) {
    const row = await sql.row<{ appId: string | null }>(
      `/* payorder.readApps */ SELECT MIN(appid) AS appId FROM payorder WHERE mch_id = ? AND appid > ?`,
      [merchantId, apps.at(-1) ?? ''],
    )
    if (!row || row.appId === null) return apps
    apps.push(row.appId)
  }
}

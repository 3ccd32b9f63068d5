/** Finds one order, or locks it. */
import { marks, type Sql } from '#shared/db'
import { columns, type ShopOrderRow } from './row.ts'

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

/** The user's order with this number or this `Idempotency-Key`; waits for who is committing it just now. */
export function awaitShopOrder(
  sql: Sql,
  { userId, orderNo, key }: { userId: number; orderNo: string; key: string | undefined },
): Promise<ShopOrderRow | undefined> {
  const [condition, value] = key === undefined ? ['order_no = ?', orderNo] : ['idempotency_key = ?', key]
  return sql.row<ShopOrderRow>(
    `/* shop_order.awaitShopOrder */ SELECT ${columns} FROM shop_order
     WHERE user_id = ? AND ${condition} LOCK IN SHARE MODE`,
    [userId, value],
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
    `/* shop_order.listById */ SELECT ${columns} FROM shop_order WHERE id IN (${marks(wanted)})`,
    wanted,
  )
}

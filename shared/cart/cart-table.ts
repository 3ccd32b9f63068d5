/** The table `cart_item`: every statement on it. */
import { marks, type Sql, type SqlValue } from '#shared/db'

export interface CartRow {
  sku_id: number
  quantity: number
  selected: number
  seen_price_fen: number
}

/** One line of a cart holds so many pairs, one cart so many lines. */
export const MAX_CART_QUANTITY = 99
export const MAX_CART_LINES = 120

/** The user's cart, what was added last first. */
export function listCart(sql: Sql, userId: number): Promise<CartRow[]> {
  return sql.rows<CartRow>(
    `/* cart.listCart */ SELECT sku_id, quantity, selected, seen_price_fen FROM cart_item
     WHERE user_id = ? ORDER BY added_at DESC, sku_id DESC LIMIT ${MAX_CART_LINES}`,
    [userId],
  )
}

/** How many lines the user's cart has; the rows stay locked until the transaction ends. */
export async function lockCart(tx: Sql, userId: number): Promise<ReadonlySet<number>> {
  const rows = await tx.rows<{ sku_id: number }>(
    '/* cart.lockCart */ SELECT sku_id FROM cart_item WHERE user_id = ? FOR UPDATE',
    [userId],
  )
  return new Set(rows.map(({ sku_id }) => sku_id))
}

/**
 * Puts pairs into the cart. `add`: on top of what is there; `set`: exactly so many; `max`: at least so many, as a
 * merge that may be repeated does.
 */
export async function putItem(
  tx: Sql,
  userId: number,
  item: { skuId: number; quantity: number; priceFen: number; how: 'add' | 'set' | 'max' },
  now: Date,
): Promise<void> {
  const { skuId, quantity, priceFen, how } = item
  const next = {
    add: `LEAST(quantity + ?, ${MAX_CART_QUANTITY})`,
    set: '?',
    max: 'GREATEST(quantity, ?)',
  }[how]
  await tx.run(
    `/* cart.putItem */ INSERT INTO cart_item (user_id, sku_id, quantity, seen_price_fen, added_at) VALUES (?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE quantity = ${next}, seen_price_fen = ?`,
    [userId, skuId, quantity, priceFen, now, quantity, priceFen],
  )
}

/** Marks lines as chosen for the checkout, or not. */
export async function selectItems(
  tx: Sql,
  userId: number,
  skuIds: readonly number[],
  selected: boolean,
): Promise<void> {
  if (skuIds.length === 0) return
  const values: SqlValue[] = [selected ? 1 : 0, userId, ...skuIds]
  await tx.run(
    `/* cart.selectItems */ UPDATE cart_item SET selected = ? WHERE user_id = ? AND sku_id IN (${marks(skuIds)})`,
    values,
  )
}

/** Takes lines out of the cart. What is not there is no fault. */
export async function removeItems(tx: Sql, userId: number, skuIds: readonly number[]): Promise<void> {
  if (skuIds.length === 0) return
  await tx.run(
    `/* cart.removeItems */ DELETE FROM cart_item WHERE user_id = ? AND sku_id IN (${marks(skuIds)})`,
    [userId, ...skuIds],
  )
}

/** `order_item`: what was bought, at the price and under the name of that moment. */
import { marks, type Sql, type SqlValue } from '#shared/db'

export interface OrderItemRow {
  productId: number
  /** The SKU of which the order has reserved pieces; null: they are not counted. */
  skuId: number | null
  name: string
  img: string
  priceFen: number
  quantity: number
}

/** Writes the lines of an order. */
export async function insertItems(tx: Sql, orderId: number, items: readonly OrderItemRow[]): Promise<void> {
  if (items.length === 0) return
  const values: SqlValue[] = items.flatMap(({ productId, skuId, name, img, priceFen, quantity }) => [
    orderId,
    productId,
    skuId,
    name,
    img,
    priceFen,
    quantity,
  ])
  await tx.run(
    `/* order_item.insert */ INSERT INTO order_item (order_id, product_id, sku_id, name, img, price_fen, quantity)
     VALUES ${items.map(() => '(?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    values,
  )
}

/** The lines of some orders, in the order in which they were written. */
export function readItems(
  sql: Sql,
  orderIds: readonly number[],
): Promise<(OrderItemRow & { orderId: number })[]> {
  return sql.rows(
    `/* order_item.read */ SELECT order_id AS orderId, product_id AS productId, sku_id AS skuId, name, img, price_fen AS priceFen, quantity
     FROM order_item WHERE order_id IN (${marks(orderIds)}) ORDER BY id`,
    [...orderIds],
  )
}

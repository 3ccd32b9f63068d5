/** The table `shop_order_line`: every statement on it. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import type { PricedLine } from './price.ts'

export interface LineRow {
  id: number
  order_id: number
  sku_id: number
  product_id: number
  name: string
  spec: string
  img: string
  price_fen: number
  quantity: number
  paid_fen: number
  /** 0: no stock moves with it. */
  counts_stock: number
  shipped_quantity: number
  /** Refunded before they were shipped. */
  cancelled_quantity: number
  /** All that were refunded, the cancelled ones included. */
  refunded_quantity: number
  refunded_fen: number
}

const columns = `id, order_id, sku_id, product_id, name, spec, img, price_fen, quantity, paid_fen, counts_stock,
  shipped_quantity, cancelled_quantity, refunded_quantity, refunded_fen`

/** Writes the lines of a new order in one statement. */
export async function insertLines(tx: Sql, orderId: number, lines: readonly PricedLine[]): Promise<void> {
  const values: SqlValue[] = lines.flatMap((line) => [
    orderId,
    line.skuId,
    line.productId,
    line.name,
    line.spec,
    line.img,
    line.price_fen,
    line.quantity,
    line.sum_fen,
    line.countsStock ? 1 : 0,
  ])
  await tx.run(
    `/* shop_order_line.insertLines */ INSERT INTO shop_order_line (order_id, sku_id, product_id, name, spec, img, price_fen, quantity, paid_fen,
       counts_stock)
     VALUES ${lines.map(() => '(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)').join(', ')}`,
    values,
  )
}

/** The lines of these orders. */
export async function listLines(sql: Sql, orderIds: readonly number[]): Promise<LineRow[]> {
  if (orderIds.length === 0) return []
  return sql.rows<LineRow>(
    `/* shop_order_line.listLines */ SELECT ${columns} FROM shop_order_line WHERE order_id IN (${marks(orderIds)}) ORDER BY id`,
    orderIds,
  )
}

/** Counts pairs as shipped; false when that many are not left. */
export async function shipPairs(tx: Sql, lineId: number, quantity: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    `/* shop_order_line.shipPairs */ UPDATE shop_order_line SET shipped_quantity = shipped_quantity + ?
     WHERE id = ? AND shipped_quantity + cancelled_quantity + ? <= quantity`,
    [quantity, lineId, quantity],
  )
  return affectedRows === 1
}

/** Counts pairs as refunded; false when the line has not that many, or not that much money, left. */
export async function refundPairs(
  tx: Sql,
  lineId: number,
  { quantity, fen, isCancel }: { quantity: number; fen: number; isCancel: boolean },
): Promise<boolean> {
  const cancelled = isCancel ? quantity : 0
  const { affectedRows } = await tx.run(
    `/* shop_order_line.refundPairs */ UPDATE shop_order_line SET refunded_quantity = refunded_quantity + ?, refunded_fen = refunded_fen + ?,
       cancelled_quantity = cancelled_quantity + ?
     WHERE id = ? AND refunded_quantity + ? <= quantity AND refunded_fen + ? <= paid_fen
       AND shipped_quantity + cancelled_quantity + ? <= quantity`,
    [quantity, fen, cancelled, lineId, quantity, fen, cancelled],
  )
  return affectedRows === 1
}

/** The pieces of these lines whose stock is counted. */
export function stockOf(lines: readonly LineRow[]): { skuId: number; quantity: number }[] {
  return lines
    .filter(({ counts_stock }) => counts_stock === 1)
    .map(({ sku_id, quantity }) => ({ skuId: sku_id, quantity }))
}

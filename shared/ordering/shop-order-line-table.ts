/** The table `shop_order_line`: every statement on it. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import { openStates } from '#shared/payment/ledger'
import type { PricedLine } from './price.ts'
import { holdingStates, type OrderState } from './states.ts'

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

/** Pieces that lines of open orders hold, by order; `afterId`: behind that order. Only lines whose stock is counted. */
export function listHeldLines(
  sql: Pick<Sql, 'rows'>,
  input: { state: OrderState; afterId: number; limit: number },
): Promise<{ orderId: number; skuId: number | null; pieces: number }[]> {
  const { state, afterId, limit } = input
  return sql.rows(
    `/* shop_order_line.listHeldLines */ SELECT page.id AS orderId, line.sku_id AS skuId,
       CAST(line.quantity - line.shipped_quantity - line.cancelled_quantity AS SIGNED) AS pieces
     FROM (SELECT id FROM shop_order FORCE INDEX (shop_order_by_state) WHERE state = ? AND id > ?
       ORDER BY id LIMIT ${Math.trunc(limit)}) AS page
     LEFT JOIN shop_order_line AS line ON line.order_id = page.id AND line.counts_stock = 1
     ORDER BY page.id`,
    [state, afterId],
  )
}

/** What is set apart of these SKUs, and what open orders and payments hold of them, as of one moment. */
export function compareReserved(
  sql: Pick<Sql, 'rows'>,
  skuIds: readonly number[],
): Promise<{ skuId: number; reserved: number; held: number }[]> {
  return sql.rows(
    `/* shop_order_line.compareReserved */ SELECT stock.sku_id AS skuId,
       CAST(SUM(stock.reserved) AS SIGNED) AS reserved, CAST(COALESCE(MAX(held.pieces), 0) AS SIGNED) AS held
     FROM (
       SELECT sku_id, reserved FROM sku_stock WHERE sku_id IN (${marks(skuIds)})
       UNION ALL SELECT sku_id, reserved FROM sku_stock_bucket WHERE sku_id IN (${marks(skuIds)})
     ) AS stock LEFT JOIN (
       SELECT sku_id, SUM(pieces) AS pieces FROM (
         SELECT line.sku_id, line.quantity - line.shipped_quantity - line.cancelled_quantity AS pieces
         FROM shop_order FORCE INDEX (shop_order_by_state) JOIN shop_order_line AS line ON line.order_id = shop_order.id
         WHERE shop_order.state IN (${marks(holdingStates)}) AND line.counts_stock = 1
         UNION ALL
         SELECT item.sku_id, item.quantity
         FROM payorder FORCE INDEX (payorder_by_state) JOIN order_item AS item ON item.order_id = payorder.id
         WHERE payorder.trade_state IN (${marks(openStates)}) AND payorder.holds_stock = 1
       ) AS lines_of_open GROUP BY sku_id
     ) AS held ON held.sku_id = stock.sku_id
     GROUP BY stock.sku_id`,
    [...skuIds, ...skuIds, ...holdingStates, ...openStates],
  )
}

/**
 * The table `sku_stock`: every statement on it, and what is read of it and the buckets together. Counts change by guarded
 * deltas, never to an absolute value.
 */
import { marks, type Sql } from '#shared/db'
import type { Movement, Pieces } from './movements.ts'

export interface StockRow extends Pieces {
  sku_id: number
}

export interface CountedStock extends StockRow {
  /** More than none: the SKU is hot. */
  buckets: number
}

/** All pieces of the SKUs that a condition chooses, in the row or in the buckets, a line for each place. */
const places = (condition: string) =>
  `SELECT sku_id, available, reserved, 0 AS is_bucket FROM sku_stock WHERE ${condition}
       UNION ALL SELECT sku_id, available, reserved, 1 FROM sku_stock_bucket WHERE ${condition}`

/** The places of a SKU together. */
const summed = `sku_id, CAST(SUM(available) AS SIGNED) AS available, CAST(SUM(reserved) AS SIGNED) AS reserved,
       CAST(SUM(is_bucket) AS SIGNED) AS buckets`

/** All pieces of these SKUs; a SKU that is missing has none. */
export async function readStock(sql: Pick<Sql, 'rows'>, skuIds: readonly number[]): Promise<CountedStock[]> {
  if (skuIds.length === 0) return []
  return sql.rows<CountedStock>(
    `/* sku_stock.readStock */ SELECT ${summed}
     FROM (${places(`sku_id IN (${marks(skuIds)})`)}) AS stock GROUP BY sku_id`,
    [...skuIds, ...skuIds],
  )
}

/** Locks the row of a SKU until the transaction ends; undefined: it is hot, or has no stock. */
export function lockRow(tx: Sql, skuId: number): Promise<StockRow | undefined> {
  return tx.row<StockRow>(
    '/* sku_stock.lockRow */ SELECT sku_id, available, reserved FROM sku_stock WHERE sku_id = ? FOR UPDATE',
    [skuId],
  )
}

/** Each is guarded by the count that it takes from; parameters: the pieces, once or twice, the SKU, the pieces. */
const statements: Readonly<Record<Movement, string>> = {
  reserve: `/* sku_stock.takeAvailable */ UPDATE sku_stock
    SET available = available - ?, reserved = reserved + ? WHERE sku_id = ? AND available >= ?`,
  release: `/* sku_stock.giveAvailable */ UPDATE sku_stock
    SET available = available + ?, reserved = reserved - ? WHERE sku_id = ? AND reserved >= ?`,
  ship: '/* sku_stock.takeReserved */ UPDATE sku_stock SET reserved = reserved - ? WHERE sku_id = ? AND reserved >= ?',
  remove: `/* sku_stock.removeAvailable */ UPDATE sku_stock
    SET available = available - ? WHERE sku_id = ? AND available >= ?`,
}

/** Moves pieces within the row; false when it holds too few. */
export async function moveInRow(
  tx: Sql,
  movement: Movement,
  { skuId, quantity }: { skuId: number; quantity: number },
): Promise<boolean> {
  const counts = movement === 'reserve' || movement === 'release' ? [quantity, quantity] : [quantity]
  const { affectedRows } = await tx.run(statements[movement], [...counts, skuId, quantity])
  return affectedRows === 1
}

/** Adds pieces to the row; false when there is none. */
export async function addToRow(tx: Sql, skuId: number, quantity: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    '/* sku_stock.addToRow */ UPDATE sku_stock SET available = available + ? WHERE sku_id = ?',
    [quantity, skuId],
  )
  return affectedRows === 1
}

/** The row of a SKU; to one that somebody else has just made the pieces are added. */
export async function insertRow(tx: Sql, skuId: number, { available, reserved }: Pieces): Promise<void> {
  await tx.run(
    `/* sku_stock.insertRow */ INSERT INTO sku_stock (sku_id, available, reserved) VALUES (?, ?, ?)
     ON DUPLICATE KEY UPDATE available = available + ?, reserved = reserved + ?`,
    [skuId, available, reserved, available, reserved],
  )
}

/** Removes the row of a SKU, whose pieces went to buckets. */
export async function deleteRow(tx: Sql, skuId: number): Promise<void> {
  await tx.run('/* sku_stock.deleteRow */ DELETE FROM sku_stock WHERE sku_id = ?', [skuId])
}

/** SKUs of which few are left, by id upwards, among those up to `lastSku`. */
export function listLow(
  sql: Pick<Sql, 'rows'>,
  { atMost, afterId, lastSku, limit }: { atMost: number; afterId: number; lastSku: number; limit: number },
): Promise<CountedStock[]> {
  return sql.rows<CountedStock>(
    `/* sku_stock.listLow */ SELECT ${summed} FROM (${places('sku_id > ? AND sku_id <= ?')}) AS stock
     GROUP BY sku_id HAVING SUM(available) <= ? ORDER BY sku_id LIMIT ${Math.trunc(limit)}`,
    [afterId, lastSku, afterId, lastSku, atMost],
  )
}

/** Stock beside what its movements add up to. */
export interface ComparedRow extends StockRow {
  moved_available: number
  moved_reserved: number
}

/** The last SKU of a page of so many behind this one, whatever is in stock of them; undefined: there is none. */
export async function lastOfPage(
  sql: Pick<Sql, 'row'>,
  { afterSku, limit }: { afterSku: number; limit: number },
): Promise<number | undefined> {
  const page = (table: string) =>
    `(SELECT DISTINCT sku_id FROM ${table} WHERE sku_id > ? ORDER BY sku_id LIMIT ${Math.trunc(limit)})`
  const row = await sql.row<{ last_sku: number | null }>(
    `/* sku_stock.lastOfPage */ SELECT MAX(sku_id) AS last_sku FROM (
       ${page('sku_stock')} UNION ${page('sku_stock_bucket')} ORDER BY sku_id LIMIT ${Math.trunc(limit)}
     ) AS page`,
    [afterSku, afterSku],
  )
  return row?.last_sku ?? undefined
}

/** One statement, so that rows and movements are of one moment. */
export function readCompared(
  sql: Pick<Sql, 'rows'>,
  afterSku: number,
  lastSku: number,
): Promise<ComparedRow[]> {
  return sql.rows<ComparedRow>(
    `/* sku_stock.readCompared */ SELECT stock.sku_id, stock.available, stock.reserved,
       CAST(COALESCE(moved.available, 0) AS SIGNED) AS moved_available,
       CAST(COALESCE(moved.reserved, 0) AS SIGNED) AS moved_reserved
     FROM (SELECT ${summed} FROM (${places('sku_id > ? AND sku_id <= ?')}) AS place GROUP BY sku_id) AS stock
     LEFT JOIN (
       SELECT sku_id,
         SUM(CASE WHEN kind IN ('adjust', 'restock', 'release') THEN quantity WHEN kind = 'reserve' THEN -quantity ELSE 0 END)
           AS available,
         SUM(CASE WHEN kind = 'reserve' THEN quantity WHEN kind IN ('release', 'ship') THEN -quantity ELSE 0 END) AS reserved
       FROM stock_move WHERE sku_id > ? AND sku_id <= ? GROUP BY sku_id
     ) AS moved ON moved.sku_id = stock.sku_id
     ORDER BY stock.sku_id`,
    [afterSku, lastSku, afterSku, lastSku, afterSku, lastSku],
  )
}

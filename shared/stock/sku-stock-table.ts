/** The table `sku_stock`: every statement on it. Each changes counts by a guarded delta, never to an absolute value. */
import { marks, type Sql } from '#shared/db'

export interface StockRow {
  sku_id: number
  available: number
  reserved: number
}

/** Stock of these SKUs; a SKU without a row has none. */
export async function readStock(sql: Pick<Sql, 'rows'>, skuIds: readonly number[]): Promise<StockRow[]> {
  if (skuIds.length === 0) return []
  return sql.rows<StockRow>(
    `/* sku_stock.readStock */ SELECT sku_id, available, reserved FROM sku_stock WHERE sku_id IN (${marks(skuIds)})`,
    skuIds,
  )
}

/** Locks the rows in ascending order until the transaction ends. */
export async function lockStock(tx: Sql, skuIds: readonly number[]): Promise<StockRow[]> {
  if (skuIds.length === 0) return []
  return tx.rows<StockRow>(
    `/* sku_stock.lockStock */ SELECT sku_id, available, reserved FROM sku_stock
     WHERE sku_id IN (${marks(skuIds)}) ORDER BY sku_id FOR UPDATE`,
    skuIds,
  )
}

/** Sets pieces apart; false when so many are not available. */
export async function takeAvailable(tx: Sql, skuId: number, quantity: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    '/* sku_stock.takeAvailable */ UPDATE sku_stock SET available = available - ?, reserved = reserved + ? WHERE sku_id = ? AND available >= ?',
    [quantity, quantity, skuId, quantity],
  )
  return affectedRows === 1
}

/** Makes reserved pieces available again; false when so many are not reserved. */
export async function giveAvailable(tx: Sql, skuId: number, quantity: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    '/* sku_stock.giveAvailable */ UPDATE sku_stock SET available = available + ?, reserved = reserved - ? WHERE sku_id = ? AND reserved >= ?',
    [quantity, quantity, skuId, quantity],
  )
  return affectedRows === 1
}

/** Reserved pieces leave the house; false when so many are not reserved. */
export async function takeReserved(tx: Sql, skuId: number, quantity: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    '/* sku_stock.takeReserved */ UPDATE sku_stock SET reserved = reserved - ? WHERE sku_id = ? AND reserved >= ?',
    [quantity, skuId, quantity],
  )
  return affectedRows === 1
}

/** Adds pieces (or takes them, with a negative delta); false when fewer than that are available. */
export async function addAvailable(tx: Sql, skuId: number, delta: number): Promise<boolean> {
  if (delta < 0) {
    const { affectedRows } = await tx.run(
      '/* sku_stock.addAvailable */ UPDATE sku_stock SET available = available - ? WHERE sku_id = ? AND available >= ?',
      [-delta, skuId, -delta],
    )
    return affectedRows === 1
  }
  await tx.run(
    `/* sku_stock.insert */ INSERT INTO sku_stock (sku_id, available) VALUES (?, ?)
     ON DUPLICATE KEY UPDATE available = available + ?`,
    [skuId, delta, delta],
  )
  return true
}

/** SKUs of which few are left, by id upwards. */
export function listLow(
  sql: Pick<Sql, 'rows'>,
  { atMost, afterId, limit, scan }: { atMost: number; afterId: number; limit: number; scan: number },
): Promise<StockRow[]> {
  // The rows that one page looks at are bounded; a page can be short and still not be the last.
  return sql.rows<StockRow>(
    `/* sku_stock.listLow */ SELECT sku_id, available, reserved FROM (
       SELECT sku_id, available, reserved FROM sku_stock WHERE sku_id > ? ORDER BY sku_id LIMIT ${Math.trunc(scan)}
     ) AS some WHERE available <= ? ORDER BY sku_id LIMIT ${Math.trunc(limit)}`,
    [afterId, atMost],
  )
}

/** The id where a bounded look at `scan` rows ends; undefined: nothing comes after. */
export async function endOfScan(
  sql: Pick<Sql, 'rows'>,
  { afterId, scan }: { afterId: number; scan: number },
): Promise<number | undefined> {
  const rows = await sql.rows<{ sku_id: number }>(
    `/* sku_stock.endOfScan */ SELECT sku_id FROM sku_stock WHERE sku_id > ? ORDER BY sku_id LIMIT 1 OFFSET ${Math.trunc(scan) - 1}`,
    [afterId],
  )
  return rows[0]?.sku_id
}

/** Stock beside what its movements add up to. */
export interface ComparedRow extends StockRow {
  moved_available: number
  moved_reserved: number
}

/** The last SKU of the page behind this one; undefined: there is none. */
export async function lastOfPage(
  sql: Pick<Sql, 'row'>,
  { afterSku, limit }: { afterSku: number; limit: number },
): Promise<number | undefined> {
  const row = await sql.row<{ last_sku: number | null }>(
    `/* sku_stock.lastOfPage */ SELECT MAX(sku_id) AS last_sku
     FROM (SELECT sku_id FROM sku_stock WHERE sku_id > ? ORDER BY sku_id LIMIT ${Math.trunc(limit)}) AS page`,
    [afterSku],
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
     FROM sku_stock AS stock LEFT JOIN (
       SELECT sku_id,
         SUM(CASE WHEN kind IN ('adjust', 'restock', 'release') THEN quantity WHEN kind = 'reserve' THEN -quantity ELSE 0 END)
           AS available,
         SUM(CASE WHEN kind = 'reserve' THEN quantity WHEN kind IN ('release', 'ship') THEN -quantity ELSE 0 END) AS reserved
       FROM stock_move WHERE sku_id > ? AND sku_id <= ? GROUP BY sku_id
     ) AS moved ON moved.sku_id = stock.sku_id
     WHERE stock.sku_id > ? AND stock.sku_id <= ?`,
    [afterSku, lastSku, afterSku, lastSku],
  )
}

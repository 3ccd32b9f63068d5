/** The table `sku_stock`: every statement on it. Each changes counts by a guarded delta, never to an absolute value. */
import type { Sql } from '#shared/db'

export interface StockRow {
  sku_id: number
  available: number
  reserved: number
}

/** Stock of these SKUs; a SKU without a row has none. */
export async function readStock(sql: Pick<Sql, 'rows'>, skuIds: readonly number[]): Promise<StockRow[]> {
  if (skuIds.length === 0) return []
  return sql.rows<StockRow>(
    `/* sku_stock.readStock */ SELECT sku_id, available, reserved FROM sku_stock WHERE sku_id IN (${skuIds.map(() => '?').join(', ')})`,
    skuIds,
  )
}

/** Locks the rows in ascending order until the transaction ends. */
export async function lockStock(tx: Sql, skuIds: readonly number[]): Promise<StockRow[]> {
  if (skuIds.length === 0) return []
  return tx.rows<StockRow>(
    `/* sku_stock.lockStock */ SELECT sku_id, available, reserved FROM sku_stock
     WHERE sku_id IN (${skuIds.map(() => '?').join(', ')}) ORDER BY sku_id FOR UPDATE`,
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

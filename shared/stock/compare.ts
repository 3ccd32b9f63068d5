/** Does the stock agree with its ledger? */
import type { Sql } from '#shared/db'
import { lastOfPage, readCompared } from './sku-stock-table.ts'

/** A SKU whose counts are not what its movements add up to. */
export interface StockFault {
  skuId: number
  available: number
  reserved: number
  /** What the movements say. */
  movedAvailable: number
  movedReserved: number
}

export interface ComparedPage {
  checked: number
  faults: StockFault[]
  /** What is reserved of each SKU of the page. */
  rows: { skuId: number; reserved: number }[]
  /** Where the next page begins; undefined: there is none. */
  lastSku: number | undefined
}

/**
 * Compares a page of SKUs with all their movements. Available = adjusted + restocked + released - reserved; set apart =
 * reserved - released - shipped. Locks nothing.
 */
export async function compareStock(
  sql: Pick<Sql, 'row' | 'rows'>,
  { afterSku, limit }: { afterSku: number; limit: number },
): Promise<ComparedPage> {
  const lastSku = await lastOfPage(sql, { afterSku, limit })
  if (lastSku === undefined) return { checked: 0, faults: [], rows: [], lastSku }
  const rows = await readCompared(sql, afterSku, lastSku)
  const faults = rows
    .filter((row) => row.available !== row.moved_available || row.reserved !== row.moved_reserved)
    .map((row) => ({
      skuId: row.sku_id,
      available: row.available,
      reserved: row.reserved,
      movedAvailable: row.moved_available,
      movedReserved: row.moved_reserved,
    }))
  return {
    checked: rows.length,
    faults,
    rows: rows.map(({ sku_id: skuId, reserved }) => ({ skuId, reserved })),
    lastSku,
  }
}

/** Is there as much as all movements together say, and is as much set apart as open orders hold? */
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import { findReservedFaults, readHeldPieces } from '#shared/ordering'
import { compareStock } from '#shared/stock'

export interface StockReport {
  checked: number
  faults: number
  /** The last SKU that was looked at, when time was over before the end. */
  stoppedAfter: number | null
}

/** SKUs of one statement. */
const PAGE = 100
/** What the slowest page may need. */
const RESERVE_MS = 20_000

/** Compares page by page, and logs what differs. Locks nothing. */
export async function checkStock(
  afterSku: number,
  { db, log, msLeft }: { db: Sql; log: Logger; msLeft: () => number },
): Promise<StockReport> {
  const report: StockReport = { checked: 0, faults: 0, stoppedAfter: null }
  const held = await readHeldPieces(db)
  const suspects: number[] = []
  const different = new Set<number>()
  for (let after: number | undefined = afterSku; after !== undefined; ) {
    if (msLeft() < RESERVE_MS) {
      report.stoppedAfter = after
      break
    }
    const page = await compareStock(db, { afterSku: after, limit: PAGE })
    report.checked += page.checked
    for (const fault of page.faults) {
      different.add(fault.skuId)
      log.error('stock_differs', { ...fault })
    }
    for (const { skuId, reserved } of page.rows) if (reserved !== (held.get(skuId) ?? 0)) suspects.push(skuId)
    after = page.lastSku
  }
  // Orders went on while the pages were read, so whatever differs is looked at again, in one statement.
  for (const fault of await findReservedFaults(db, suspects)) {
    different.add(fault.skuId)
    log.error('reserved_differs', { ...fault })
  }
  return { ...report, faults: different.size }
}

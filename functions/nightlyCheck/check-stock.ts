/** Is there as much as all movements together say? */
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
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

/** Compares page by page, and logs what differs. */
export async function checkStock(
  afterSku: number,
  { db, log, msLeft }: { db: Sql; log: Logger; msLeft: () => number },
): Promise<StockReport> {
  const report: StockReport = { checked: 0, faults: 0, stoppedAfter: null }
  for (let after: number | undefined = afterSku; after !== undefined; ) {
    if (msLeft() < RESERVE_MS) return { ...report, stoppedAfter: after }
    const page = await compareStock(db, { afterSku: after, limit: PAGE })
    report.checked += page.checked
    report.faults += page.faults.length
    for (const fault of page.faults) log.error('stock_differs', { ...fault })
    after = page.lastSku
  }
  return report
}

import { job } from '#shared/job'
import { checkStock, type StockReport } from './check-stock.ts'

/**
 * Timer, at night; or by ops with `{ "after_sku": 1234 }`, to go on where a run ended – compares stock with its ledger.
 * Throws at its end when something differs, or when its time was over before the last SKU.
 */
export const main_handler = job(
  { fields: ['after_sku'], summarise },
  async ({ event, db, log, msLeft }): Promise<StockReport> => {
    const afterSku = event.after_sku ?? 0
    if (!Number.isSafeInteger(afterSku) || Number(afterSku) < 0)
      throw new Error('after_sku must be the number of a SKU')
    const report = await checkStock(Number(afterSku), { db, log, msLeft })
    log.info('stock_checked', { ...report })
    if (report.faults > 0) throw new Error(`nightlyCheck: ${report.faults} SKUs differ; the log names them`)
    if (report.stoppedAfter !== null)
      throw new Error(`nightlyCheck: time is over; go on with { "after_sku": ${report.stoppedAfter} }`)
    return report
  },
)

function summarise({ checked }: StockReport): string[] {
  return [`stock: ${checked} SKUs are as their ledger says`]
}

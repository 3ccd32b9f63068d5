import { job } from '#shared/job'
import { orderDeps, refundDeps } from '#shared/payment/wiring'
import { PARALLEL } from './batches.ts'
import { ReconcileFailed, type ReconcileReport, reconcile } from './reconcile.ts'
import { sweep } from './sweep.ts'

/** For what comes after the orders and refunds. */
const SWEEP_MS = 20_000

/** Timer, every 5 minutes – settles or closes what is still open. Throws when something could not be dealt with. */
export const main_handler = job(
  { needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'], database: { poolSize: PARALLEL }, summarise },
  async ({ config, db, now, log, msLeft }) => {
    const invoked = { db, config, now, log }
    const keepMs = Math.min(SWEEP_MS, msLeft() / 10)
    try {
      const report = await reconcile({
        orders: orderDeps(invoked),
        refunds: refundDeps(invoked),
        msLeft: () => msLeft() - keepMs,
      })
      log.info('reconciled', { ...report })
      return report
    } catch (error) {
      if (error instanceof ReconcileFailed) log.info('reconciled', { ...error.report })
      throw error
    } finally {
      // Whatever failed above has nothing to do with it.
      await sweep({ db, now, msLeft })
    }
  },
)

function summarise(report: ReconcileReport): string[] {
  return [
    `orders: ${report.checked} checked, ${report.settled} paid, ${report.closed} closed, ${report.open} still open`,
    `refunds: ${report.refunds} followed up, ${report.refundsFinished} finished`,
    ...(report.refused > 0 ? [`refused by WeChat Pay: ${report.refused}`] : []),
    ...(report.ofOthers > 0 ? [`of an earlier merchant, left alone: ${report.ofOthers}`] : []),
  ]
}

import { job } from '#shared/job'
import { orderDeps, refundDeps } from '#shared/payment/wiring'
import { abandonOrders } from './abandon.ts'
import { PARALLEL } from './batches.ts'
import { ReconcileFailed, type ReconcileReport, reconcile } from './reconcile.ts'
import { sweep } from './sweep.ts'

/** For what comes after the orders and refunds. */
const SWEEP_MS = 20_000

/**
 * Timer, every 5 minutes – settles or closes what is still open. Throws when something could not be dealt with.
 * Invoked by ops with `{ "close_orders_of": "<merchant>" }`: ends the unpaid orders of an earlier merchant.
 */
export const main_handler = job(
  {
    needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
    fields: ['close_orders_of'],
    database: { poolSize: PARALLEL },
    summarise,
  },
  async ({ event, config, db, now, log, msLeft }) => {
    const invoked = { db, config, now, log }
    if (event.close_orders_of !== undefined)
      return abandonOrders(String(event.close_orders_of), orderDeps(invoked), msLeft)
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

function summarise(report: ReconcileReport | { closed: number; left: number }): string[] {
  if ('left' in report) return [`closed: ${report.closed}, still alive: ${report.left}`]
  return [
    `orders: ${report.checked} checked, ${report.settled} paid, ${report.closed} closed, ${report.open} still open`,
    `refunds: ${report.refunds} followed up, ${report.refundsFinished} finished`,
    ...(report.refused > 0 ? [`refused by WeChat Pay: ${report.refused}`] : []),
    ...(report.ofOthers > 0 ? [`of an earlier merchant, left alone: ${report.ofOthers}`] : []),
  ]
}

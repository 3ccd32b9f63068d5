import { job } from '#shared/job'
import { createWechat, createWechatRefunds } from '#shared/payment/gateway/wechat-v2'
import { type ReconcileReport, reconcile } from './reconcile.ts'
import { sweep } from './sweep.ts'

/** Timer, every 5 minutes – settles or closes what is still open. Throws when WeChat or the database is gone. */
export const main_handler = job(
  { needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'], summarise },
  async ({ config, db, now, log, msLeft }) => {
    const wechat = { wechat: createWechat(config), refunds: createWechatRefunds(config) }
    const report = await reconcile({ db, config, ...wechat, now, log, msLeft })
    await sweep({ db, now })
    log.info('reconciled', { ...report })
    return report
  },
)

function summarise(report: ReconcileReport): string[] {
  return [
    `orders: ${report.checked} checked, ${report.settled} paid, ${report.closed} closed, ${report.open} still open`,
    `refunds: ${report.refunds} followed up, ${report.refundsFinished} finished`,
    ...(report.failed > 0 ? [`failed: ${report.failed}, tried again by the next run`] : []),
  ]
}

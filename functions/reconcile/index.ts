import { openDatabase } from '#shared/db'
import { job } from '#shared/job'
import { createWechat } from '#shared/pay/wechat'
import { reconcile, sweep } from './reconcile.ts'

/** Timer, every 5 minutes – settles or closes what is still open. Throws when WeChat or the database is gone. */
export const main_handler = job(
  { needs: ['DATABASE_URL', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'] },
  async ({ config, now, log, msLeft }) => {
    const db = openDatabase(config.DATABASE_URL)
    try {
      const report = await reconcile({ db, config, wechat: createWechat(config), now, log, msLeft })
      await sweep({ db, now })
      log.info('reconciled', { ...report })
      return report
    } finally {
      await db.close()
    }
  },
)

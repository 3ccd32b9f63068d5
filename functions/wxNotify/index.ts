import { endpoint, route } from '#shared/http'
import { createNotifyGateway, notifyAnswers } from '#shared/payment/gateway/wechat-v2'
import { NOTIFY_MS } from '#shared/payment/ledger'
import { settleDeps } from '#shared/payment/wiring'
import { takeNotify } from './wxNotify.ts'

/**
 * POST /pay/notify – WeChat Pay's word that an order was paid. Who may call is decided by its signature.
 * Answers XML: SUCCESS after the commit, otherwise FAIL and the reason.
 */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/pay/notify', '/pay/notify_url'],
      accepts: 'xml',
      needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      budgetMs: NOTIFY_MS,
      renderError: notifyAnswers.reject,
    },
    async ({ body, config, db, now, log }) => {
      const deps = settleDeps({ db, config, now, log })
      await takeNotify(body, createNotifyGateway(config, log), deps)
      return notifyAnswers.acknowledge()
    },
  ),
)

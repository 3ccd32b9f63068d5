import { endpoint, route } from '#shared/http'
import { createNotifyGateway, notifyAnswers } from '#shared/payment/gateway/wechat-v2'
import { REFUND_NOTIFY_MS } from '#shared/payment/ledger'
import { refundDeps } from '#shared/payment/wiring'
import { takeRefundNotify } from './refundNotify.ts'

/**
 * POST /refund/notify – WeChat Pay's hint that a refund is finished, confirmed by asking back.
 * Answers XML: SUCCESS after the commit, otherwise FAIL and the reason.
 */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/refund/notify'],
      accepts: 'xml',
      needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      budgetMs: REFUND_NOTIFY_MS,
      renderError: notifyAnswers.reject,
    },
    async ({ body, config, db, now, log }) => {
      const deps = refundDeps({ db, config, now, log })
      await takeRefundNotify(body, createNotifyGateway(config, log), deps)
      return notifyAnswers.acknowledge()
    },
  ),
)

import { endpoint, route } from '#shared/http'
import { acknowledged, refused } from '#shared/payment/gateway/wechat-v2'
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
      renderError: refused,
    },
    async ({ body, config, db, now, log }) => {
      await takeNotify(body, { config, db, now, log })
      return acknowledged()
    },
  ),
)

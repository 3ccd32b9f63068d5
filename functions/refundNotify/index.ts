import { endpoint, route } from '#shared/http'
import { acknowledged, createWechatRefunds, refused } from '#shared/payment/gateway/wechat-v2'
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
      renderError: refused,
    },
    async ({ body, config, db, now, log }) => {
      await takeRefundNotify(body, { config, db, wechat: createWechatRefunds(config), now, log })
      return acknowledged()
    },
  ),
)

import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { createWechat } from '#shared/payment/gateway/wechat-v2'
import { closeOrder } from './closeOrder.ts'
import { closeBody } from './schema.ts'

/** The platform ends this function after 20 s. */
const WECHAT_MS = 15_000

/** POST /closeOrder – closes an own unpaid order. Errors: 1010, 1050, 1051, 1054, 401, 502, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/closeOrder', '/pay/closeOrder'],
      auth: readUser,
      schema: closeBody,
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
    },
    async ({ body, user, config, db, now, log }) => {
      const input = { outTradeNo: body.out_trade_no, userId: user.id }
      return {
        msg: '订单已关闭',
        data: await closeOrder(input, {
          db,
          config,
          wechat: createWechat(config, { withinMs: WECHAT_MS }),
          now,
          log,
        }),
      }
    },
  ),
)

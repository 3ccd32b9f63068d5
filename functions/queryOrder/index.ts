import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { createWechat } from '#shared/payment/gateway/wechat-v2'
import { queryOrder } from './queryOrder.ts'
import { queryBody } from './schema.ts'

/** The platform ends this function after 15 s. */
const WECHAT_MS = 10_000

/** POST /queryOrder – the state of an own order. Errors: 1010, 1050, 1054, 401, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/queryOrder', '/pay/queryOrder'],
      auth: readUser,
      schema: queryBody,
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
    },
    async ({ body, user, config, db, now, log }) => {
      const input = { outTradeNo: body.out_trade_no, userId: user.id }
      return {
        data: await queryOrder(input, {
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

import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { SHOPPER_GATEWAY_MS, SHOPPER_MS } from '#shared/payment/ledger'
import { orderDeps } from '#shared/payment/wiring'
import { wechatFields } from '#shared/tutorial'
import { queryOrder } from './queryOrder.ts'
import { queryBody } from './schema.ts'

/** POST /queryOrder – the state of an own order. Errors: 1010, 1050, 1054, 401, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/queryOrder', '/pay/queryOrder'],
      auth: readUser,
      schema: queryBody,
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      budgetMs: SHOPPER_MS,
    },
    async ({ body, user, config, db, now, log }) => {
      const input = { outTradeNo: body.out_trade_no, userId: user.id }
      const state = await queryOrder(input, orderDeps({ db, config, now, log }, SHOPPER_GATEWAY_MS))
      return { data: wechatFields(config, state) }
    },
  ),
)

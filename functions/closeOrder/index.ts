import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { SHOPPER_GATEWAY_MS, SHOPPER_MS } from '#shared/payment/ledger'
import { orderDeps } from '#shared/payment/wiring'
import { closeOrder } from './closeOrder.ts'
import { closeBody } from './schema.ts'

/** POST /closeOrder – closes an own unpaid order. Errors: 1010, 1050, 1051, 1054, 401, 502, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/closeOrder', '/pay/closeOrder'],
      auth: readUser,
      schema: closeBody,
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      budgetMs: SHOPPER_MS,
    },
    async ({ body, user, config, db, now, log }) => {
      const input = { outTradeNo: body.out_trade_no, userId: user.id }
      return {
        msg: '订单已关闭',
        data: await closeOrder(input, orderDeps({ db, config, now, log }, SHOPPER_GATEWAY_MS)),
      }
    },
  ),
)

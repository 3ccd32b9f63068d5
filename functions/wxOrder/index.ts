import { readUser } from '#shared/accounts'
import { AppError } from '#shared/errors'
import { endpoint, route } from '#shared/http'
import { orderLimits } from '#shared/ordering'
import { SHOPPER_GATEWAY_MS, SHOPPER_MS } from '#shared/payment/ledger'
import { orderDeps } from '#shared/payment/wiring'
import { wechatFields } from '#shared/tutorial'
import { orderBody } from './schema.ts'
import { reportYuanSentAsFen } from './suspicious-price.ts'
import { orderAndPay } from './wxOrder.ts'

/**
 * POST /wx/order – an unpaid order and its QR code.
 * Errors: 1010, 1050, 1051 and 1052 and 1054 (paying again), 401, 429, 502, 503.
 */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/wx/order', '/order'],
      auth: readUser,
      schema: orderBody,
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY', 'WX_NOTIFY_URL'],
      limits: orderLimits,
      subjects: ({ user }) => ({ user: String(user.id) }),
      idempotent: true,
      budgetMs: SHOPPER_MS,
      check: ({ total_fee }, { CLIENT_PRICED_ORDERS }) => {
        if (total_fee !== undefined && CLIENT_PRICED_ORDERS === 'deny')
          throw new AppError('INVALID_PARAMETER', { msg: '请用商品items下单，价格由服务器计算' })
      },
    },
    async ({ body, request, user, idempotencyKey, limiter, config, db, now, log }) => {
      if (body.total_fee !== undefined)
        await reportYuanSentAsFen({ totalFee: body.total_fee, userId: user.id }, { db, log })
      const input = { body, userId: user.id, clientAddress: request.clientAddress ?? '', idempotencyKey }
      const order = await orderAndPay(input, {
        place: { db, config, limiter, now },
        orders: orderDeps({ db, config, now, log }, SHOPPER_GATEWAY_MS),
      })
      return { data: wechatFields(config, order) }
    },
  ),
)

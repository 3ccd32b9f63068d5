import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { orderLimits } from '#shared/ordering'
import { SHOPPER_MS } from '#shared/payment/ledger'
import { shopOrderBody } from './schema.ts'
import { placeShopOrder } from './shopOrder.ts'

/**
 * POST /shop/order – an order as the checkout showed it, its stock reserved; `/wx/order { out_trade_no }` pays it.
 * Errors: 1010, 1054 (the address), 1061, 1063, 1065, 401, 429, 503.
 */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/shop/order'],
      auth: readUser,
      schema: shopOrderBody,
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_NOTIFY_URL'],
      limits: orderLimits,
      subjects: ({ user }) => ({ user: String(user.id) }),
      idempotent: true,
      budgetMs: SHOPPER_MS,
    },
    async ({ body, request, user, idempotencyKey, limiter, config, db, now }) => {
      const input = { body, userId: user.id, clientAddress: request.clientAddress ?? '', idempotencyKey }
      return { data: await placeShopOrder(input, { db, config, limiter, now }) }
    },
  ),
)

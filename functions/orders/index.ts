import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { SHOPPER_MS } from '#shared/payment/ledger'
import { listOrders, showOrder } from './orders.ts'
import { ordersQuery } from './schema.ts'

/** GET /orders – own orders, newest first; with `out_trade_no` one of them. Errors: 1010, 1054, 401, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'GET',
      paths: ['/orders'],
      auth: readUser,
      schema: ordersQuery,
      needs: ['JWT_SECRET'],
      budgetMs: SHOPPER_MS,
    },
    async ({ body: { out_trade_no: outTradeNo, cursor, limit }, user, config, db }) => {
      const deps = { db, assetBaseUrl: config.ASSET_BASE_URL }
      if (outTradeNo !== undefined) return { data: await showOrder({ userId: user.id, outTradeNo }, deps) }
      const { orders, nextCursor } = await listOrders({ userId: user.id, cursor, limit }, deps)
      return { data: orders, nextCursor }
    },
  ),
)

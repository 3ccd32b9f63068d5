import { readUser } from '#shared/accounts'
import { withAssetUrls } from '#shared/catalogue'
import { endpoint, route } from '#shared/http'
import { detailQuery, listQuery, statesOf } from './schema.ts'
import { countBadges, listShopOrders, showShopOrder } from './shopOrders.ts'

const policy = { auth: readUser, needs: ['JWT_SECRET'] } as const

/** The shopper's own orders. Errors: 1010, 1054, 401, 503. */
export const main_handler = endpoint(
  route(
    { method: 'GET', paths: ['/shop/orders'], schema: listQuery, ...policy },
    async ({ body, user, db, config }) => {
      const { cursor, limit } = body
      const input = { userId: user.id, states: statesOf(body), cursor, limit }
      const { orders, nextCursor } = await listShopOrders(input, { db })
      return {
        data: orders.map((order) => ({ ...order, lines: withAssetUrls(config.ASSET_BASE_URL, order.lines) })),
        nextCursor,
      }
    },
  ),
  route(
    { method: 'GET', paths: ['/shop/orderDetail'], schema: detailQuery, ...policy },
    async ({ body, user, db, config }) => {
      const order = await showShopOrder({ userId: user.id, orderNo: body.order_no }, { db })
      return { data: { ...order, lines: withAssetUrls(config.ASSET_BASE_URL, order.lines) } }
    },
  ),
  route({ method: 'GET', paths: ['/badges'], ...policy }, async ({ user, db }) => ({
    data: await countBadges(user.id, { db }),
  })),
)

import { readUser } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { cancelUnpaid, extendReceipt, findShopOrder, hideOwnOrder, receiveOrder } from '#shared/ordering'
import { SHOPPER_GATEWAY_MS, SHOPPER_MS } from '#shared/payment/ledger'
import { orderDeps } from '#shared/payment/wiring'
import { orderBody } from './schema.ts'

const policy = { auth: readUser, schema: orderBody, budgetMs: SHOPPER_MS } as const

/** What a shopper does with an own order. Errors: 1010, 1050, 1054, 1060, 401, 502, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/shop/cancel'],
      needs: ['JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      ...policy,
    },
    async ({ body, user, config, db, now, log }) => {
      const deps = orderDeps({ db, config, now, log }, SHOPPER_GATEWAY_MS)
      await cancelUnpaid(() => findShopOrder(db, body.order_no, user.id), 'USER', deps)
      return { msg: '订单已取消' }
    },
  ),
  route(
    { method: 'POST', paths: ['/shop/receive'], needs: ['JWT_SECRET'], ...policy },
    async ({ body, user, db, now }) => {
      await receiveOrder({ userId: user.id, orderNo: body.order_no }, { db, now })
      return { msg: '已确认收货' }
    },
  ),
  route(
    { method: 'POST', paths: ['/shop/extend'], needs: ['JWT_SECRET'], ...policy },
    async ({ body, user, db, now }) => {
      const dueAt = await extendReceipt({ userId: user.id, orderNo: body.order_no }, { db, now })
      return { msg: '收货时间已延长', data: { dueAt: dueAt.toISOString() } }
    },
  ),
  route(
    { method: 'POST', paths: ['/shop/hide'], needs: ['JWT_SECRET'], ...policy },
    async ({ body, user, db, now }) => {
      await hideOwnOrder({ userId: user.id, orderNo: body.order_no }, { db, now })
      return { msg: '订单已删除' }
    },
  ),
)

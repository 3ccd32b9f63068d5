import { mayDo } from '#shared/admin'
import { withAssetUrls } from '#shared/catalogue'
import { endpoint, route } from '#shared/http'
import { orderDeps } from '#shared/payment/wiring'
import { cancel, changeParcel, changeReceiver, ship } from './actions.ts'
import { carrierList, searchOrders, showOrder } from './orders.ts'
import { listPacking } from './packing.ts'
import {
  cancelBody,
  detailQuery,
  listQuery,
  packingQuery,
  parcelBody,
  receiverBody,
  shipBody,
} from './schema.ts'

/** What the calls to WeChat Pay of one request may take together. */
const GATEWAY_MS = 8000
const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 15_000 } as const

/** Orders, for the shop's people. Errors: 1010, 1050, 1054, 1060, 401, 403, 502, 503. */
export const main_handler = endpoint(
  route(
    { ...policy, method: 'GET', paths: ['/admin/orders'], auth: mayDo('orders.read'), schema: listQuery },
    async ({ body, db, config }) => {
      const { orders, nextCursor } = await searchOrders(body, { db })
      const base = config.ASSET_BASE_URL
      return {
        data: orders.map((order) => ({ ...order, lines: withAssetUrls(base, order.lines) })),
        nextCursor,
      }
    },
  ),
  route(
    {
      ...policy,
      method: 'GET',
      paths: ['/admin/orderDetail'],
      auth: mayDo('orders.read'),
      schema: detailQuery,
    },
    async (call) => {
      const order = await showOrder(call.body.order_no, call)
      const lines = withAssetUrls(call.config.ASSET_BASE_URL, order.lines)
      return { data: { ...order, lines, carriers: carrierList } }
    },
  ),
  route(
    { ...policy, method: 'GET', paths: ['/admin/packing'], auth: mayDo('orders.ship'), schema: packingQuery },
    async (call) => {
      const { rows, nextCursor } = await listPacking(call.body, call)
      return { data: rows, nextCursor }
    },
  ),
  route(
    { ...policy, method: 'POST', paths: ['/admin/ship'], auth: mayDo('orders.ship'), schema: shipBody },
    async (call) => ({ msg: '已发货', data: await ship(call.body, call) }),
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/orderReceiver'],
      auth: mayDo('orders.ship'),
      schema: receiverBody,
    },
    async (call) => ({ msg: '收货信息已更正', data: await changeReceiver(call.body, call) }),
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/orderParcel'],
      auth: mayDo('orders.ship'),
      schema: parcelBody,
    },
    async (call) => ({ msg: '运单号已更正', data: await changeParcel(call.body, call) }),
  ),
  route(
    {
      ...policy,
      method: 'POST',
      paths: ['/admin/cancelOrder'],
      auth: mayDo('orders.cancel'),
      needs: ['ADMIN_JWT_SECRET', 'WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
      schema: cancelBody,
    },
    async (call) => {
      const { db, config, now, log } = call
      const deps = orderDeps({ db, config, now, log }, GATEWAY_MS)
      return { msg: '订单已取消', data: await cancel(call.body, call, deps) }
    },
  ),
)

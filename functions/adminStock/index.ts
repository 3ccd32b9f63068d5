import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { adjustStock, decideStock, listSkuMoves, listStock, listStockWishes, markHot } from './adminStock.ts'
import { adjustBody, decideBody, hotBody, movesQuery, stockQuery, wishQuery } from './schema.ts'

const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 10_000 } as const
const reads = { ...policy, auth: mayDo('catalogue.read') } as const

/** Stock and its movements, for the shop's people. Errors: 1010, 1054, 1060, 1063, 401, 403, 503. */
export const main_handler = endpoint(
  route({ ...reads, method: 'GET', paths: ['/admin/stock'], schema: stockQuery }, async ({ body, db }) => {
    const { rows, nextCursor } = await listStock(body, { db })
    return { data: rows, nextCursor }
  }),
  route(
    { ...reads, method: 'GET', paths: ['/admin/stockMoves'], schema: movesQuery },
    async ({ body, db }) => {
      const { moves, nextCursor } = await listSkuMoves(body, { db })
      return { data: moves, nextCursor }
    },
  ),
  route(
    {
      ...policy,
      auth: mayDo('stock.write'),
      method: 'POST',
      paths: ['/admin/stockAdjust'],
      schema: adjustBody,
    },
    async (call) => ({ data: await adjustStock(call.body, call) }),
  ),
  route(
    { ...policy, auth: mayDo('stock.write'), method: 'POST', paths: ['/admin/stockHot'], schema: hotBody },
    async (call) => ({ data: await markHot(call.body, call) }),
  ),
  route(
    { ...reads, method: 'GET', paths: ['/admin/stockWishes'], schema: wishQuery },
    async ({ body, db }) => {
      const { wishes, nextCursor } = await listStockWishes(body, { db })
      return { data: wishes, nextCursor }
    },
  ),
  route(
    {
      ...policy,
      auth: mayDo('stock.approve'),
      method: 'POST',
      paths: ['/admin/stockDecide'],
      schema: decideBody,
    },
    async (call) => {
      await decideStock(call.body, call)
      return { msg: call.body.approve ? '库存已更新' : '已驳回' }
    },
  ),
)

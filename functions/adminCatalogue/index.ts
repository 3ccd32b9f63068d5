import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { importSkus } from './import.ts'
import { decidePrice, listPriceWishes } from './price-wishes.ts'
import { listForDesk, showForDesk } from './products.ts'
import { saveProduct, saveSkus } from './save.ts'
import { decideBody, detailQuery, importBody, listQuery, productBody, skusBody, wishQuery } from './schema.ts'

const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 10_000 } as const
const reads = { ...policy, auth: mayDo('catalogue.read') } as const
const writes = { ...policy, auth: mayDo('catalogue.write') } as const
const approves = { ...policy, auth: mayDo('stock.approve') } as const

/** Products and their SKUs, for the shop's people. Errors: 1010, 1054, 1060, 401, 403, 503. */
export const main_handler = endpoint(
  route(
    { ...reads, method: 'GET', paths: ['/admin/products'], schema: listQuery },
    async ({ body, db, config }) => {
      const { products, nextCursor } = await listForDesk(body, { db, assetBaseUrl: config.ASSET_BASE_URL })
      return { data: products, nextCursor }
    },
  ),
  route(
    { ...reads, method: 'GET', paths: ['/admin/product'], schema: detailQuery },
    async ({ body, db, config }) => ({
      data: await showForDesk(body.id, { db, assetBaseUrl: config.ASSET_BASE_URL }),
    }),
  ),
  route({ ...writes, method: 'POST', paths: ['/admin/productSave'], schema: productBody }, async (call) => ({
    data: await saveProduct(call.body, call),
  })),
  route({ ...writes, method: 'POST', paths: ['/admin/skusSave'], schema: skusBody }, async (call) => ({
    data: await saveSkus(call.body, call),
  })),
  route({ ...writes, method: 'POST', paths: ['/admin/skusImport'], schema: importBody }, async (call) => ({
    data: { ...(await importSkus(call.body, call)) },
  })),
  route(
    { ...reads, method: 'GET', paths: ['/admin/priceWishes'], schema: wishQuery },
    async ({ body, db }) => {
      const { wishes, nextCursor } = await listPriceWishes(body, { db })
      return { data: wishes, nextCursor }
    },
  ),
  route({ ...approves, method: 'POST', paths: ['/admin/priceDecide'], schema: decideBody }, async (call) => {
    await decidePrice(call.body, call)
    return { msg: call.body.approve ? '已按新价格更新' : '已驳回' }
  }),
)

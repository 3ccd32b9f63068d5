import { feedReader } from '#shared/db'
import { endpoint, route } from '#shared/http'
import { listPage, search, showProduct } from './products.ts'
import { detailQuery, productsQuery, searchQuery } from './schema.ts'

/** Lists change rarely; what a product page says of its stock is checked again by every order. */
const LIST_AGE_SEC = 60
const DETAIL_AGE_SEC = 10

/** What there is to buy. Errors: 1010, 1054 (no such product), 503. */
export const main_handler = endpoint(
  route(
    { method: 'GET', paths: ['/products'], schema: productsQuery, maxAgeSec: LIST_AGE_SEC },
    async ({ body, db, config }) => {
      const deps = { sql: feedReader(config, db), assetBaseUrl: config.ASSET_BASE_URL }
      const { products, nextCursor } = await listPage(body, deps)
      return { data: products, nextCursor }
    },
  ),
  route(
    { method: 'GET', paths: ['/products/detail'], schema: detailQuery, maxAgeSec: DETAIL_AGE_SEC },
    async ({ body, db, config }) => {
      const deps = { sql: feedReader(config, db), assetBaseUrl: config.ASSET_BASE_URL }
      return { data: await showProduct(body.id, deps) }
    },
  ),
  route(
    { method: 'GET', paths: ['/products/search'], schema: searchQuery, maxAgeSec: LIST_AGE_SEC },
    async ({ body, db, config }) => {
      const deps = { sql: feedReader(config, db), assetBaseUrl: config.ASSET_BASE_URL }
      const { products, nextCursor } = await search(body, deps)
      return { data: products, nextCursor }
    },
  ),
)

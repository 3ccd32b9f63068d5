import { FeedCache } from '#shared/catalogue'
import { feedReader } from '#shared/db'
import { type Call, endpoint, route } from '#shared/http'
import { listFields } from '#shared/tutorial'
import { type CategoryDeps, readBrandsOf, readCategories } from './categories.ts'
import { twoCategoryQuery } from './schema.ts'

const MAX_AGE_SEC = 60

const cache = new FeedCache()

const deps = ({ db, config }: Pick<Call<never, unknown, undefined>, 'db' | 'config'>): CategoryDeps => ({
  sql: feedReader(config, db),
  assetBaseUrl: config.ASSET_BASE_URL,
})

/** The category page's feeds, cacheable for a minute. Errors: 1010, 503. */
export const main_handler = endpoint(
  route(
    { method: 'GET', paths: ['/oneCategory', '/oneCategoryList'], maxAgeSec: MAX_AGE_SEC },
    async (call) =>
      listFields(
        call.config,
        'oneCategory',
        await cache.get('oneCategory', call.config.FEED_CACHE_SECONDS, () => readCategories(deps(call))),
      ),
  ),
  route(
    {
      method: 'GET',
      paths: ['/twoCategory', '/twoCategoryList'],
      schema: twoCategoryQuery,
      maxAgeSec: MAX_AGE_SEC,
    },
    async (call) => {
      const { id } = call.body
      const read = () => readBrandsOf(id, deps(call))
      const brands = await cache.get(`twoCategory ${id}`, call.config.FEED_CACHE_SECONDS, read)
      return listFields(call.config, 'twoCategory', brands)
    },
  ),
)

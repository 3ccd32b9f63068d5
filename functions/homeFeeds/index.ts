import { FeedCache } from '#shared/catalogue'
import { feedReader } from '#shared/db'
import { type Call, endpoint, route } from '#shared/http'
import { listFields } from '#shared/tutorial'
import { type FeedDeps, readBanners, readGrid, readHotBrands, readSports } from './homeFeeds.ts'

const MAX_AGE_SEC = 60

const cache = new FeedCache()

const deps = ({
  db,
  config,
  now,
}: Pick<Call<never, unknown, undefined>, 'db' | 'config' | 'now'>): FeedDeps => ({
  sql: feedReader(config, db),
  assetBaseUrl: config.ASSET_BASE_URL,
  now,
})

type FeedCall = Parameters<typeof deps>[0]

/** The feed as this instance keeps it. */
const kept = <T>(call: FeedCall, name: string, read: (deps: FeedDeps) => Promise<T>) =>
  cache.get(name, call.config.FEED_CACHE_SECONDS, () => read(deps(call)))

/** The home page's feeds, cacheable for a minute. Errors: 503. */
export const main_handler = endpoint(
  route(
    { method: 'GET', paths: ['/banners', '/bannerList', '/swipeList'], maxAgeSec: MAX_AGE_SEC },
    async (call) => listFields(call.config, 'banners', await kept(call, 'banners', readBanners)),
  ),
  route({ method: 'GET', paths: ['/gridList'], maxAgeSec: MAX_AGE_SEC }, async (call) =>
    listFields(call.config, 'grid', await kept(call, 'grid', readGrid)),
  ),
  route({ method: 'GET', paths: ['/sports', '/sportList'], maxAgeSec: MAX_AGE_SEC }, async (call) =>
    listFields(call.config, 'sports', await kept(call, 'sports', readSports)),
  ),
  route({ method: 'GET', paths: ['/brandList'], maxAgeSec: MAX_AGE_SEC }, async (call) =>
    listFields(call.config, 'brands', await kept(call, 'brands', readHotBrands)),
  ),
)

import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { addEntry, orderEntries, readFeed, removeEntry, saveEntry } from './feeds.ts'
import { addBody, feedQuery, orderBody, removeBody, saveBody } from './schema.ts'

const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 10_000 } as const
const writing = { ...policy, method: 'POST', auth: mayDo('feeds.write') } as const

/** The home page's feeds, for the shop's people. Errors: 1010, 1054, 1060, 401, 403, 503. */
export const main_handler = endpoint(
  route(
    {
      ...policy,
      method: 'GET',
      paths: ['/admin/feeds'],
      auth: mayDo('catalogue.read'),
      schema: feedQuery,
    },
    async ({ body, db, config }) => ({ data: await readFeed(body.name, db, config.ASSET_BASE_URL) }),
  ),
  route({ ...writing, paths: ['/admin/feedSave'], schema: saveBody }, async (call) => ({
    msg: '已保存',
    data: await saveEntry(call.body, call),
  })),
  route({ ...writing, paths: ['/admin/feedAdd'], schema: addBody }, async (call) => ({
    msg: '已加入',
    data: await addEntry(call.body, call),
  })),
  route({ ...writing, paths: ['/admin/feedRemove'], schema: removeBody }, async (call) => ({
    msg: '已移除',
    data: await removeEntry(call.body, call),
  })),
  route({ ...writing, paths: ['/admin/feedOrder'], schema: orderBody }, async (call) => ({
    msg: '顺序已保存',
    data: await orderEntries(call.body, call),
  })),
)

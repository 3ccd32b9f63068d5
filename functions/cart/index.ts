import { readUser } from '#shared/accounts'
import { changeCart, chooseLines, mergeCart, readCart, removeFromCart } from '#shared/cart'
import { withAssetUrls } from '#shared/catalogue'
import { endpoint, route } from '#shared/http'
import { itemBody, linesBody, mergeBody, selectBody } from './schema.ts'

const policy = { auth: readUser, needs: ['JWT_SECRET'] } as const

/** The shopper's cart. Every change answers with the whole cart. Errors: 1010, 401, 503. */
export const main_handler = endpoint(
  route({ method: 'GET', paths: ['/cart/items'], ...policy }, async ({ user, db, config }) => ({
    data: withAssetUrls(config.ASSET_BASE_URL, await readCart(user.id, { db })),
  })),
  route(
    { method: 'POST', paths: ['/cart/add'], schema: itemBody, ...policy },
    async ({ body, user, db, now, config }) => {
      await changeCart({ userId: user.id, item: body, how: 'add' }, { db, now })
      return { data: withAssetUrls(config.ASSET_BASE_URL, await readCart(user.id, { db })) }
    },
  ),
  route(
    { method: 'POST', paths: ['/cart/set'], schema: itemBody, ...policy },
    async ({ body, user, db, now, config }) => {
      await changeCart({ userId: user.id, item: body, how: 'set' }, { db, now })
      return { data: withAssetUrls(config.ASSET_BASE_URL, await readCart(user.id, { db })) }
    },
  ),
  route(
    { method: 'POST', paths: ['/cart/remove'], schema: linesBody, ...policy },
    async ({ body, user, db, config }) => {
      await removeFromCart({ userId: user.id, skuIds: body.skuIds }, { db })
      return { data: withAssetUrls(config.ASSET_BASE_URL, await readCart(user.id, { db })) }
    },
  ),
  route(
    { method: 'POST', paths: ['/cart/select'], schema: selectBody, ...policy },
    async ({ body, user, db, config }) => {
      await chooseLines({ userId: user.id, ...body }, { db })
      return { data: withAssetUrls(config.ASSET_BASE_URL, await readCart(user.id, { db })) }
    },
  ),
  route(
    { method: 'POST', paths: ['/cart/merge'], schema: mergeBody, ...policy },
    async ({ body, user, db, now, config }) => {
      const dropped = await mergeCart({ userId: user.id, items: body.items }, { db, now })
      return { data: withAssetUrls(config.ASSET_BASE_URL, await readCart(user.id, { db })), dropped }
    },
  ),
)

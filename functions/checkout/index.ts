import { readUser } from '#shared/accounts'
import { withAssetUrls } from '#shared/catalogue'
import { endpoint, route } from '#shared/http'
import { prepareCheckout, viewCheckout } from '#shared/ordering'
import { checkoutBody } from './schema.ts'

/** POST /shop/checkout – what an order would cost and where it would go; writes nothing. Errors: 1010, 1054, 401, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/shop/checkout'],
      auth: readUser,
      schema: checkoutBody,
      needs: ['JWT_SECRET'],
    },
    async ({ body, user, db, config }) => {
      const input = { userId: user.id, items: body.items, addressId: body.addressId }
      const checkout = viewCheckout(await prepareCheckout(db, input))
      return { data: { ...checkout, lines: withAssetUrls(config.ASSET_BASE_URL, checkout.lines) } }
    },
  ),
)

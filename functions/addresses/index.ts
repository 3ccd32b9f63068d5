import { readUser } from '#shared/accounts'
import { chooseDefault, readAddresses, removeAddress } from '#shared/addresses'
import { endpoint, route } from '#shared/http'
import { save } from './addresses.ts'
import { addressBody, addressId } from './schema.ts'

const policy = { auth: readUser, needs: ['JWT_SECRET'] } as const

/** The address book of the shopper. Errors: 1010, 1054 (not an own address), 401, 503. */
export const main_handler = endpoint(
  route({ method: 'GET', paths: ['/addresses'], ...policy }, async ({ user, db, now }) => ({
    data: await readAddresses(user.id, { db, now }),
  })),
  route(
    { method: 'POST', paths: ['/addresses/save'], schema: addressBody, ...policy },
    async ({ body, user, db, now }) => ({ data: await save({ userId: user.id, body }, { db, now }) }),
  ),
  route(
    { method: 'POST', paths: ['/addresses/remove'], schema: addressId, ...policy },
    async ({ body, user, db, now }) => {
      await removeAddress({ userId: user.id, id: body.id }, { db, now })
      return { msg: '地址已删除' }
    },
  ),
  route(
    { method: 'POST', paths: ['/addresses/default'], schema: addressId, ...policy },
    async ({ body, user, db, now }) => {
      await chooseDefault({ userId: user.id, id: body.id }, { db, now })
      return { msg: '已设为默认地址' }
    },
  ),
)

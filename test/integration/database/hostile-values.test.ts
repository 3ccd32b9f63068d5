/** Values that look like what a server says about itself decide nothing. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newAddress, newMobile, newPerson } from '../../helpers/accounts-shop.ts'
import { call, loadFunction } from '../../helpers/functions.ts'
import { openWholeShop, type WholeShop } from '../../helpers/whole-shop.ts'

let shop: WholeShop
let keys: string[]

before(async () => {
  shop = await openWholeShop()
  const rows = await shop.database.query<{ name: string }>(
    `SELECT DISTINCT INDEX_NAME AS name FROM information_schema.STATISTICS
     WHERE TABLE_SCHEMA = ? AND NON_UNIQUE = 0 AND INDEX_NAME <> 'PRIMARY' ORDER BY 1`,
    [shop.database.name],
  )
  keys = rows.map(({ name }) => name)
  assert.ok(keys.length >= 8, keys.join())
})
after(() => shop.close())

test('audit 1: the name of any unique key as Idempotency-Key, four times at once, is one order', async () => {
  const instances = Array.from({ length: 4 }, () => loadFunction('wxOrder'))
  for (const key of [...keys, `9-${keys[0]}`, `${keys[0]}#2`]) {
    const { token } = shop.shopper()
    const replies = await Promise.all(
      instances.map((handler) =>
        call(handler, {
          path: '/wx/order',
          body: { items: [{ productId: 1, quantity: 1 }] },
          headers: { 'idempotency-key': key },
          token,
        }),
      ),
    )
    assert.deepEqual(
      replies.map(({ json }) => json.status),
      [200, 200, 200, 200],
      key,
    )
    const numbers = replies.map(({ json }) => (json.data as { out_trade_no: string }).out_trade_no)
    assert.equal(new Set(numbers).size, 1, key)
  }
})

describe('a username that is the name of a key', () => {
  test('is taken when the username is, and its mobile when the mobile is', async () => {
    const register = loadFunction('register')
    const send = (body: object) => call(register, { path: '/register', body, address: newAddress() })
    for (const username of keys.filter((key) => key.length <= 20)) {
      const person = { ...newPerson(), username }
      assert.equal((await send(person)).json.status, 200, username)
      const sameName = await send({ ...person, mobile: newMobile() })
      assert.deepEqual([sameName.json.status, sameName.json.msg], [0, '用户名已存在'], username)
      const sameMobile = await send({ ...person, username: newPerson().username })
      assert.deepEqual([sameMobile.json.status, sameMobile.json.msg], [0, '手机号已注册'], username)
    }
  })
})

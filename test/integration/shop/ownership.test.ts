/** Ownership: each route that takes an id answers for another's exactly as for one that nobody has. Made from the routes. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { readFunctions } from '../../../api/openapi.ts'
import { routeDocs } from '../../../api/routes/document.ts'
import { call, type Reply } from '../../helpers/functions.ts'
import { type OrderShop, openOrderShop } from '../../helpers/order-shop.ts'
import type { Shopper } from '../../helpers/pay-shop.ts'

/** Parameters that name something that belongs to somebody. */
const owned = ['order_no', 'after_sale_no', 'out_trade_no', 'id', 'addressId', 'cursor'] as const
type Owned = (typeof owned)[number]
type Ids = Record<Owned, string | number>
/** Parameters that name what is everybody's, or belong to what another parameter names. */
const others = ['skuId', 'skuIds', 'lineId', 'productId', 'regionCode', 'items', 'trackingNo']

interface Case {
  name: string
  method: string
  path: string
  keys: Owned[]
  example: Record<string, unknown>
}

const keysOf = (schema: { describe(): unknown } | undefined) =>
  Object.keys((schema?.describe() as { keys?: object } | undefined)?.keys ?? {})

const routes = (await readFunctions()).flatMap(({ name, routes: own }) =>
  own
    .filter(({ authorize, permission }) => authorize && permission === undefined)
    .map(({ method, paths: [path], schema }) => ({ name, method, path, keys: keysOf(schema) })),
)

const cases: Case[] = routes.flatMap(({ keys, ...route }) => {
  const names = owned.filter((name) => keys.includes(name))
  const known = Object.entries(routeDocs[route.path]?.example ?? {}).filter(([key]) => keys.includes(key))
  return names.length === 0 ? [] : [{ ...route, keys: names, example: Object.fromEntries(known) }]
})

let shop: OrderShop
let victim: Shopper
let stranger: Shopper
let ids: Record<string, Ids>
/** What goes with the id, where the documented example does not fit. */
const bodies: Record<string, Record<string, unknown>> = { '/wx/order': {} }

/** What nobody has, in the same form. */
const nobodys: Ids = {
  order_no: '9'.repeat(27),
  after_sale_no: '9'.repeat(27),
  out_trade_no: '9'.repeat(27),
  id: 999_999_999,
  addressId: 999_999_999,
  cursor: '9'.repeat(27),
}

before(async () => {
  shop = await openOrderShop()
  victim = shop.shopper()
  stranger = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 50 })
  const address = await shop.address(victim)
  const unpaid = await shop.placed(victim, [{ skuId, quantity: 1 }])
  const sold = await shop.paid(victim, [{ skuId, quantity: 1 }])
  const { json } = await shop.get('shopOrders', '/shop/orderDetail', { order_no: sold.order_no }, victim)
  const lineId = (json.data as { lines: { id: number }[] }).lines[0]?.id
  const ask = { order_no: sold.order_no, lineId, quantity: 1, kind: 'CANCEL', reason: '不想要了' }
  const asked = await shop.send('afterSales', '/afterSales/ask', ask, victim)
  const { after_sale_no } = asked.json.data as { after_sale_no: string }
  const legacy = await shop.send('wxOrder', '/wx/order', { items: [{ productId: 1, quantity: 1 }] }, victim)
  const common = {
    order_no: unpaid.order_no,
    after_sale_no,
    out_trade_no: (legacy.json.data as { out_trade_no: string }).out_trade_no,
    id: address,
    addressId: address,
    cursor: unpaid.order_no,
  }
  bodies['/afterSales/ask'] = { ...ask }
  ids = {
    common,
    '/afterSales/ask': { ...common, order_no: sold.order_no },
    '/afterSales': { ...common, cursor: after_sale_no },
    '/orders': { ...common, cursor: common.out_trade_no },
  }
})
after(() => shop?.close())

function send(
  { name, method, path, keys, example }: Case,
  values: Ids,
  key: Owned,
  by: Shopper,
): Promise<Reply> {
  // `cursor` and `out_trade_no` of one list are two questions; each is asked alone.
  const rest = method === 'GET' ? {} : { ...(bodies[path] ?? example) }
  for (const each of keys) if (each !== key && method !== 'GET') rest[each] = values[each]
  const fields = { ...rest, [key]: values[key] }
  const request =
    method === 'GET'
      ? { query: Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, String(value)])) }
      : { body: fields }
  return call(shop.handler(name), { path, token: by.token, ...request })
}

/** Everything that belongs to the victim. */
const snapshot = async () => {
  const rows = [
    await shop.database.query('SELECT * FROM address WHERE user_id = ?', [victim.id]),
    await shop.database.query('SELECT * FROM shop_order WHERE user_id = ?', [victim.id]),
    await shop.database.query('SELECT * FROM after_sale WHERE user_id = ?', [victim.id]),
    await shop.database.query('SELECT * FROM payorder WHERE user_id = ?', [victim.id]),
    await shop.database.query(
      'SELECT order_event.* FROM order_event JOIN shop_order ON shop_order.id = order_id WHERE user_id = ?',
      [victim.id],
    ),
  ]
  return JSON.stringify(rows)
}

test('every parameter that looks like an id is known to this test', () => {
  const names = new Set(routes.flatMap(({ keys }) => keys))
  const unknown = [...names].filter(
    (name) => /(?:_no|No|Ids?|^id|^ids|cursor|Code)$/.test(name) && ![...owned, ...others].includes(name),
  )
  assert.deepEqual(unknown, [])
  assert.ok(cases.length >= 16)
})

describe('another’s id', () => {
  for (const each of cases) {
    for (const key of each.keys) {
      test(`${each.method} ${each.path}: ${key} of somebody else is one that nobody has, and nothing moves`, async () => {
        const before = await snapshot()
        const values = { ...nobodys, ...(ids[each.path] ?? ids.common) } as Ids
        const theirs = await send(each, values, key, stranger)
        const none = await send(each, nobodys, key, stranger)
        const shown = ({ statusCode, json: { requestId: _own, ...rest } }: Reply) => ({ statusCode, ...rest })
        assert.notEqual(theirs.json.status, 200)
        assert.deepEqual(shown(theirs), shown(none))
        assert.equal(await snapshot(), before)
      })
    }
  }

  test('is found by its owner: the requests above were refused for the person, not for their form', async () => {
    const found: string[] = []
    for (const each of cases.filter(({ path }) => path !== '/addresses/remove')) {
      const values = { ...nobodys, ...(ids[each.path] ?? ids.common) } as Ids
      for (const key of each.keys) {
        const { json } = await send(each, values, key, victim)
        assert.notEqual(json.status, 1054, `${each.path} ${key}: ${json.msg}`)
        if (json.status === 200) found.push(each.path)
      }
    }
    assert.ok(found.length >= 8, found.join(', '))
  })
})

describe('nageoffer/congomall#72; newbee-mall#75: a user id in a request', () => {
  for (const { name, method, path } of routes.filter((route) => route.method === 'GET')) {
    test(`${method} ${path} ignores it`, async () => {
      const query = { userId: String(victim.id), user_id: String(victim.id), limit: '5' }
      const { json } = await call(shop.handler(name), { path, token: stranger.token, query })
      assert.ok(!JSON.stringify(json).includes(String(ids.common?.order_no)), path)
      assert.ok(!JSON.stringify(json).includes(String(ids.common?.out_trade_no)), path)
    })
  }
  for (const { name, method, path, keys } of routes.filter((route) => route.method === 'POST')) {
    test(`${method} ${path} ignores it`, async () => {
      const example = Object.entries(routeDocs[path]?.example ?? {}).filter(([key]) => keys.includes(key))
      const before = await snapshot()
      const body = { ...Object.fromEntries(example), userId: victim.id, user_id: victim.id }
      const { json } = await call(shop.handler(name), { path, token: stranger.token, body })
      assert.ok(!JSON.stringify(json).includes(String(ids.common?.order_no)), path)
      assert.equal(await snapshot(), before)
    })
  }
})

test('mall4j#13: the numbers beside an order’s belong to nobody, and the order’s own is found by its owner alone', async () => {
  const [skuId = 0] = await shop.sell({ pairs: 1 })
  const { order_no: number } = await shop.placed(victim, [{ skuId, quantity: 1 }])
  const detail = async (order_no: string, by: Shopper) =>
    (await shop.get('shopOrders', '/shop/orderDetail', { order_no }, by)).json.status
  assert.equal(await detail(number, victim), 200)
  const statuses = new Set<unknown>()
  for (let step = 1; step <= 500; step++) {
    for (const neighbour of [BigInt(number) + BigInt(step), BigInt(number) - BigInt(step)])
      statuses.add(await detail(String(neighbour), step % 2 === 0 ? stranger : victim))
  }
  assert.deepEqual([...statuses], [1054])
  assert.equal(await detail(number, stranger), 1054)
})

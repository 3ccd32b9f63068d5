/**
 * What each route costs at the database in an instance that is warm, exactly: one more round trip is a decision, one less
 * is written down. bench/RESULTS.md shows the same table.
 */
import assert from 'node:assert/strict'
import { randomUUID } from 'node:crypto'
import { after, before, test } from 'node:test'
import { type DatabaseProxy, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { call, loadFunction, type RequestOptions } from '../../helpers/functions.ts'
import { notifyFields, signedXml } from '../../helpers/pay-shop.ts'
import { counted } from '../../helpers/round-trips.ts'
import { type HttpFunction, openWholeShop, outcome, type WholeShop } from '../../helpers/whole-shop.ts'

let shop: WholeShop
let wire: DatabaseProxy

before(async () => {
  shop = await openWholeShop()
  wire = await startDatabaseProxy(shop.database.url)
})
after(async () => {
  await wire.close()
  await shop.close()
})

interface Case {
  what: string
  name: HttpFunction
  /** With START TRANSACTION and COMMIT. */
  roundTrips: number
  /** Variables of this case. */
  env?: Record<string, string>
  /** The next request; what it needs is made before anything is counted. Left out: the function's own. */
  request?: () => Promise<RequestOptions> | RequestOptions
}

const place = (shopper = shop.shopper()) => shop.buy(loadFunction('wxOrder'), shopper)
const notifyOf = (order: { out_trade_no: string; total_fee: number }) => ({
  path: '/pay/notify',
  body: signedXml(notifyFields(order, { transaction_id: `42${order.out_trade_no}`.slice(0, 28) })),
  headers: { 'content-type': 'text/xml' },
})
const order = (body: unknown): RequestOptions => ({
  path: '/wx/order',
  body,
  token: shop.shopper().token,
  headers: { 'Idempotency-Key': randomUUID() },
})

const cases: Case[] = [
  { what: 'a feed', name: 'homeFeeds', roundTrips: 1 },
  {
    what: 'a feed that the instance has just read',
    name: 'homeFeeds',
    roundTrips: 0,
    env: { FEED_CACHE_SECONDS: '60' },
  },
  {
    what: 'the brands of a category that the instance has just read',
    name: 'categories',
    roundTrips: 0,
    env: { FEED_CACHE_SECONDS: '60' },
  },
  { what: 'the brands of a category', name: 'categories', roundTrips: 1 },
  { what: 'register, without a code', name: 'register', roundTrips: 6 },
  { what: 'login, the first one of a day from an address', name: 'login', roundTrips: 4 },
  {
    what: 'login, later that day',
    name: 'login',
    roundTrips: 3,
    request: () => ({ path: '/login', body: { ...shop.person }, address: '203.0.113.77' }),
  },
  { what: 'an SMS', name: 'sms', roundTrips: 7 },
  {
    what: 'an order of items whose pieces nobody counts',
    name: 'wxOrder',
    roundTrips: 12,
    request: () => order({ items: [{ productId: 1, quantity: 1 }] }),
  },
  {
    what: 'an order of shoes in a size: two more reserve them',
    name: 'wxOrder',
    roundTrips: 14,
    request: async () => {
      const [{ skuId, productId } = { skuId: 0, productId: 0 }] = await shop.database.query<{
        skuId: number
        productId: number
      }>(
        `SELECT sku.id AS skuId, product_id AS productId FROM sku JOIN sku_stock ON sku_id = sku.id
         WHERE counts_stock = 1 AND on_sale = 1 ORDER BY available DESC LIMIT 1`,
      )
      return order({ items: [{ productId, skuId, quantity: 1 }] })
    },
  },
  {
    what: "an order in the tutorial's words",
    name: 'wxOrder',
    roundTrips: 11,
    request: () =>
      order({ body: 'shoes', total_fee: 100, spbill_create_ip: '127.0.0.1', trade_type: 'NATIVE' }),
  },
  {
    what: 'an order that is repeated under its key',
    name: 'wxOrder',
    roundTrips: 2,
    request: async () => {
      const again = order({ items: [{ productId: 1, quantity: 1 }] })
      await call(loadFunction('wxOrder'), again)
      return again
    },
  },
  {
    what: 'the state of an order that is final',
    name: 'queryOrder',
    roundTrips: 1,
    request: async () => {
      const shopper = shop.shopper()
      const placed = await place(shopper)
      await call(loadFunction('wxNotify'), notifyOf(placed))
      return { path: '/queryOrder', body: { out_trade_no: placed.out_trade_no }, token: shopper.token }
    },
  },
  {
    what: 'the state of an open order, of which WeChat was asked a moment ago',
    name: 'queryOrder',
    roundTrips: 2,
  },
  { what: "a page of a user's orders", name: 'orders', roundTrips: 3 },
  { what: 'a payment', name: 'wxNotify', roundTrips: 5, request: async () => notifyOf(await place()) },
  {
    what: 'a payment that WeChat reports again',
    name: 'wxNotify',
    roundTrips: 4,
    request: async () => {
      const again = notifyOf(await place())
      await call(loadFunction('wxNotify'), again)
      return again
    },
  },
  { what: 'a refund notify of an unknown refund', name: 'refundNotify', roundTrips: 1 },
]

for (const { what, name, roundTrips: expected, env, request } of cases)
  test(`${what}: ${name} asks the database ${expected} times`, async () => {
    await shop.with({ DATABASE_URL: wire.url, ...env }, async () => {
      const handler = loadFunction(name)
      const next = request ?? shop.requests[name]
      // By the third time every statement is prepared.
      for (let i = 0; i < 3; i++) await call(handler, await next())
      const last = await next()
      const { roundTrips, statements, connections, result } = await counted(wire, () => call(handler, last))
      assert.match(outcome(result), /^200 (?:200|SUCCESS|FAIL)/)
      assert.equal(connections, 0)
      assert.equal(roundTrips, expected, `${roundTrips}: ${statements.join('\n')}`)
      assert.equal(roundTrips, statements.length, 'nothing is prepared, nobody is asked whether he lives')
    })
  })

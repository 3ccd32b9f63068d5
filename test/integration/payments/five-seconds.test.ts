/** A shopper is answered within five seconds, whatever is silent, slow or held by somebody else. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { createConnection } from 'mysql2/promise'
import type { CloudFunction } from '../../../scf/emulator/runtime/function.ts'
import { type DatabaseProxy, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { type HttpAnswer, httpEvent, loadFunction } from '../../helpers/functions.ts'
import type { OrderData, Shopper } from '../../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'

/** The platform would end the call here: five seconds, and what a busy machine takes for itself. */
const PLATFORM_SEC = 8

const names = ['wxOrder', 'queryOrder', 'closeOrder', 'orders'] as const
type Name = (typeof names)[number]

let shop: RefundShop
let proxy: DatabaseProxy
let functions: Record<Name, CloudFunction>
let by: Shopper
let order: OrderData

before(async () => {
  shop = await openRefundShop({ env: { RATE_LIMIT: 'off' } })
  proxy = await startDatabaseProxy(shop.database.url)
  const changes = {
    DATABASE_URL: proxy.url,
    WX_API_BASE: shop.wechat.url,
    WX_API_BACKUP: shop.wechat.backup.url,
  }
  functions = Object.fromEntries(
    names.map((name) => [name, shop.child(name, changes, PLATFORM_SEC)]),
  ) as typeof functions
  by = shop.shopper()
  order = await shop.buy(loadFunction('wxOrder'), by)
  // Everybody is at work already when it begins.
  for (const name of names) await ask(name)
})
after(async () => {
  await shop.close()
  await proxy.close()
})

/** What the function answers: its HTTP status and the status in the envelope. Fails when the platform had to end it. */
async function ask(
  name: Name,
  body: unknown = { items: [{ productId: 1, quantity: 1 }] },
): Promise<[number, unknown]> {
  const { out_trade_no } = order
  const event =
    name === 'orders'
      ? httpEvent({ path: '/orders', token: by.token })
      : name === 'wxOrder'
        ? httpEvent({ path: '/wx/order', body, token: by.token })
        : httpEvent({ path: `/${name}`, body: { out_trade_no }, token: by.token })
  const { result, error } = await functions[name].invoke(event)
  assert.equal(error, undefined, `${name}: ${error?.message}`)
  const { statusCode, body: text } = result as HttpAnswer
  return [statusCode, (JSON.parse(text) as { status: unknown }).status]
}

/** Before each test: an open order. */
async function openOrder(): Promise<void> {
  order = await shop.buy(loadFunction('wxOrder'), by)
}

describe('a database that', () => {
  for (const [how, ms] of [
    ['is silent', undefined],
    ['takes 400 ms for each statement', 400],
    ['takes a second for each statement', 1000],
  ] as const) {
    test(`${how}: every route answers, with what it could do, or that it could not`, async (t) => {
      await openOrder()
      const slow = async () => {
        if (ms !== undefined) await wait(ms)
        return ms === undefined ? 'hold' : 'pass'
      }
      proxy.onStatement = slow
      proxy.onExecute = slow
      t.after(() => {
        proxy.onStatement = undefined
        proxy.onExecute = undefined
      })
      for (const name of names) {
        const [http, status] = await ask(name)
        assert.ok(
          [502, 503].includes(http) || (ms !== undefined && http === 200),
          `${name}: ${http} ${status}`,
        )
      }
    })
  }
})

test('somebody who holds the order’s lock: closing and paying again are answered with 503', async () => {
  await openOrder()
  const { out_trade_no } = order
  await shop.database.query('UPDATE payorder SET code_url = NULL WHERE out_trade_no = ?', [out_trade_no])
  const holder = await createConnection({ uri: shop.database.url })
  const { createHash } = await import('node:crypto')
  const name = createHash('sha1').update(`${shop.database.name}:letao:order:${out_trade_no}`).digest('hex')
  const [got] = (await holder.query('SELECT GET_LOCK(?, 1) AS got', [name])) as unknown as [{ got: number }[]]
  assert.equal(got[0]?.got, 1)
  assert.deepEqual(await ask('closeOrder'), [503, 503])
  assert.deepEqual(await ask('wxOrder', { out_trade_no }), [503, 503])
  await holder.end()
  assert.deepEqual(await ask('wxOrder', { out_trade_no }), [200, 200])
})

test('somebody who holds the order’s row: asking and closing are answered', async () => {
  await openOrder()
  const holder = await createConnection({ uri: shop.database.url })
  await holder.query('START TRANSACTION')
  await holder.query('SELECT id FROM payorder WHERE out_trade_no = ? FOR UPDATE', [order.out_trade_no])
  shop.payQuietly(order.out_trade_no)
  assert.deepEqual(await ask('queryOrder'), [503, 503])
  assert.deepEqual(await ask('closeOrder'), [503, 503])
  await holder.end()
  assert.deepEqual(await ask('queryOrder'), [200, 200])
})

test('a WeChat that is silent: an order is 502, the state is the stored one, closing is 502', async () => {
  await openOrder()
  const disarm = shop.wechat.faults.add({ on: ['unifiedorder', 'orderquery', 'closeorder'], kind: 'timeout' })
  assert.deepEqual(await ask('wxOrder'), [502, 502])
  assert.deepEqual(await ask('queryOrder'), [200, 200])
  assert.deepEqual(await ask('closeOrder'), [502, 502])
  disarm()
})

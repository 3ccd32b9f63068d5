import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { promisify } from 'node:util'
import { prepareDemoOwner } from '../../local/demo-owner.ts'
import { openTestShop, type TestShop } from '../helpers/shop.ts'

const root = join(import.meta.dirname, '../..')
let shop: TestShop

before(async () => {
  shop = await openTestShop({ timers: true, timersOftenMs: 500, refunds: true })
  assert.equal(await prepareDemoOwner(shop), undefined)
})
after(() => shop?.close())

/** `npm run demo` against the shop on this port. */
async function demo(): Promise<string> {
  const env = { ...process.env, PORT: String(shop.port), NO_COLOR: '1' }
  const { stdout } = await promisify(execFile)(process.execPath, ['local/run.mjs', 'local/demo.ts'], {
    cwd: root,
    env,
  })
  return stdout
}

test('plays the journey of a pair of shoes to the refund, each request and answer readable', async () => {
  const text = await demo()

  const requests = [...text.matchAll(/→ (GET|POST) \S+?:\d+(\/[\w/]*)/g)].map(
    ([, method, path]) => `${method} ${path}`,
  )
  assert.deepEqual(requests, [
    'GET /products',
    'GET /products/detail',
    'POST /sms',
    'GET /sim/messages',
    'POST /register',
    'POST /login',
    'POST /addresses/save',
    'POST /shop/checkout',
    'POST /shop/order',
    'POST /shop/order',
    'POST /wx/order',
    'POST /queryOrder',
    'POST /sim/pay',
    'POST /queryOrder',
    'GET /shop/orderDetail',
    'POST /admin/login',
    'POST /admin/ship',
    'POST /shop/receive',
    'POST /afterSales/ask',
    'POST /admin/caseDecide',
    'POST /afterSales/parcel',
    'POST /admin/caseInspect',
    'POST /admin/invite',
    'POST /admin/accept',
    'POST /admin/confirm',
    'POST /admin/login',
    'POST /admin/caseRelease',
    'GET /afterSales',
  ])
  assert.equal(text.match(/^ {2}← 200 \d+ ms$/gm)?.length, requests.length)
  assert.match(text, /"trade_state": ?"SUCCESS"/)
  assert.match(text, /█/)
  assert.match(text, /"state": ?"REFUNDED"/)
  assert.match(text, /✔ Bought, worn, sent back, refunded\./)
  const tooLong = text.split('\n').filter((line) => line.length > 140)
  assert.deepEqual(tooLong, [])
  const [order] = await shop.db.query<{ n: number }>(
    "SELECT COUNT(*) AS n FROM payorder WHERE trade_state = 'REFUND'",
  )
  assert.equal(Number(order?.n), 1)
  const refunds = await shop.db.query<{ status: string }>('SELECT status FROM refund')
  assert.deepEqual(refunds, [{ status: 'SUCCESS' }])
})

test('says in one line why there is no journey when the shop has nothing to sell, and fails', async () => {
  await shop.db.query('DELETE FROM product')
  await assert.rejects(demo(), (error: Error & { code: number; stderr: string }) => {
    assert.equal(error.code, 1)
    assert.match(error.stderr, /^\s*✖ The shop on port \d+ is not ready to sell: \S+\/healthz says why\.\s*$/)
    return true
  })
})

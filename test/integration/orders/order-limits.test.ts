/** What an order may cost the shop: ids, questions, unpaid orders; and that no key, however it reads, is more than a key. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { call, loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { openPayShop, type PayShop } from '../../helpers/pay-shop.ts'
import { type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'

let shop: PayShop
let scripted: ScriptedWechat
let wxOrder: MainHandler

before(async () => {
  shop = await openPayShop()
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
})
afterEach(() => shop.database.query('DELETE FROM rate_limit'))
after(async () => {
  await scripted.close()
  await shop.close()
})

const oneShoe = { items: [{ productId: 1, quantity: 1 }] }

describe('an Idempotency-Key that reads like the name of a key', () => {
  for (const key of [
    'payorder_out_trade_no',
    "payorder_out_trade_no'",
    "x'for-key-'payorder_out_trade_no'",
    'payorder_idempotency_key',
    'payorder.payorder_out_trade_no',
    'PRIMARY',
  ]) {
    test(`(${key}) is a key like any other, also for four at once`, async () => {
      const by = shop.shopper()
      const crowd = [1, 2, 3, 4].map(() => loadFunction('wxOrder'))
      const replies = await Promise.all(
        crowd.map((each) => shop.post(each, by, oneShoe, { 'idempotency-key': key })),
      )
      const numbers = new Set(replies.map(({ json }) => (json.data as { out_trade_no: string }).out_trade_no))
      assert.deepEqual([...new Set(replies.map(({ json }) => json.status))], [200])
      assert.equal(numbers.size, 1)
      assert.equal((await shop.ordersOf(by)).length, 1)
    })
  }
})

/** Ids that were given away so far. */
const idsOf = async (table: string) => {
  const [row] = await shop.database.query<{ next: number }>(
    'SELECT AUTO_INCREMENT AS next FROM information_schema.TABLES WHERE TABLE_SCHEMA = DATABASE() AND TABLE_NAME = ?',
    [table],
  )
  return Number(row?.next)
}

test('a refused order burns no id: neither of orders nor of their lines', async () => {
  await shop.database.query('SET GLOBAL information_schema_stats_expiry = 0').catch(() => undefined)
  const by = shop.shopper()
  const statuses: unknown[] = []
  for (let n = 0; n < 20; n++) statuses.push((await shop.post(wxOrder, by, oneShoe)).json.status)
  assert.deepEqual(new Set(statuses), new Set([200]))
  const before = [await idsOf('payorder'), await idsOf('order_item')]
  const items = [1, 2, 3, 4, 5].map((productId) => ({ productId, quantity: 1 }))
  for (let n = 0; n < 5; n++) assert.equal((await shop.post(wxOrder, by, { items })).json.status, 429)
  assert.deepEqual([await idsOf('payorder'), await idsOf('order_item')], before)
})

describe('unpaid orders of one user', () => {
  /** Writes so many orders of a user. */
  async function have(userId: number, count: number, state = 'NOTPAY'): Promise<void> {
    const [first] = await shop.database.query<{ appid: string; mch_id: string }>(
      'SELECT appid, mch_id FROM payorder LIMIT 1',
    )
    await shop.database.query(
      `INSERT INTO payorder (user_id, appid, mch_id, nonce_str, body, out_trade_no, total_fee, trade_state, created_at)
       WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ?)
       SELECT ?, ?, ?, 'n', 'b', CONCAT('L', ?, ?, LPAD(i, 6, '0')), 100, ?, UTC_TIMESTAMP(3) FROM n`,
      [count, userId, first?.appid, first?.mch_id, userId, state.slice(0, 3), state],
    )
  }

  test('are 50 at most: the next one is 1065, writes nothing, and goes when one of them has ended', async () => {
    const by = shop.shopper()
    await shop.post(wxOrder, by, oneShoe)
    await have(by.id, 60, 'CLOSED')
    await have(by.id, 48)
    assert.equal((await shop.post(wxOrder, by, oneShoe)).json.status, 200)
    const { json } = await shop.post(wxOrder, by, oneShoe)
    assert.equal(json.status, 1065)
    assert.equal(json.data, undefined)
    await shop.database.query(`UPDATE payorder SET trade_state = 'SUCCESS' WHERE user_id = ? LIMIT 1`, [
      by.id,
    ])
    assert.equal((await shop.post(wxOrder, by, oneShoe)).json.status, 200)
  })

  test('count whatever keeps them open, and only those of the user', async () => {
    const [by, other] = [shop.shopper(), shop.shopper()]
    await have(other.id, 50)
    await have(by.id, 25)
    await have(by.id, 25, 'USERPAYING')
    assert.equal((await shop.post(wxOrder, by, oneShoe)).json.status, 1065)
  })

  test('may be paid again, and a known Idempotency-Key finds its order, also at the limit', async () => {
    const by = shop.shopper()
    const key = { 'idempotency-key': 'at-the-limit' }
    const { json } = await shop.post(wxOrder, by, oneShoe, key)
    await have(by.id, 49)
    const { out_trade_no } = json.data as { out_trade_no: string }
    assert.equal((await shop.post(wxOrder, by, oneShoe, key)).json.status, 200)
    assert.equal((await shop.post(wxOrder, by, { out_trade_no })).json.status, 200)
  })

  test('are as many as anyone likes with RATE_LIMIT=off', async () => {
    const by = shop.shopper()
    await have(by.id, 60)
    await shop.with({ RATE_LIMIT: 'off' }, async () => {
      assert.equal((await shop.post(loadFunction('wxOrder'), by, oneShoe)).json.status, 200)
    })
  })
})

test('a silent WeChat is waited for twice, then remembered: the third answer comes without a question', async () => {
  const by = shop.shopper()
  const orders = [await shop.buy(wxOrder, by), await shop.buy(wxOrder, by), await shop.buy(wxOrder, by)]
  const handler = loadFunction('queryOrder')
  scripted.says(undefined)
  const asked: number[] = []
  for (const { out_trade_no } of orders) {
    const { json } = await shop.with(scripted.env, () =>
      call(handler, { path: '/queryOrder', body: { out_trade_no }, token: by.token }),
    )
    assert.equal((json.data as { trade_state: string }).trade_state, 'NOTPAY')
    asked.push(scripted.asked.length)
  }
  assert.deepEqual(asked, [1, 2, 2])
})

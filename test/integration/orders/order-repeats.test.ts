import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { crowdOf, type OrderData, openPayShop, type PayShop } from '../../helpers/pay-shop.ts'

let shop: PayShop
let wxOrder: MainHandler
const instances = crowdOf('wxOrder')

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
})
after(() => shop.close())

const oneShoe = { items: [{ productId: 1, quantity: 1 }] }
const tutorialOrder = { body: '乐淘运动鞋', total_fee: 100 }

describe('an Idempotency-Key', () => {
  test('gives the same user the same order again, and orders once', async () => {
    const shopper = shop.shopper()
    const key = { 'idempotency-key': 'checkout-1' }
    const first = await shop.post(wxOrder, shopper, oneShoe, key)
    const second = await shop.post(loadFunction('wxOrder'), shopper, oneShoe, key)
    assert.equal(first.json.status, 200)
    assert.deepEqual(second.json.data, first.json.data)
    assert.equal((await shop.ordersOf(shopper)).length, 1)
    assert.equal(shop.asked((first.json.data as OrderData).out_trade_no).length, 1)
  })

  test('is read from a header of any case', async () => {
    const shopper = shop.shopper()
    const first = await shop.post(wxOrder, shopper, oneShoe, { 'Idempotency-Key': 'k' })
    const second = await shop.post(wxOrder, shopper, oneShoe, { 'IDEMPOTENCY-KEY': 'k' })
    assert.deepEqual(second.json.data, first.json.data)
  })

  test('does not mind the order of the fields, but refuses another body with 1010', async () => {
    const shopper = shop.shopper()
    const key = { 'idempotency-key': 'k' }
    const first = await shop.post(wxOrder, shopper, { items: [{ productId: 1, quantity: 1 }] }, key)
    const again = await shop.post(wxOrder, shopper, { items: [{ quantity: 1, productId: 1 }] }, key)
    assert.deepEqual(again.json.data, first.json.data)
    const own = first.json.data as OrderData
    const another = await shop.buy(wxOrder, shopper)
    for (const other of [
      { items: [{ productId: 1, quantity: 2 }] },
      { items: [{ productId: 2, quantity: 1 }] },
      tutorialOrder,
      { out_trade_no: another.out_trade_no },
    ]) {
      const { json } = await shop.post(wxOrder, shopper, other, key)
      assert.equal(json.status, 1010, JSON.stringify(other))
    }
    assert.equal((await shop.ordersOf(shopper)).length, 2)
    assert.equal((await shop.order(own.out_trade_no)).total_fee, 49_900)
  })

  test('of another user is another order', async () => {
    const [one, two] = [shop.shopper(), shop.shopper()]
    const key = { 'idempotency-key': 'same' }
    const first = await shop.post(wxOrder, one, oneShoe, key)
    const second = await shop.post(wxOrder, two, oneShoe, key)
    assert.notEqual((first.json.data as OrderData).out_trade_no, (second.json.data as OrderData).out_trade_no)
  })

  test('is another key in other letters', async () => {
    const shopper = shop.shopper()
    const numbers = new Set<unknown>()
    for (const key of ['Key-a', 'key-a', 'Key-A', 'Key-a-'])
      numbers.add(
        ((await shop.post(wxOrder, shopper, oneShoe, { 'idempotency-key': key })).json.data as OrderData)
          .out_trade_no,
      )
    assert.equal(numbers.size, 4)
  })

  test('must be printable and at most 255 characters', async () => {
    const shopper = shop.shopper()
    for (const key of ['k'.repeat(256), 'a b', '键', 'a\tb'])
      assert.equal((await shop.post(wxOrder, shopper, oneShoe, { 'idempotency-key': key })).json.status, 1010)
    assert.equal(
      (await shop.post(wxOrder, shopper, oneShoe, { 'idempotency-key': 'k'.repeat(255) })).json.status,
      200,
    )
  })

  for (const count of [10, 30]) {
    test(`posted ${count} times at once, through ${count} instances, is one order and one answer for all`, async () => {
      const shopper = shop.shopper()
      const replies = await Promise.all(
        instances(count).map((each) =>
          shop.post(each, shopper, oneShoe, { 'idempotency-key': 'double-click' }),
        ),
      )
      const [first] = replies
      for (const { json } of replies) assert.deepEqual(json.data, first?.json.data, JSON.stringify(json))
      const rows = await shop.ordersOf(shopper)
      assert.equal(rows.length, 1)
      assert.equal(shop.asked(String(rows[0]?.out_trade_no)).length, 1)
      const lines = await shop.database.query('SELECT * FROM order_item WHERE order_id = ?', [rows[0]?.id])
      assert.equal(lines.length, 1)
    })
  }

  for (const [how, fault] of Object.entries({
    'said SYSTEMERROR twice': { kind: 'SYSTEMERROR', times: 2 },
    'answered HTTP 500 at both hosts': { kind: 'http500', times: 2 },
    'reset the connection before it worked': { kind: 'reset', times: 1 },
    'accepted it and reset the connection': { kind: 'replyLost', times: 1 },
    'accepted it and answered garbage': { kind: 'garbage', afterWork: true, times: 1 },
    'accepted it and signed its answer wrongly': { kind: 'wrongSignature', times: 1 },
  } as const)) {
    test(`gets the same order after WeChat ${how} the first time`, async () => {
      const shopper = shop.shopper()
      const key = { 'idempotency-key': 'again' }
      shop.wechat.faults.add({ on: 'unifiedorder', ...fault })
      const failed = await shop.post(wxOrder, shopper, oneShoe, key)
      shop.wechat.faults.clear()
      assert.ok([502, 1050].includes(Number(failed.json.status)), failed.body)
      const second = await shop.post(loadFunction('wxOrder'), shopper, oneShoe, key)
      assert.equal(second.json.status, 200, second.body)
      const rows = await shop.ordersOf(shopper)
      assert.equal(rows.length, 1)
      const { out_trade_no, code_url } = second.json.data as OrderData
      assert.equal(rows[0]?.out_trade_no, out_trade_no)
      assert.equal(shop.wechat.orders.get(out_trade_no)?.codeUrl, code_url)
      // Identical parameters each time: WeChat would refuse anything else.
      const sent = shop
        .asked(out_trade_no)
        .map(({ fields: { nonce_str: _n, sign: _s, ...fields } }) => fields)
      for (const fields of sent) assert.deepEqual(fields, sent[0])
    })
  }
})

test('admits 20 new orders of one user a minute, then answers 429 with Retry-After', async () => {
  await shop.with({ RATE_LIMIT: 'on' }, async () => {
    const shopper = shop.shopper()
    const key = { 'idempotency-key': 'first' }
    const first = await shop.post(wxOrder, shopper, oneShoe, key)
    for (let i = 1; i < 20; i++) assert.equal((await shop.post(wxOrder, shopper, oneShoe)).json.status, 200)
    const { statusCode, json, headers } = await shop.post(loadFunction('wxOrder'), shopper, oneShoe)
    assert.equal(statusCode, 429)
    assert.equal(json.status, 429)
    const wait = Number(headers['Retry-After'])
    assert.ok(wait >= 1 && wait <= 60, `${wait}`)
    assert.equal((await shop.ordersOf(shopper)).length, 20)
    // Repeating or paying an order that exists is no new order, and other users are not held up.
    assert.deepEqual((await shop.post(wxOrder, shopper, oneShoe, key)).json.data, first.json.data)
    const { out_trade_no } = first.json.data as OrderData
    assert.equal((await shop.post(wxOrder, shopper, { out_trade_no })).json.status, 200)
    assert.equal((await shop.post(wxOrder, shop.shopper(), oneShoe)).json.status, 200)
  })
})

test('admits exactly 20 of 30 that come at once', async () => {
  await shop.with({ RATE_LIMIT: 'on' }, async () => {
    const shopper = shop.shopper()
    // Connected beforehand, and refused by WeChat, so that no picture is drawn: only the limit is at work.
    const crowd = instances(30)
    await Promise.all(crowd.map((each) => shop.post(each, shopper, { out_trade_no: 'nothing' })))
    const disarm = shop.wechat.faults.add({ on: 'unifiedorder', kind: 'error', errCode: 'NOAUTH' })
    const replies = await Promise.all(crowd.map((each) => shop.post(each, shopper, oneShoe)))
    disarm()
    const statuses = replies.map(({ json }) => json.status)
    assert.equal(statuses.filter((status) => status === 1050).length, 20, statuses.join())
    assert.equal(statuses.filter((status) => status === 429).length, 10, statuses.join())
    assert.equal((await shop.ordersOf(shopper)).length, 20)
  })
})

test('posted 30 times at once with one key, the limit of 20 a minute does not stand in the way', async () => {
  await shop.with({ RATE_LIMIT: 'on' }, async () => {
    const shopper = shop.shopper()
    const replies = await Promise.all(
      instances(30).map((each) => shop.post(each, shopper, oneShoe, { 'idempotency-key': 'k' })),
    )
    const numbers = new Set(replies.map(({ json }) => (json.data as OrderData | undefined)?.out_trade_no))
    assert.equal(numbers.size, 1, replies.map(({ json }) => json.status).join())
    assert.ok(!numbers.has(undefined))
  })
})

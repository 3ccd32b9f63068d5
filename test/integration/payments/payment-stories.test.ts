/** Things that happen in an order which nobody planned: one wrong step in any of them costs somebody money. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import { assertAcknowledged, assertRefused } from '../../helpers/notify-answers.ts'
import {
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShop,
  type Shopper,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import { type Cue, type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'
import type { Params } from '../../helpers/wechat-client.ts'

let shop: PayShop
let scripted: ScriptedWechat
let wxOrder: MainHandler
let wxNotify: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
  wxNotify = loadFunction('wxNotify')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

const oneShoe = { items: [{ productId: 1, quantity: 1 }] }
const key = { 'idempotency-key': 'checkout' }

async function placed(headers: Record<string, string> = {}) {
  const shopper = shop.shopper()
  const { json } = await shop.post(wxOrder, shopper, oneShoe, headers)
  return { shopper, ...(json.data as OrderData) }
}

/** Does something while WeChat says these lines. */
function whileWechatSays<T>(lines: Cue[], work: () => Promise<T>): Promise<T> {
  scripted.says(...lines)
  return shop.with(scripted.env, work)
}

const ask = (name: 'queryOrder' | 'closeOrder', { token }: Shopper, out_trade_no: string): Promise<Reply> =>
  call(loadFunction(name), { path: `/${name}`, body: { out_trade_no }, token })

const stateOf = async (outTradeNo: string) => (await shop.order(outTradeNo)).trade_state

const notified = async (fields: Params) => assertAcknowledged(await sendNotify(wxNotify, signedXml(fields)))

const verdicts = async (outTradeNo: string) =>
  (await shop.events(outTradeNo)).map(({ source, verdict }) => `${source} ${verdict}`)

describe('a notify that arrives', () => {
  test('while the order is still being made at WeChat makes it a paid one, for the repetition, too', async () => {
    const shopper = shop.shopper()
    const reply = await whileWechatSays(
      [
        async ({ out_trade_no = '', total_fee }) => {
          await notified(notifyFields({ out_trade_no, total_fee: Number(total_fee) }))
          return {
            prepay_id: 'wx201411101639507cbf6ffd8b0779950874',
            code_url: 'weixin://wxpay/bizpayurl?pr=x',
          }
        },
      ],
      () => shop.post(wxOrder, shopper, oneShoe, key),
    )
    assert.equal(reply.json.status, 1051, reply.body)
    const [row, ...more] = await shop.ordersOf(shopper)
    assert.equal(more.length, 0)
    assert.equal(row?.trade_state, 'SUCCESS')
    assert.equal((await shop.post(wxOrder, shopper, oneShoe, key)).json.status, 1051)
    assert.equal((await shop.ordersOf(shopper)).length, 1)
  })

  test('for an order whose code never reached the shop settles it all the same', async () => {
    const shopper = shop.shopper()
    const disarm = shop.wechat.faults.add({ on: 'unifiedorder', kind: 'replyLost' })
    assert.equal((await shop.post(wxOrder, shopper, oneShoe, key)).statusCode, 502)
    disarm()
    const out_trade_no = String((await shop.ordersOf(shopper))[0]?.out_trade_no)
    shop.wechat.pay(out_trade_no)
    assert.ok((await shop.wechat.waitForNotify(out_trade_no)).accepted)
    const again = await shop.post(wxOrder, shopper, oneShoe, key)
    assert.equal(again.json.status, 1051)
    assert.equal((again.json.data as Params).out_trade_no, out_trade_no)
  })

  for (const stale of ['NOTPAY', 'USERPAYING', 'CLOSED', 'REVOKED'])
    test(`while a query is under way is not undone by its older ${stale}`, async () => {
      const { shopper, ...order } = await placed()
      const { out_trade_no } = order
      const line = async () => {
        await notified(notifyFields(order))
        return { out_trade_no, trade_state: stale }
      }
      const { json } = await whileWechatSays([line], () => ask('queryOrder', shopper, out_trade_no))
      assert.equal((json.data as Params).trade_state, 'SUCCESS')
      assert.equal(await stateOf(out_trade_no), 'SUCCESS')
      assert.deepEqual(await verdicts(out_trade_no), ['notify settled', 'query stale'])
    })

  test('after a query has told of its refund changes nothing, and is acknowledged', async () => {
    const { shopper, ...order } = await placed()
    const { out_trade_no } = order
    const fields = notifyFields(order)
    const { return_code: _, result_code: __, ...told } = fields
    await whileWechatSays([{ ...told, trade_state: 'REFUND' }], () =>
      ask('queryOrder', shopper, out_trade_no),
    )
    const before = await shop.order(out_trade_no)
    await notified(fields)
    await notified(fields)
    assert.deepEqual(await shop.order(out_trade_no), before)
    assert.equal(before.trade_state, 'REFUND')
    assert.equal(before.transaction_id, fields.transaction_id)
    assert.deepEqual(await verdicts(out_trade_no), ['query settled', 'notify stale'])
  })

  test('at a shop of another merchant, or with another key, is nobody’s payment there', async () => {
    const { shopper: _, ...order } = await placed()
    const xml = signedXml(notifyFields(order))
    const before = await shop.order(order.out_trade_no)
    for (const [changed, reason] of [
      [{ WX_API_KEY: 'another key, thirty-two bytes 000' }, '签名错误'],
      [{ WX_MCH_ID: '1999999999' }, '商户不符'],
    ] as const) {
      assertRefused(await shop.with(changed, () => sendNotify(wxNotify, xml)), reason)
    }
    assert.deepEqual(await shop.order(order.out_trade_no), before)
  })
})

describe('an Idempotency-Key used again', () => {
  const again = async (by: Shopper, body: unknown = oneShoe) => (await shop.post(wxOrder, by, body, key)).json

  test('after its order was closed is that closed order, not a new one', async () => {
    const { shopper, out_trade_no } = await placed(key)
    await ask('closeOrder', shopper, out_trade_no)
    const { status, data } = await again(shopper)
    assert.equal(status, 1052)
    assert.deepEqual(data, { out_trade_no, trade_state: 'CLOSED', trade_state_desc: '订单已关闭' })
    assert.equal((await again(shopper, { items: [{ productId: 2, quantity: 1 }] })).status, 1010)
    assert.equal((await shop.ordersOf(shopper)).length, 1)
  })

  test('after its order was paid, or refunded, is that order', async () => {
    const { shopper, ...order } = await placed(key)
    const { out_trade_no } = order
    await notified(notifyFields(order))
    assert.equal((await again(shopper)).status, 1051)
    const two = await placed(key)
    const { return_code: _, result_code: __, ...told } = notifyFields(two)
    await whileWechatSays([{ ...told, trade_state: 'REFUND' }], () =>
      ask('queryOrder', two.shopper, two.out_trade_no),
    )
    const { status, data } = await again(two.shopper)
    assert.equal(status, 1051)
    assert.equal((data as Params).trade_state, 'REFUND')
    assert.equal((await shop.ordersOf(shopper))[0]?.out_trade_no, out_trade_no)
  })

  test('after its product became dearer, or was taken off sale, is the order at its price', async () => {
    const { shopper, out_trade_no, total_fee } = await placed(key)
    await shop.database.query('UPDATE product SET price_fen = price_fen + 100, on_sale = 0 WHERE id = 1')
    const { status, data } = await again(shopper)
    await shop.database.query('UPDATE product SET price_fen = price_fen - 100, on_sale = 1 WHERE id = 1')
    assert.equal(status, 200)
    assert.deepEqual(
      [(data as OrderData).out_trade_no, (data as OrderData).total_fee],
      [out_trade_no, total_fee],
    )
  })

  test('after WeChat closed its order by time-out learns of that when the code is renewed', async () => {
    const { shopper, out_trade_no } = await placed(key)
    await shop.age(out_trade_no, 2 * 3600)
    shop.advanceWechat(7 * 24 * 3600_000)
    shop.wechat.orders.list()
    shop.advanceWechat(-7 * 24 * 3600_000)
    assert.equal((await again(shopper)).status, 1052)
    assert.equal(await stateOf(out_trade_no), 'CLOSED')
  })

  test('after the answer to its commit was lost finds the order that was placed', async () => {
    const shopper = shop.shopper()
    const proxy = await startDatabaseProxy(shop.database.url)
    try {
      proxy.onStatement = (sql) => (sql === 'COMMIT' ? 'dropAnswer' : 'pass')
      const lost = await shop.with({ DATABASE_URL: proxy.url }, () =>
        shop.post(loadFunction('wxOrder'), shopper, oneShoe, key),
      )
      // The instance finds out by itself that it had placed the order.
      assert.equal(lost.json.status, 200, lost.body)
    } finally {
      await proxy.close()
    }
    const { status, data } = await again(shopper)
    assert.equal(status, 200)
    const rows = await shop.ordersOf(shopper)
    assert.deepEqual(
      rows.map(({ out_trade_no }) => out_trade_no),
      [(data as OrderData).out_trade_no],
    )
  })
})

describe('closing an order', () => {
  test('while its code is being renewed waits for that: what was handed out cannot be paid', async () => {
    const { shopper, out_trade_no } = await placed()
    await shop.age(out_trade_no, 2 * 3600)
    shop.advanceWechat(2 * 3600_000)
    const disarm = shop.wechat.faults.add({ on: 'unifiedorder', kind: 'slow', delayMs: 300 })
    const [renewed, closed] = await Promise.all([
      shop.post(wxOrder, shopper, { out_trade_no }),
      ask('closeOrder', shopper, out_trade_no),
    ])
    disarm()
    assert.equal(closed.json.status, 200, closed.body)
    assert.ok([200, 1052].includes(Number(renewed.json.status)), renewed.body)
    assert.equal(await stateOf(out_trade_no), 'CLOSED')
    assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
    if (renewed.json.status === 200)
      assert.throws(() => shop.wechat.scan((renewed.json.data as OrderData).code_url), /订单已关闭/)
    shop.advanceWechat(-2 * 3600_000)
  })

  test('does not close one that the same shopper places a moment later', async () => {
    const { shopper, out_trade_no } = await placed()
    const [closed, next] = await Promise.all([
      ask('closeOrder', shopper, out_trade_no),
      shop.buy(wxOrder, shopper),
    ])
    assert.equal(closed.json.status, 200)
    assert.equal(await stateOf(next.out_trade_no), 'NOTPAY')
  })

  test('that WeChat has never heard of, whose request arrives there afterwards, sells nothing', async () => {
    const shopper = shop.shopper()
    // Time runs out here; WeChat gets to it later.
    const late: Params[] = []
    const lost = await whileWechatSays(
      [
        (fields) => {
          late.push(fields)
          return ''
        },
      ],
      () => shop.post(wxOrder, shopper, oneShoe),
    )
    assert.equal(lost.statusCode, 502)
    const out_trade_no = late[0]?.out_trade_no ?? ''
    assert.equal((await ask('closeOrder', shopper, out_trade_no)).json.status, 200)
    const { json } = await shop.post(wxOrder, shopper, { out_trade_no })
    assert.equal(json.status, 1052)
    assert.equal(json.data && (json.data as Params).code_url, undefined)
  })
})

test('of a merchant that the shop was before, an open order is shown as it is stored, and not touched', async () => {
  const { shopper, out_trade_no } = await placed()
  const before = await shop.order(out_trade_no)
  await shop.with({ WX_MCH_ID: '1999999999' }, async () => {
    const { json } = await ask('queryOrder', shopper, out_trade_no)
    assert.equal(json.status, 200)
    assert.equal((json.data as Params).trade_state, 'NOTPAY')
    const closed = await ask('closeOrder', shopper, out_trade_no)
    assert.equal(closed.json.status, 1050)
    assert.equal(closed.json.msg, '收款商户已变更，无法关闭')
  })
  assert.deepEqual(await shop.order(out_trade_no), before)
  assert.deepEqual(await shop.events(out_trade_no), [])
  assert.equal(shop.logs.of('order_of_other_merchant', out_trade_no).length, 2)
  for (const endpoint of ['orderquery', 'closeorder'])
    assert.deepEqual(shop.asked(out_trade_no, endpoint), [])
})

describe('an answer of WeChat without a code that can be scanned is 502, and none is stored:', () => {
  const good = {
    prepay_id: 'wx201411101639507cbf6ffd8b0779950874',
    code_url: 'weixin://wxpay/bizpayurl?pr=x',
  }
  const bad: [what: string, changes: Params][] = [
    ['a web address', { code_url: 'https://example.com/pay?pr=x' }],
    ['a script', { code_url: 'javascript:alert(1)' }],
    ['nothing', { code_url: '' }],
    ['in other letters', { code_url: 'WEIXIN://wxpay/bizpayurl?pr=x' }],
    ['too long to keep', { code_url: `weixin://${'x'.repeat(256)}` }],
    ['without its number', { prepay_id: '' }],
    ['with too long a number', { prepay_id: 'x'.repeat(65) }],
  ]
  for (const [what, changes] of bad)
    test(what, async () => {
      const shopper = shop.shopper()
      const reply = await whileWechatSays([{ ...good, ...changes }], () =>
        shop.post(wxOrder, shopper, oneShoe),
      )
      assert.equal(reply.statusCode, 502)
      assert.ok(!reply.body.includes('example.com') && !reply.body.includes('script'))
      const [row] = await shop.ordersOf(shopper)
      assert.deepEqual([row?.trade_state, row?.code_url, row?.prepay_id], ['NOTPAY', null, null])
      const { json } = await shop.post(wxOrder, shopper, { out_trade_no: row?.out_trade_no })
      assert.equal(json.status, 200)
    })
})

test('a body that wants to be more than JSON orders what it says, at the price of the shop', async () => {
  const shopper = shop.shopper()
  for (const body of [
    '{"__proto__":{"total_fee":1},"items":[{"productId":1,"quantity":1}]}',
    '{"constructor":{"prototype":{"price_fen":1}},"items":[{"productId":1,"quantity":1}]}',
    '{"items":[{"productId":1,"quantity":1,"__proto__":{"priceFen":1}}]}',
    '{"items":[{"productId":1,"quantity":1}],"items":[{"productId":1,"quantity":1}]}',
    '{"items":[{"productId":"1","quantity":"1"}],"user_id":1,"trade_state":"SUCCESS","transaction_id":"x"}',
  ]) {
    const { json } = await shop.post(wxOrder, shopper, body, { 'content-type': 'application/json' })
    assert.equal(json.status, 200, body)
    assert.equal((json.data as OrderData).total_fee, 49_900)
  }
  for (const row of await shop.ordersOf(shopper)) {
    assert.deepEqual([row.trade_state, row.transaction_id, row.total_fee], ['NOTPAY', null, 49_900])
  }
  const forged = await shop.post(wxOrder, shopper, '{"__proto__":{"body":"x","total_fee":1}}', {
    'content-type': 'application/json',
  })
  assert.equal(forged.json.status, 1010)
})

/** Defects of other shops, each named by where it was reported or read: prices, numbers, owners, closing, giving back. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { BillParser } from '#shared/payment/gateway/wechat-v2'
import { call, httpEvent, loadFunction, type MainHandler, scfContext } from '../../helpers/functions.ts'
import type { OrderData } from '../../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { functionFolders } from '../../helpers/source-tree.ts'
import vectors from '../../vectors/wechatpay-vectors.json' with { type: 'json' }

let shop: RefundShop
let wxOrder: MainHandler
let queryOrder: MainHandler
let closeOrder: MainHandler

before(async () => {
  shop = await openRefundShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
  queryOrder = loadFunction('queryOrder')
  closeOrder = loadFunction('closeOrder')
})
after(() => shop.close())

const shoe = { items: [{ productId: 1, quantity: 1 }] }

describe('who sets the price', () => {
  test('mall#998, newbee-mall-plus#5, hioshop freightPrice: the amount a client names is ignored', async () => {
    const { json } = await shop.post(wxOrder, shop.shopper(), {
      items: [{ productId: 1, quantity: 1, price: 1, price_fen: 1, total_fee: 1 }],
      total_fee: 1,
      totalAmount: 0.01,
      freightPrice: -400,
      body: 'cheap',
    })
    assert.equal(json.status, 200)
    const data = json.data as OrderData
    assert.equal(data.total_fee, 49_900)
    assert.equal(shop.wechat.orders.get(data.out_trade_no)?.totalFee, 49_900)
  })

  test('mall#998, cloudbase template: where prices are the server’s (prod), a client’s price is refused', async () => {
    await shop.with({ CLIENT_PRICED_ORDERS: 'deny' }, async () => {
      const { json } = await shop.post(wxOrder, shop.shopper(), { body: 'shoe', total_fee: 1 })
      assert.equal(json.status, 1010)
    })
  })

  test('nideshop, hioshop, weixin-java-tools#248, better-wechatpay#2: 19.99 yuan is 1999 fen', async () => {
    for (const [yuan, fen] of [
      ['19.99', 1999],
      ['19.90', 1990],
      ['1.15', 115],
      ['8.20', 820],
    ] as const) {
      await shop.database.query('UPDATE product SET price_fen = ? WHERE id = 3', [fen])
      const feed = await call(loadFunction('homeFeeds'), { path: '/sports' })
      const shown = (feed.json.data as { id: number; price: number }[]).find(({ id }) => id === 3)
      assert.equal(shown?.price, Number(yuan))
      const { total_fee } = await shop.buy(wxOrder, shop.shopper(), {
        items: [{ productId: 3, quantity: 1 }],
      })
      assert.equal(total_fee, fen)
    }
  })

  test('mall4j: the same product in two lines counts in both', async () => {
    const { total_fee } = await shop.buy(wxOrder, shop.shopper(), {
      items: [
        { productId: 1, quantity: 1 },
        { productId: 1, quantity: 2 },
      ],
    })
    assert.equal(total_fee, 3 * 49_900)
  })
})

describe('numbers and times', () => {
  test('litemall: two orders never share a number, and a key of the database sees to it', async () => {
    const by = shop.shopper()
    const numbers = new Set<string>()
    for (let n = 0; n < 10; n++) numbers.add((await shop.buy(wxOrder, by)).out_trade_no)
    assert.equal(numbers.size, 10)
    const [number] = numbers
    await assert.rejects(
      shop.database.query(
        `INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee) VALUES ('a', 'b', 'c', ?, 1)`,
        [number],
      ),
      /Duplicate entry/,
    )
  })

  test('nideshop, hioshop: the number begins with the day of the month and the month as people count them', async () => {
    const before = Date.now()
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
    const day = (moment: number) =>
      new Date(moment + 8 * 3_600_000).toISOString().slice(0, 10).replaceAll('-', '')
    assert.ok([day(before), day(Date.now())].includes(out_trade_no.slice(0, 8)))
  })

  test('nideshop add_time: an order is as old as it is, not a thousand times', async () => {
    const before = Date.now()
    const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
    const { created_at } = await shop.order(out_trade_no)
    assert.ok(created_at instanceof Date)
    assert.ok(created_at.getTime() >= before - 1 && created_at.getTime() <= Date.now())
  })
})

describe('whose order it is', () => {
  test('mall#599, mall PR #603, nideshop prepay, hioshop order/update: no route that takes an order number serves another user', async () => {
    const owner = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, owner)
    const asked = () => shop.wechat.calls.filter((each) => each.outTradeNo === out_trade_no).length
    const calls = asked()
    const row = await shop.order(out_trade_no)
    let tried = 0
    for (const name of functionFolders()) {
      const handler = loadFunction(name) as MainHandler & { routes?: readonly TestedRoute[] }
      for (const { method, paths, authorize, permission, schema } of handler.routes ?? []) {
        if (!Object.hasOwn(schema?.describe().keys ?? {}, 'out_trade_no')) continue
        assert.ok(authorize, `${paths[0]} takes an order number from anybody`)
        for (const path of paths) {
          const stranger = shop.shopper()
          const sent = { out_trade_no }
          const reply = await call(handler, {
            method,
            path,
            token: stranger.token,
            ...(method === 'GET' ? { query: sent } : { body: sent }),
          })
          tried++
          // The shop's own people have tokens of their own: a shopper is nobody there.
          if (permission !== undefined) {
            assert.equal(reply.statusCode, 401, path)
            continue
          }
          assert.deepEqual([reply.statusCode, reply.json.status], [200, 1054], path)
          assert.equal(reply.json.data, undefined, path)
          const without = await call(handler, {
            method,
            path,
            ...(method === 'GET' ? { query: sent } : { body: sent }),
          })
          assert.equal(without.statusCode, 401, path)
        }
      }
    }
    assert.ok(tried >= 7, `${tried} routes`)
    assert.deepEqual(await shop.order(out_trade_no), row)
    assert.equal(asked(), calls, 'WeChat was asked for a stranger')
  })

  test('mall#599: a list of orders holds own ones only', async () => {
    await shop.buy(wxOrder, shop.shopper())
    const { json } = await call(loadFunction('orders'), { path: '/orders', token: shop.shopper().token })
    assert.deepEqual(json.data, [])
  })

  test('mall cancelTimeOutOrder, cloudbase refund: what ops run cannot be called over HTTP, by nobody', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { token } = shop.shopper()
    for (const name of ['reconcile', 'bill', 'refund', 'migrate']) {
      for (const path of ['/', `/${name}`]) {
        const event = httpEvent({ method: 'POST', path, token, body: { out_trade_no, json: true } })
        await assert.rejects(loadFunction(name)({ ...event, out_trade_no }, scfContext()), /no URL/, name)
      }
    }
    assert.equal((await shop.refundsOf(out_trade_no)).length, 0)
  })

  test('cloudbase payMiddleware: running on the platform is no proof of who calls', async () => {
    await shop.with({ SCF_RUNTIME: 'Nodejs20.19', TENCENTCLOUD_RUNENV: 'SCF' }, async () => {
      for (const [handler, path] of [
        [wxOrder, '/wx/order'],
        [queryOrder, '/queryOrder'],
        [closeOrder, '/closeOrder'],
      ] as const)
        assert.equal((await call(handler, { path, body: shoe })).statusCode, 401)
    })
  })
})

describe('once, and again', () => {
  test('medusa#13301, #4798, #2948: a double click is one order', async () => {
    const by = shop.shopper()
    const headers = { 'idempotency-key': 'one-click' }
    const instances = Array.from({ length: 3 }, () => loadFunction('wxOrder'))
    const replies = await Promise.all(instances.map((instance) => shop.post(instance, by, shoe, headers)))
    for (const { json, body } of replies) assert.equal(json.status, 200, body)
    const numbers = new Set(replies.map(({ json }) => (json.data as OrderData).out_trade_no))
    assert.equal(numbers.size, 1)
  })

  test('payment-spring-boot#38, pay#284: the same order is paid again with its stored code, not refused as a repeated number', async () => {
    const by = shop.shopper()
    const { out_trade_no, code_url } = await shop.buy(wxOrder, by)
    const again = await shop.buy(wxOrder, by, { out_trade_no })
    assert.deepEqual([again.out_trade_no, again.code_url], [out_trade_no, code_url])
  })

  test('laravel/ideas#713: an order is seen by its owner at once, whatever the replicas know', async () => {
    const by = shop.shopper()
    await shop.with({ DATABASE_REPLICA_URLS: 'mysql://nobody:nothing@127.0.0.1:1/none' }, async () => {
      const { out_trade_no } = await shop.buy(loadFunction('wxOrder'), by)
      const { json } = await call(loadFunction('orders'), { path: '/orders', token: by.token })
      assert.deepEqual(
        (json.data as { out_trade_no: string }[]).map((each) => each.out_trade_no),
        [out_trade_no],
      )
    })
  })
})

test('WxJava#1275: commas in the names of goods do not shift the amounts of a bill', () => {
  const parser = new BillParser()
  const lines = vectors.v2_bill_all.csv.split('\r\n').map((line) => parser.parse(line))
  parser.finish()
  assert.deepEqual(
    lines.filter((line) => line !== undefined).map(({ kind, amountFen }) => [kind, amountFen]),
    [
      ['PAID', 10_000],
      ['REFUND', 10_000],
    ],
  )
})

describe('closing and giving back', () => {
  const close = (token: string, out_trade_no: string) =>
    call(closeOrder, { path: '/closeOrder', body: { out_trade_no }, token })

  test('newbee-mall: a paid order cannot be cancelled and its money forgotten', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.paidOrder({}, shoe, by)
    assert.equal((await close(by.token, out_trade_no)).json.status, 1051)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
  })

  test('seckill#41, mall4j cancelOrders: paid while it is being closed is paid', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, by)
    shop.payQuietly(out_trade_no)
    assert.equal((await close(by.token, out_trade_no)).json.status, 1051)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
  })

  test('every mall compared: an order is closed at WeChat before it is closed here', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.buy(wxOrder, by)
    const disarm = shop.wechat.faults.add({ on: 'closeorder', kind: 'reset' })
    assert.notEqual((await close(by.token, out_trade_no)).json.status, 200)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
    disarm()
    assert.equal((await close(by.token, out_trade_no)).json.status, 200)
    assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
  })

  test('hioshop createRefund: a refund gives money back, it places no order', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    await shop.refund({ out_trade_no })
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
    const placed = shop.wechat.calls.filter(
      (each) => each.endpoint === 'unifiedorder' && each.outTradeNo === out_trade_no,
    )
    assert.equal(placed.length, 1)
  })

  test('ruoyi-vue-pro#1031: a refund that failed is tried again, under its own number', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'NOTENOUGH' })
    const { out_refund_no } = await shop.refund({ out_trade_no })
    disarm()
    await shop.reconcile()
    assert.deepEqual(
      shop.refundsThere(out_trade_no).map((each) => each.outRefundNo),
      [out_refund_no],
    )
  })
})

interface TestedRoute {
  method: 'GET' | 'POST'
  paths: readonly string[]
  authorize?: unknown
  permission?: string
  schema?: { describe(): { keys?: Record<string, unknown> } }
}

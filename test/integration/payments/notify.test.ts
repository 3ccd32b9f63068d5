import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { startGateway } from '../../../scf/emulator/gateway/server.ts'
import { startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { call, httpEvent, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import { assertAcknowledged, assertRefused } from '../../helpers/notify-answers.ts'
import {
  instances,
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShop,
  SUCCESS_XML,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import { fromXml } from '../../helpers/wechat-client.ts'

let shop: PayShop
let wxOrder: MainHandler
let wxNotify: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
  wxNotify = loadFunction('wxNotify')
})
after(() => shop.close())

const buy = (): Promise<OrderData> => shop.buy(wxOrder, shop.shopper())

/** The one row that the journal has about an order. */
async function onlyEvent(outTradeNo: string) {
  const [event, ...more] = await shop.events(outTradeNo)
  assert.ok(event && more.length === 0, JSON.stringify([event, ...more]))
  return { event, told: JSON.parse(String(event.fields)) as Record<string, string> }
}

describe('a valid notify', () => {
  for (const signType of ['MD5', 'HMAC-SHA256'] as const) {
    for (const named of [true, false]) {
      test(`signed with ${signType}, ${named ? 'which it names' : 'unnamed'}, settles its order`, async () => {
        await shop.with({ WX_SIGN_TYPE: signType }, async () => {
          const order = await buy()
          const fields = notifyFields(order, named ? { sign_type: signType } : {})
          assertAcknowledged(await sendNotify(wxNotify, signedXml(fields, signType)))
          const row = await shop.order(order.out_trade_no)
          assert.equal(row.trade_state, 'SUCCESS')
          assert.equal(row.transaction_id, fields.transaction_id)
          assert.equal(row.time_end, fields.time_end)
          assert.equal(row.cash_fee, order.total_fee)
          assert.equal(row.bank_type, 'OTHERS')
          assert.equal(row.fee_type, 'CNY')
          assert.equal(row.is_subscribe, 'N')
          assert.equal(row.openid, fields.openid)
          assert.equal(row.attention, null)
          const { told, event } = await onlyEvent(order.out_trade_no)
          assert.equal(event.source, 'notify')
          assert.equal(event.verdict, 'settled')
          assert.equal(event.state_before, 'NOTPAY')
          assert.equal(event.state_after, 'SUCCESS')
          assert.equal(event.total_fee, order.total_fee)
          assert.equal(event.times, 1)
          const { nonce_str: _, ...kept } = fields
          assert.deepEqual(told, kept)
          assert.equal(shop.logs.of('payment_settled', order.out_trade_no).length, 1)
        })
      })
    }
  }

  test('of WeChat is acknowledged at the first attempt, and no second one comes', async () => {
    const { out_trade_no } = await buy()
    shop.wechat.pay(out_trade_no)
    const delivery = await shop.wechat.waitForNotify(out_trade_no)
    assert.ok(delivery.accepted, delivery.reason)
    assert.equal(delivery.body, SUCCESS_XML)
    await shop.wechat.idle()
    assert.equal(shop.wechat.deliveries(out_trade_no).length, 1)
  })

  test('that is repeated is acknowledged again, counted, and changes nothing', async () => {
    const order = await buy()
    const fields = notifyFields(order)
    assertAcknowledged(await sendNotify(wxNotify, signedXml(fields)))
    const before = await shop.order(order.out_trade_no)
    const again = { ...fields, nonce_str: 'another nonce each time it comes' }
    assertAcknowledged(await sendNotify(wxNotify, signedXml(again)))
    assertAcknowledged(await sendNotify(loadFunction('wxNotify'), signedXml(fields)))
    assert.deepEqual(await shop.order(order.out_trade_no), before)
    const { verdict, times } = (await onlyEvent(order.out_trade_no)).event
    assert.deepEqual({ verdict, times }, { verdict: 'settled', times: 3 })
    assert.equal(shop.logs.of('payment_settled', order.out_trade_no).length, 1)
  })

  test('that arrives 50 times at once, at several instances, settles once and is acknowledged 50 times', async () => {
    const order = await buy()
    const fields = notifyFields(order)
    const notifiers = instances('wxNotify', 4)
    const invocations = await Promise.all(
      Array.from({ length: 50 }, (_, n) => {
        const body = signedXml({ ...fields, nonce_str: `nonce ${n % 10}` })
        return notifiers.invoke(
          httpEvent({ path: '/pay/notify', body, headers: { 'content-type': 'text/xml' } }),
        )
      }),
    )
    for (const { result } of invocations) assertAcknowledged(result as Reply)
    const { verdict, times } = (await onlyEvent(order.out_trade_no)).event
    assert.deepEqual({ verdict, times }, { verdict: 'settled', times: 50 })
    assert.equal((await shop.order(order.out_trade_no)).transaction_id, fields.transaction_id)
    assert.equal(shop.logs.of('payment_settled', order.out_trade_no).length, 1)
  })

  for (const [what, coupons, settlement] of [
    ['a coupon that the merchant bought', [{ type: 'CASH', fee: 4000 }], null],
    [
      'coupons that lower what the merchant gets',
      [
        { type: 'NO_CASH', fee: 900 },
        { type: 'CASH', fee: 100 },
      ],
      49_000,
    ],
    ['nothing but coupons', [{ type: 'CASH', fee: 49_900 }], null],
  ] as const) {
    test(`of a payer who used ${what} settles: cash_fee is not what the order costs`, async () => {
      const { out_trade_no, total_fee } = await buy()
      shop.wechat.pay(out_trade_no, { coupons })
      assert.ok((await shop.wechat.waitForNotify(out_trade_no)).accepted)
      const couponFee = coupons.reduce((sum, { fee }) => sum + fee, 0)
      const row = await shop.order(out_trade_no)
      assert.equal(row.trade_state, 'SUCCESS')
      assert.equal(row.total_fee, total_fee)
      assert.equal(row.cash_fee, total_fee - couponFee)
      assert.equal(row.coupon_fee, couponFee)
      assert.equal(row.settlement_total_fee, settlement)
    })
  }

  test('may have fields that nobody knows yet: they are signed and kept', async () => {
    const order = await buy()
    const fields = notifyFields(order, { a_new_field: '新字段 & <b>', Z9: '0', coupon_id_10: 'x' })
    assertAcknowledged(await sendNotify(wxNotify, signedXml(fields)))
    const { told } = await onlyEvent(order.out_trade_no)
    assert.equal(told.a_new_field, '新字段 & <b>')
    assert.equal(told.Z9, '0')
  })

  test('settles however much is told beside it', async () => {
    const order = await buy()
    const fields = notifyFields(order, { a_new_field: '"'.repeat(40_000) })
    assertAcknowledged(await sendNotify(wxNotify, signedXml(fields)))
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
    const { told } = await onlyEvent(order.out_trade_no)
    assert.match(told.cut ?? '', /^\{"appid":/)
  })

  test('without fee_type, or with an empty one, is in CNY', async () => {
    for (const fee_type of [undefined, '']) {
      const order = await buy()
      const { fee_type: _, ...fields } = notifyFields(order)
      const sent = fee_type === undefined ? fields : { ...fields, fee_type }
      assertAcknowledged(await sendNotify(wxNotify, signedXml(sent)))
      assert.equal((await shop.order(order.out_trade_no)).fee_type, 'CNY')
    }
  })

  test('brings the payer’s openid, which is stored and neither answered nor logged', async () => {
    const shopper = shop.shopper()
    const order = await shop.buy(wxOrder, shopper)
    const openid = 'oUpF8uMEb4qRXf22hE3X68Tsecret'
    assertAcknowledged(await sendNotify(wxNotify, signedXml(notifyFields(order, { openid }))))
    assert.equal((await shop.order(order.out_trade_no)).openid, openid)
    const { out_trade_no } = order
    const { token } = shopper
    const answers = [
      await call(loadFunction('queryOrder'), { path: '/queryOrder', token, body: { out_trade_no } }),
      await call(loadFunction('orders'), { path: '/orders', token }),
      await call(loadFunction('orders'), { path: '/orders', token, query: { out_trade_no } }),
      await call(loadFunction('closeOrder'), { path: '/closeOrder', token, body: { out_trade_no } }),
      await shop.post(wxOrder, shopper, { out_trade_no }),
    ]
    for (const { body } of answers) {
      assert.ok(body.includes(out_trade_no), body)
      assert.ok(!body.includes(openid) && !body.includes('openid'), body)
    }
    assert.ok(!JSON.stringify(shop.logs.entries).includes(openid))
  })
})

describe('while the database', () => {
  test('is silent, WeChat reads FAIL; when it is back, the same instance records and says SUCCESS', async () => {
    const order = await buy()
    const proxy = await startDatabaseProxy(shop.database.url)
    try {
      const handler = loadFunction('wxNotify')
      const xml = signedXml(notifyFields(order))
      await shop.with({ DATABASE_URL: proxy.url }, async () => {
        // It has a connection, which then falls silent.
        assertRefused(
          await sendNotify(handler, signedXml(notifyFields(order, { total_fee: '1' }))),
          '金额不符',
        )
        proxy.freeze()
        assertRefused(await sendNotify(handler, xml), '系统繁忙，请稍后再试')
        assert.equal((await shop.order(order.out_trade_no)).trade_state, 'NOTPAY')
        proxy.thaw()
        assertAcknowledged(await sendNotify(handler, xml))
      })
      assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
    } finally {
      await proxy.close()
    }
  })

  test('is so slow that recording would take too long, WeChat reads FAIL in its five seconds', async () => {
    const proxy = await startDatabaseProxy(shop.database.url)
    const gateway = await startGateway({
      router: () => 'wxNotify',
      functions: new Map([['wxNotify', instances('wxNotify', 1)]]),
    })
    try {
      const WX_NOTIFY_URL = `http://127.0.0.1:${gateway.port}/pay/notify`
      const { out_trade_no } = await shop.with({ WX_NOTIFY_URL }, buy)
      // Each statement takes a second: alone none is too slow.
      proxy.onStatement = () => new Promise((resolve) => setTimeout(resolve, 1000, 'pass'))
      await shop.with({ DATABASE_URL: proxy.url }, async () => {
        shop.wechat.pay(out_trade_no)
        const { status, body, reason } = await shop.wechat.waitForNotify(out_trade_no)
        assert.equal(status, 200, reason)
        assert.deepEqual(fromXml(body), { return_code: 'FAIL', return_msg: '系统繁忙，请稍后再试' })
        assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
        proxy.onStatement = undefined
        await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
      })
      assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
    } finally {
      await gateway.close()
      await proxy.close()
    }
  })

  test('refuses connections, WeChat reads FAIL, and a later notify SUCCESS', async () => {
    const order = await buy()
    const xml = signedXml(notifyFields(order))
    const proxy = await startDatabaseProxy(shop.database.url)
    await proxy.close()
    await shop.with({ DATABASE_URL: proxy.url }, async () => {
      assertRefused(await sendNotify(loadFunction('wxNotify'), xml), '系统繁忙，请稍后再试')
    })
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'NOTPAY')
    assertAcknowledged(await sendNotify(wxNotify, xml))
  })

  test('loses the connection at the commit, nobody is told SUCCESS for what may be lost', async () => {
    for (const fate of ['drop', 'dropAnswer'] as const) {
      const order = await buy()
      const xml = signedXml(notifyFields(order))
      const proxy = await startDatabaseProxy(shop.database.url)
      try {
        proxy.onStatement = (sql) => (sql === 'COMMIT' ? fate : 'pass')
        await shop.with({ DATABASE_URL: proxy.url }, async () => {
          assertRefused(await sendNotify(loadFunction('wxNotify'), xml), '系统繁忙，请稍后再试')
        })
        const { trade_state } = await shop.order(order.out_trade_no)
        assert.equal(trade_state, fate === 'drop' ? 'NOTPAY' : 'SUCCESS')
        assertAcknowledged(await sendNotify(wxNotify, xml))
        assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
      } finally {
        await proxy.close()
      }
    }
  })

  test('has the row locked, WeChat reads FAIL in its five seconds, and SUCCESS once the lock is gone', async () => {
    const { out_trade_no } = await buy()
    const other = await createConnection(shop.database.url)
    try {
      await other.query('START TRANSACTION')
      await other.query('SELECT id FROM payorder WHERE out_trade_no = ? FOR UPDATE', [out_trade_no])
      shop.wechat.pay(out_trade_no)
      const first = await shop.wechat.waitForNotify(out_trade_no)
      assert.equal(first.status, 200, first.reason)
      assert.equal(fromXml(first.body).return_code, 'FAIL')
      assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
      await other.query('ROLLBACK')
      await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
      assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
    } finally {
      await other.end()
    }
  })
})

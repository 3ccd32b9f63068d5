import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { startDatabaseProxy } from '../helpers/database-proxy.ts'
import { call, loadFunction, type MainHandler, type Reply } from '../helpers/functions.ts'
import {
  newTransactionId,
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShop,
  SUCCESS_XML,
  sendNotify,
  signedXml,
} from '../helpers/pay-shop.ts'
import { fromXml } from '../helpers/wechat-client.ts'

let shop: PayShop
let wxOrder: MainHandler
let wxNotify: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' }, notifyInstances: 8 })
  wxOrder = loadFunction('wxOrder')
  wxNotify = loadFunction('wxNotify')
})
after(() => shop.close())

const buy = (): Promise<OrderData> => shop.buy(wxOrder, shop.shopper())

function assertAcknowledged(reply: Reply): void {
  assert.equal(reply.body, SUCCESS_XML)
  assert.equal(reply.statusCode, 200)
  assert.equal(reply.headers['Content-Type'], 'text/xml; charset=utf-8')
}

function assertRefused(reply: Reply, reason: string): void {
  assert.deepEqual(fromXml(reply.body), { return_code: 'FAIL', return_msg: reason })
  assert.equal(reply.statusCode, 200)
  assert.equal(reply.headers['Content-Type'], 'text/xml; charset=utf-8')
}

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
    const { out_trade_no } = await buy()
    shop.wechat.faults.add({
      on: 'notify',
      kind: 'repeat',
      count: 50,
      outTradeNo: out_trade_no,
      times: 1,
    })
    const paid = shop.wechat.pay(out_trade_no)
    await shop.wechat.waitForNotify(out_trade_no, { nth: 50 })
    const deliveries = shop.wechat.deliveries(out_trade_no)
    assert.equal(deliveries.length, 50)
    for (const { body, reason } of deliveries) assert.equal(body, SUCCESS_XML, reason)
    const { verdict, times } = (await onlyEvent(out_trade_no)).event
    assert.deepEqual({ verdict, times }, { verdict: 'settled', times: 50 })
    assert.equal((await shop.order(out_trade_no)).transaction_id, paid.payment?.transactionId)
    assert.equal(shop.logs.of('payment_settled', out_trade_no).length, 1)
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

/** Signed by WeChat, and still not a payment of this order: FAIL, nothing moves, the journal says why. */
describe('a notify whose signature is right is not believed, but journalled, when', () => {
  async function refuses(changes: Record<string, string>, verdict: string, reason: string): Promise<void> {
    const order = await buy()
    const before = await shop.order(order.out_trade_no)
    const xml = signedXml(notifyFields(order, changes))
    assertRefused(await sendNotify(wxNotify, xml), reason)
    assertRefused(await sendNotify(wxNotify, xml), reason)
    assert.deepEqual(await shop.order(order.out_trade_no), before)
    const number = changes.out_trade_no ?? order.out_trade_no
    const events = await shop.database.query<Record<string, unknown>>(
      'SELECT * FROM payment_event WHERE out_trade_no = ? ORDER BY id DESC LIMIT 1',
      [number],
    )
    assert.equal(events[0]?.verdict, verdict)
    assert.equal(events[0]?.times, 2)
    const entry = shop.logs.of(`payment_${verdict}`, number).at(-1)
    assert.equal(entry?.level, verdict === 'not_paid' ? 'warn' : 'error')
    assert.equal(entry?.source, 'notify')
    // The truth may still come.
    assertAcknowledged(await sendNotify(wxNotify, signedXml(notifyFields(order))))
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
  }

  for (const total_fee of [
    '1',
    '49899',
    '49901',
    '0',
    '-49900',
    '049900',
    '499.00',
    '49900.0',
    '4.99e4',
    '+49900',
    '49900 ',
    '0xC2EC',
    '４９９００',
    '99999999999999999999',
    '',
  ])
    test(`its total_fee is ${JSON.stringify(total_fee)} and the order’s 49900`, () =>
      refuses({ total_fee, cash_fee: '49900' }, 'wrong_amount', '金额不符'))

  for (const fee_type of ['USD', 'cny', 'CNY ', 'HKD'])
    test(`its fee_type is ${JSON.stringify(fee_type)}`, () =>
      refuses({ fee_type }, 'wrong_currency', '币种不符'))

  test('it names another appid', () => refuses({ appid: 'wx0000000000000000' }, 'other_merchant', '商户不符'))
  test('it names another merchant', () => refuses({ mch_id: '1999999999' }, 'other_merchant', '商户不符'))
  test('it names no merchant at all', () => refuses({ appid: '', mch_id: '' }, 'other_merchant', '商户不符'))

  test('its order is unknown', () =>
    refuses({ out_trade_no: '20261122000000000000000000' }, 'unknown_order', '订单不存在'))
  test('it names no order', () => refuses({ out_trade_no: '' }, 'unknown_order', '订单不存在'))
  test('its order number only looks like one of ours', async () => {
    const order = await buy()
    await refuses({ out_trade_no: `０${order.out_trade_no.slice(1)}` }, 'unknown_order', '订单不存在')
    await refuses({ out_trade_no: order.out_trade_no.slice(0, -1) }, 'unknown_order', '订单不存在')
    await refuses({ out_trade_no: `${order.out_trade_no}0` }, 'unknown_order', '订单不存在')
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'NOTPAY')
  })

  test('it has no transaction_id', () =>
    refuses({ transaction_id: '' }, 'no_transaction_id', '缺少微信支付订单号'))

  const failed: Record<string, string>[] = [
    { result_code: 'FAIL', err_code: 'SYSTEMERROR' },
    { result_code: '' },
    { result_code: 'success' },
    { return_code: 'FAIL' },
    { return_code: '' },
  ]
  for (const changes of failed)
    test(`it says ${JSON.stringify(changes)}`, () => refuses(changes, 'not_paid', '不是成功的支付'))

  test('its transaction_id belongs to another order', async () => {
    const [one, two] = [await buy(), await buy()]
    const transaction_id = newTransactionId()
    assertAcknowledged(await sendNotify(wxNotify, signedXml(notifyFields(one, { transaction_id }))))
    const before = await shop.order(two.out_trade_no)
    const xml = signedXml(notifyFields(two, { transaction_id }))
    assertRefused(await sendNotify(wxNotify, xml), '微信支付订单号重复')
    const { updated_at: _, ...after } = await shop.order(two.out_trade_no)
    assert.deepEqual({ ...after, updated_at: before.updated_at }, before)
    assert.equal((await onlyEvent(two.out_trade_no)).event.verdict, 'transaction_reused')
    assert.equal(shop.logs.of('payment_transaction_reused', two.out_trade_no).length, 1)
    assert.equal((await shop.order(one.out_trade_no)).transaction_id, transaction_id)
  })
})

test('a notify that failed does not hide the payment that came with the same numbers', async () => {
  const order = await buy()
  const fields = notifyFields(order)
  const failed = signedXml({ ...fields, result_code: 'FAIL' })
  assertRefused(await sendNotify(wxNotify, failed), '不是成功的支付')
  assertAcknowledged(await sendNotify(wxNotify, signedXml(fields)))
  assertRefused(await sendNotify(wxNotify, failed), '不是成功的支付')
  assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
  const events = await shop.events(order.out_trade_no)
  assert.deepEqual(
    events.map(({ verdict, times }) => [verdict, times]),
    [
      ['not_paid', 2],
      ['settled', 1],
    ],
  )
})

test('a notify of an order that was missing settles it when it is back, and the journal says so', async () => {
  const order = await buy()
  const row = await shop.order(order.out_trade_no)
  await shop.database.query('DELETE FROM payorder WHERE id = ?', [row.id])
  const xml = signedXml(notifyFields(order))
  assertRefused(await sendNotify(wxNotify, xml), '订单不存在')
  await shop.database.query('INSERT INTO payorder SET ?', [row])
  assertAcknowledged(await sendNotify(wxNotify, xml))
  assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
  const { verdict, times, state_after } = (await onlyEvent(order.out_trade_no)).event
  assert.deepEqual({ verdict, times, state_after }, { verdict: 'settled', times: 2, state_after: 'SUCCESS' })
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

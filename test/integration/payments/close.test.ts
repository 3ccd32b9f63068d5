import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FaultRule } from '../../../simulators/wechat-pay/index.ts'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import {
  notifyFields,
  openPayShop,
  type PayShop,
  type Shopper,
  SUCCESS_XML,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import { type Line, type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'
import type { Params } from '../../helpers/wechat-client.ts'

let shop: PayShop
let wxOrder: MainHandler
let closeOrder: MainHandler
let scripted: ScriptedWechat

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
  closeOrder = loadFunction('closeOrder')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

const close = ({ token }: Shopper, body: unknown, handler = closeOrder): Promise<Reply> =>
  call(handler, { path: '/closeOrder', body, token })

async function placed() {
  const shopper = shop.shopper()
  const { out_trade_no, code_url } = await shop.buy(wxOrder, shopper)
  return { shopper, out_trade_no, code_url }
}

/** What WeChat was asked since the order was placed. */
const askedToClose = (outTradeNo: string) =>
  shop.wechat.calls
    .filter((each) => each.outTradeNo === outTradeNo && each.endpoint !== 'unifiedorder')
    .map(({ endpoint }) => endpoint)

function assertClosed({ json, statusCode }: Reply, out_trade_no: string): void {
  assert.equal(statusCode, 200)
  assert.equal(json.status, 200)
  assert.equal(json.msg, '订单已关闭')
  assert.deepEqual(json.data, { out_trade_no, trade_state: 'CLOSED', trade_state_desc: '订单已关闭' })
}

describe('closeOrder', () => {
  test('asks WeChat, closes there, then here, and leaves a row that says so', async () => {
    const { shopper, out_trade_no, code_url } = await placed()
    assertClosed(await close(shopper, { out_trade_no }), out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), ['orderquery', 'closeorder'])
    assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
    assert.equal((await shop.order(out_trade_no)).trade_state, 'CLOSED')
    assert.throws(() => shop.wechat.scan(code_url), /订单已关闭/)
    const events = await shop.events(out_trade_no)
    assert.deepEqual(
      events.map(({ source, verdict, state_before, state_after }) => [
        source,
        verdict,
        state_before,
        state_after,
      ]),
      [['close', 'closed', 'NOTPAY', 'CLOSED']],
    )
    assert.equal(shop.logs.of('payment_closed', out_trade_no).length, 1)
  })

  test('of a closed order succeeds again without asking anybody', async () => {
    const { shopper, out_trade_no } = await placed()
    for (let i = 0; i < 3; i++) assertClosed(await close(shopper, { out_trade_no }), out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), ['orderquery', 'closeorder'])
  })

  test('by ten instances at once closes once, and tells all ten', async () => {
    const { shopper, out_trade_no } = await placed()
    const replies = await Promise.all(
      Array.from({ length: 10 }, () => close(shopper, { out_trade_no }, loadFunction('closeOrder'))),
    )
    for (const reply of replies) assertClosed(reply, out_trade_no)
    assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
    assert.equal(askedToClose(out_trade_no).filter((endpoint) => endpoint === 'closeorder').length, 1)
    assert.equal(shop.logs.of('payment_closed', out_trade_no).length, 1)
  })

  test('of somebody else’s order, or one that does not exist, is 1054, and nothing happens', async () => {
    const { out_trade_no } = await placed()
    for (const number of [out_trade_no, '20261122000000000000000000', 'nothing']) {
      const { json, statusCode } = await close(shop.shopper(), { out_trade_no: number })
      assert.equal(statusCode, 200)
      assert.equal(json.status, 1054)
      assert.equal(json.data, undefined)
      assert.deepEqual(askedToClose(number), [])
    }
    assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
  })

  test('refuses with 1010 what is no order number', async () => {
    const shopper = shop.shopper()
    for (const out_trade_no of [undefined, '', null, 'short', 'x'.repeat(33), "' OR 1=1 --", 7, ['x']]) {
      const { json } = await close(shopper, { out_trade_no })
      assert.equal(json.status, 1010, JSON.stringify(out_trade_no))
    }
  })

  test('of an order that WeChat never heard of closes it here, and nobody can pay it any more', async () => {
    const shopper = shop.shopper()
    shop.wechat.faults.add({ on: 'unifiedorder', kind: 'reset', times: 2 })
    await shop.post(wxOrder, shopper, { items: [{ productId: 1, quantity: 1 }] })
    shop.wechat.faults.clear()
    const out_trade_no = String((await shop.ordersOf(shopper))[0]?.out_trade_no)
    assertClosed(await close(shopper, { out_trade_no }), out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), ['orderquery'])
    assert.equal((await shop.post(wxOrder, shopper, { out_trade_no })).json.status, 1052)
    assert.equal(shop.wechat.orders.get(out_trade_no), undefined)
  })

  test('of an order that WeChat closed by time-out takes that over', async () => {
    const { shopper, out_trade_no } = await placed()
    shop.advanceWechat(7 * 24 * 3600_000)
    const reply = await close(shopper, { out_trade_no })
    shop.advanceWechat(-7 * 24 * 3600_000)
    assertClosed(reply, out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), ['orderquery'])
  })
})

describe('a payment that came first wins: closeOrder settles it and says 1051', () => {
  function assertPaid({ json, statusCode }: Reply, out_trade_no: string): void {
    assert.equal(statusCode, 200)
    assert.equal(json.status, 1051)
    assert.equal(json.msg, '订单已支付')
    assert.deepEqual(json.data, { out_trade_no, trade_state: 'SUCCESS', trade_state_desc: '支付成功' })
  }

  test('when it is known here', async () => {
    const { shopper, out_trade_no } = await placed()
    shop.wechat.pay(out_trade_no)
    await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
    assertPaid(await close(shopper, { out_trade_no }), out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), [])
  })

  test('when its notify never came', async () => {
    const { shopper, out_trade_no } = await placed()
    const { payment } = shop.payQuietly(out_trade_no)
    assertPaid(await close(shopper, { out_trade_no }), out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), ['orderquery'])
    const row = await shop.order(out_trade_no)
    assert.equal(row.transaction_id, payment?.transactionId)
    assert.equal(row.attention, null)
  })

  test('when the payer is faster than the close by a moment (ORDERPAID)', async () => {
    const { shopper, out_trade_no } = await placed()
    // WeChat has answered the query with NOTPAY.
    shop.wechat.events.once('call', () => shop.payQuietly(out_trade_no))
    assertPaid(await close(shopper, { out_trade_no }), out_trade_no)
    assert.deepEqual(askedToClose(out_trade_no), ['orderquery', 'closeorder', 'orderquery'])
    assert.equal((await shop.order(out_trade_no)).attention, null)
  })

  test('when its notify arrives between the close at WeChat and the one here', async () => {
    const { shopper, out_trade_no } = await placed()
    const order = await shop.order(out_trade_no)
    scripted.says({ out_trade_no, trade_state: 'NOTPAY' }, async () => {
      const { body } = await sendNotify(loadFunction('wxNotify'), signedXml(notifyFields(order)))
      assert.equal(body, SUCCESS_XML)
      return { result_msg: 'OK' }
    })
    const reply = await shop.with(scripted.env, () => close(shopper, { out_trade_no }))
    assertPaid(reply, out_trade_no)
    const row = await shop.order(out_trade_no)
    assert.equal(row.trade_state, 'SUCCESS')
    assert.equal(row.attention, null)
    const events = await shop.events(out_trade_no)
    assert.deepEqual(
      events.map(({ source, verdict }) => [source, verdict]),
      [
        ['notify', 'settled'],
        ['close', 'stale'],
      ],
    )
  })

  test('also when some of it was given back already', async () => {
    const { shopper, out_trade_no } = await placed()
    const { total_fee } = await shop.order(out_trade_no)
    const { trade_type: _, ...fields } = notifyFields({ out_trade_no, total_fee }, { trade_state: 'REFUND' })
    const { json } = await closeWhile([fields], shopper, out_trade_no)
    assert.equal(json.status, 1051)
    assert.equal((json.data as Params).trade_state, 'REFUND')
  })
})

/** Closes while WeChat says these lines. */
function closeWhile(lines: Line[], by: Shopper, out_trade_no: string): Promise<Reply> {
  scripted.says(...lines)
  return shop.with(scripted.env, () => close(by, { out_trade_no }))
}

describe('the order stays open, with 502, when WeChat', () => {
  const faults: [what: string, fault: FaultRule][] = [
    ['resets the connection of the query', { on: 'orderquery', kind: 'reset' }],
    ['signs its answer to the query wrongly', { on: 'orderquery', kind: 'wrongSignature' }],
    ['answers the query for another merchant', { on: 'orderquery', kind: 'otherMerchant' }],
    ['answers the close with garbage', { on: 'closeorder', kind: 'garbage' }],
    ['answers the close with HTTP 500', { on: 'closeorder', kind: 'http500' }],
    ['closes, and signs that wrongly', { on: 'closeorder', kind: 'wrongSignature' }],
    ['closes, and its answer is lost', { on: 'closeorder', kind: 'replyLost' }],
    ['is silent when it should close', { on: 'closeorder', kind: 'timeout' }],
  ]
  for (const [what, fault] of faults)
    test(`${what}; asked again, it closes`, async () => {
      const { shopper, out_trade_no } = await placed()
      const disarm = shop.wechat.faults.add(fault)
      const { json, statusCode } = await close(shopper, { out_trade_no })
      disarm()
      assert.equal(statusCode, 502)
      assert.equal(json.status, 502)
      assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
      assert.deepEqual(await shop.events(out_trade_no), [])
      assertClosed(await close(shopper, { out_trade_no }), out_trade_no)
      assert.equal(shop.wechat.orders.get(out_trade_no)?.state, 'CLOSED')
    })

  test('closed it, lost the answer, and a payment is what the second attempt finds', async () => {
    const { shopper, out_trade_no } = await placed()
    const disarm = shop.wechat.faults.add({ on: 'closeorder', kind: 'reset' })
    assert.equal((await close(shopper, { out_trade_no })).statusCode, 502)
    disarm()
    shop.payQuietly(out_trade_no)
    assert.equal((await close(shopper, { out_trade_no })).json.status, 1051)
  })
})

describe('the order stays open, with 1050, when', () => {
  async function staysOpen(lines: Line[], msg: RegExp, state = 'NOTPAY'): Promise<Reply> {
    const { shopper, out_trade_no } = await placed()
    const told = lines.map((line) => (typeof line === 'object' ? { out_trade_no, ...line } : line))
    const reply = await closeWhile(told, shopper, out_trade_no)
    assert.equal(reply.statusCode, 200)
    assert.equal(reply.json.status, 1050)
    assert.match(reply.json.msg, msg)
    assert.equal((await shop.order(out_trade_no)).trade_state, state)
    return reply
  }

  test('the payer is just entering a password: nothing is closed at WeChat', async () => {
    const { json } = await staysOpen([{ trade_state: 'USERPAYING' }], /正在支付/, 'USERPAYING')
    assert.equal((json.data as Params).trade_state, 'USERPAYING')
    assert.deepEqual(
      scripted.asked.map(({ endpoint }) => endpoint),
      ['orderquery'],
    )
  })

  test('WeChat says a state that nobody knows, or an amount that cannot be', async () => {
    await staysOpen([{ trade_state: 'ACCEPT' }], /正在支付/)
    const wrong = { trade_state: 'SUCCESS', total_fee: '1', transaction_id: '4200000000000000000000000001' }
    await staysOpen([wrong], /正在支付/)
    assert.deepEqual(
      scripted.asked.map(({ endpoint }) => endpoint),
      ['orderquery'],
    )
  })

  test('WeChat says ORDERPAID and then knows of no payment', async () => {
    const refused = { result_code: 'FAIL', err_code: 'ORDERPAID', err_code_des: '该订单已支付' }
    await staysOpen([{ trade_state: 'NOTPAY' }, refused, { trade_state: 'NOTPAY' }], /正在支付/)
  })

  for (const err_code of ['SYSTEMERROR', 'TRADE_STATE_ERROR', 'NOAUTH'])
    test(`WeChat refuses to close with ${err_code}`, async () => {
      const refused = { result_code: 'FAIL', err_code, err_code_des: '不行' }
      const { json } = await staysOpen([{ trade_state: 'NOTPAY' }, refused], /不行/)
      assert.deepEqual(json.data, { err_code, err_code_des: '不行' })
    })

  test('WeChat refuses the message as a whole: unsigned, it cannot close anything', async () => {
    const unsigned = { return_code: 'FAIL', return_msg: '签名错误', err_code: 'ORDERCLOSED', sign: '' }
    await staysOpen([{ trade_state: 'NOTPAY' }, unsigned], /签名错误/)
    await staysOpen([{ ...unsigned, err_code: 'ORDERNOTEXIST' }], /签名错误/)
  })
})

describe('the order is closed, too, when WeChat', () => {
  for (const err_code of ['ORDERCLOSED', 'ORDERNOTEXIST'])
    test(`says ${err_code} to the close`, async () => {
      const { shopper, out_trade_no } = await placed()
      const refused = { result_code: 'FAIL', err_code, err_code_des: '不行' }
      const lines: Line[] = [{ out_trade_no, trade_state: 'NOTPAY' }, refused]
      assertClosed(await closeWhile(lines, shopper, out_trade_no), out_trade_no)
    })

  test('says that paying failed: it closes what the payer could still try again', async () => {
    const { shopper, out_trade_no } = await placed()
    const lines: Line[] = [{ out_trade_no, trade_state: 'PAYERROR' }, { result_msg: 'OK' }]
    assertClosed(await closeWhile(lines, shopper, out_trade_no), out_trade_no)
  })
})

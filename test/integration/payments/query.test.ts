import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import type { FaultRule } from '../../../simulators/wechat-pay/index.ts'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import { newTransactionId, openPayShop, type PayShop, type Shopper } from '../../helpers/pay-shop.ts'
import {
  type Line,
  type ScriptedWechat,
  signedAnswer,
  startScriptedWechat,
} from '../../helpers/scripted-wechat.ts'
import type { Params } from '../../helpers/wechat-client.ts'

let shop: PayShop
let wxOrder: MainHandler
let queryOrder: MainHandler
let scripted: ScriptedWechat

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
  queryOrder = loadFunction('queryOrder')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

const query = ({ token }: Shopper, body: unknown): Promise<Reply> =>
  call(queryOrder, { path: '/queryOrder', body, token })

/** Asks while WeChat says this. */
function queryWhile(line: Line, by: Shopper, out_trade_no: string): Promise<Reply> {
  scripted.says(line)
  return shop.with(scripted.env, () => query(by, { out_trade_no }))
}

async function placed() {
  const shopper = shop.shopper()
  const { out_trade_no, total_fee } = await shop.buy(wxOrder, shopper)
  return { shopper, out_trade_no, total_fee }
}

/** What orderquery says about a paid order. */
function payment(out_trade_no: string, changes: Params = {}): Params {
  return {
    out_trade_no,
    trade_state: 'SUCCESS',
    trade_state_desc: '支付成功',
    trade_type: 'NATIVE',
    openid: 'oUpF8uMEb4qRXf22hE3X68TekukE',
    is_subscribe: 'N',
    bank_type: 'CMB_CREDIT',
    total_fee: '49900',
    fee_type: 'CNY',
    cash_fee: '49900',
    transaction_id: newTransactionId(),
    time_end: '20261122093245',
    attach: '',
    ...changes,
  }
}

const without = (fields: Params, ...names: string[]): Params =>
  Object.fromEntries(Object.entries(fields).filter(([name]) => !names.includes(name)))

describe('queryOrder', () => {
  test('tells of an unpaid order, and leaves no row about it, however often it is asked', async () => {
    const { shopper, out_trade_no, total_fee } = await placed()
    for (let i = 0; i < 3; i++) {
      const { json, statusCode } = await query(shopper, { out_trade_no, nonce_str: 'the tutorial sends one' })
      assert.equal(statusCode, 200)
      assert.equal(json.status, 200)
      assert.deepEqual(json.data, {
        out_trade_no,
        total_fee,
        trade_state: 'NOTPAY',
        trade_state_desc: '订单未支付',
      })
    }
    assert.equal(shop.asked(out_trade_no, 'orderquery').length, 3)
    assert.deepEqual(await shop.events(out_trade_no), [])
  })

  test('learns of a payment whose notify never came, stores it and shows it, but not the openid', async () => {
    const { shopper, out_trade_no, total_fee } = await placed()
    const { payment } = shop.payQuietly(out_trade_no, { bankType: 'CMB_CREDIT', coupon: 900 })
    const { json, body } = await query(shopper, { out_trade_no })
    const row = await shop.order(out_trade_no)
    assert.deepEqual(json.data, {
      out_trade_no,
      total_fee,
      trade_state: 'SUCCESS',
      trade_state_desc: '支付成功',
      transaction_id: payment?.transactionId,
      time_end: row.time_end,
      cash_fee: total_fee - 900,
      bank_type: 'CMB_CREDIT',
    })
    assert.match(String(row.time_end), /^\d{14}$/)
    assert.equal(row.openid, payment?.openid)
    assert.ok(!body.includes(payment?.openid ?? '?'))
    const [event, ...more] = await shop.events(out_trade_no)
    assert.equal(more.length, 0)
    assert.equal(event?.source, 'query')
    assert.equal(event?.verdict, 'settled')
    assert.equal(shop.logs.of('payment_settled', out_trade_no).length, 1)
  })

  test('of somebody else’s order, or one that does not exist, is 1054, and WeChat is not asked', async () => {
    const { out_trade_no } = await placed()
    for (const number of [out_trade_no, '202611220000000000000000000', 'nothing', '-_|*AZaz09']) {
      const { json, statusCode } = await query(shop.shopper(), { out_trade_no: number })
      assert.equal(statusCode, 200)
      assert.equal(json.status, 1054)
      assert.equal(json.msg, '订单不存在')
      assert.equal(json.data, undefined)
      assert.deepEqual(shop.asked(number, 'orderquery'), [])
    }
  })

  test('refuses with 1010 what is no order number', async () => {
    const shopper = shop.shopper()
    for (const out_trade_no of [
      undefined,
      '',
      null,
      'short',
      'x'.repeat(33),
      "' OR '1'='1",
      '２０２６１１２２０００００',
      20261122000001,
      ['20261122000001'],
      { $ne: '' },
    ]) {
      const { json } = await query(shopper, { out_trade_no })
      assert.equal(json.status, 1010, JSON.stringify(out_trade_no))
      assert.match(json.msg, /[一-龥]/)
    }
  })

  for (const [state, words] of Object.entries({
    NOTPAY: '订单未支付',
    USERPAYING: '用户支付中，需要输入密码',
    PAYERROR: '支付失败(其他原因，如银行返回失败)',
    CLOSED: '订单已关闭',
    REVOKED: '已撤销（刷卡支付）',
  }))
    test(`tells ${state} as WeChat does, and stores it first`, async () => {
      const { shopper, out_trade_no, total_fee } = await placed()
      const told = { out_trade_no, trade_state: state, trade_state_desc: words }
      const { json } = await queryWhile(told, shopper, out_trade_no)
      assert.equal((await shop.order(out_trade_no)).trade_state, state)
      assert.deepEqual(json.data, { ...told, total_fee })
    })

  for (const state of ['SUCCESS', 'REFUND'])
    test(`tells ${state} with what was paid`, async () => {
      const { shopper, out_trade_no } = await placed()
      const told = payment(out_trade_no, { trade_state: state, trade_state_desc: '转入退款' })
      const { json } = await queryWhile(told, shopper, out_trade_no)
      const row = await shop.order(out_trade_no)
      assert.equal(row.trade_state, state)
      assert.equal(row.transaction_id, told.transaction_id)
      assert.deepEqual(json.data, {
        out_trade_no,
        total_fee: 49_900,
        trade_state: state,
        trade_state_desc: '转入退款',
        transaction_id: told.transaction_id,
        time_end: told.time_end,
        cash_fee: 49_900,
        bank_type: 'CMB_CREDIT',
      })
    })

  test('says what it says in its own words when WeChat sends none', async () => {
    const { shopper, out_trade_no } = await placed()
    const { json } = await queryWhile({ out_trade_no, trade_state: 'PAYERROR' }, shopper, out_trade_no)
    assert.equal((json.data as Params).trade_state_desc, '支付失败')
  })

  for (const state of ['SUCCESS', 'REFUND', 'CLOSED', 'REVOKED'])
    test(`does not ask again about an order that is ${state}`, async () => {
      const { shopper, out_trade_no } = await placed()
      const first = await queryWhile(payment(out_trade_no, { trade_state: state }), shopper, out_trade_no)
      scripted.says(payment(out_trade_no, { trade_state: 'NOTPAY' }))
      const second = await shop.with(scripted.env, () => query(shopper, { out_trade_no }))
      assert.deepEqual(second.json.data, first.json.data)
      assert.deepEqual(scripted.asked, [])
    })

  test('asks again about USERPAYING and PAYERROR until it is decided', async () => {
    const { shopper, out_trade_no } = await placed()
    for (const trade_state of ['USERPAYING', 'PAYERROR', 'NOTPAY', 'SUCCESS']) {
      const { json } = await queryWhile(payment(out_trade_no, { trade_state }), shopper, out_trade_no)
      assert.equal((json.data as Params).trade_state, trade_state)
    }
  })
})

/** The stored state is answered, a line is logged, and the truth is learnt at the next question. */
describe('WeChat is not believed, and the stored state is answered, when it', () => {
  async function isNotBelieved(ask: (by: Shopper, number: string) => Promise<Reply>): Promise<void> {
    const { shopper, out_trade_no, total_fee } = await placed()
    shop.payQuietly(out_trade_no)
    const before = await shop.order(out_trade_no)
    const { json, statusCode } = await ask(shopper, out_trade_no)
    assert.equal(statusCode, 200)
    assert.deepEqual(json.data, {
      out_trade_no,
      total_fee,
      trade_state: 'NOTPAY',
      trade_state_desc: '订单未支付',
    })
    assert.equal(json.status, 200)
    assert.deepEqual(await shop.order(out_trade_no), before)
    assert.deepEqual(await shop.events(out_trade_no), [])
    const [line, ...more] = shop.logs.of('wechat_unreachable', out_trade_no)
    assert.equal(more.length, 0)
    assert.equal(line?.level, 'warn')
    assert.equal(typeof line?.reason, 'string')
    const later = await query(shopper, { out_trade_no })
    assert.equal((later.json.data as Params).trade_state, 'SUCCESS')
  }

  const faults: [what: string, fault: Omit<FaultRule, 'on'>][] = [
    ['signs wrongly', { kind: 'wrongSignature' }],
    ['speaks of another merchant', { kind: 'otherMerchant' }],
    ['answers garbage', { kind: 'garbage' }],
    ['answers HTTP 500', { kind: 'http500' }],
    ['resets the connection', { kind: 'reset' }],
    ['loses its answer', { kind: 'replyLost' }],
    ['says SYSTEMERROR again and again', { kind: 'SYSTEMERROR' }],
    ['hangs', { kind: 'timeout' }],
  ]
  for (const [what, fault] of faults)
    test(what, () =>
      isNotBelieved(async (shopper, out_trade_no) => {
        const disarm = shop.wechat.faults.add({ on: 'orderquery', ...fault })
        const reply = await query(shopper, { out_trade_no })
        disarm()
        return reply
      }),
    )

  test('is not there at all', () =>
    isNotBelieved(async (shopper, out_trade_no) => {
      await shop.wechat.faults.host('primary', 'refuse')
      await shop.wechat.faults.host('backup', 'refuse')
      const reply = await query(shopper, { out_trade_no })
      await shop.wechat.faults.host('primary', 'up')
      await shop.wechat.faults.host('backup', 'up')
      return reply
    }))

  const lies: [what: string, lie: (genuine: Params) => Line][] = [
    ['speaks of another order', (told) => ({ ...told, out_trade_no: '20261122000000000000000000' })],
    ['speaks of no order', (told) => without(told, 'out_trade_no')],
    ['signs with another algorithm', (told) => signedAnswer(told, 'HMAC-SHA256')],
    ['names another algorithm', (told) => signedAnswer({ ...told, sign_type: 'HMAC-SHA256' })],
    ['does not sign', (told) => ({ ...told, sign: '' })],
    ['names another appid', (told) => ({ ...told, appid: 'wx0000000000000000' })],
    ['names another mch_id', (told) => ({ ...told, mch_id: '1999999999' })],
    ['says no return_code', (told) => ({ ...told, return_code: '' })],
    [
      'says an element twice',
      (told) => signedAnswer(told).replace('<xml>', '<xml><trade_state>X</trade_state>'),
    ],
    ['brings a DOCTYPE', (told) => `<!DOCTYPE xml>${signedAnswer(told)}`],
    ['ends too early', (told) => signedAnswer(told).slice(0, -1)],
    ['sends a web page', () => '<html><body>502 Bad Gateway</body></html>'],
    ['sends nothing', () => ''],
    ['sends more than it ever would', (told) => signedAnswer({ ...told, attach: 'x'.repeat(70_000) })],
  ]
  for (const [what, lie] of lies)
    test(what, () =>
      isNotBelieved((shopper, out_trade_no) => queryWhile(lie(payment(out_trade_no)), shopper, out_trade_no)),
    )
})

describe('a signed answer that cannot be true settles nothing and is journalled:', () => {
  const cases: [what: string, changes: Params, verdict: string][] = [
    ['another amount', { total_fee: '1' }, 'wrong_amount'],
    ['no amount', { total_fee: '' }, 'wrong_amount'],
    ['another currency', { fee_type: 'USD' }, 'wrong_currency'],
    ['no transaction', { transaction_id: '' }, 'no_transaction_id'],
  ]
  for (const [what, changes, verdict] of cases)
    test(`${what} (${verdict})`, async () => {
      const { shopper, out_trade_no } = await placed()
      const before = await shop.order(out_trade_no)
      const told = payment(out_trade_no, changes)
      const { json } = await queryWhile(told, shopper, out_trade_no)
      assert.equal((json.data as Params).trade_state, 'NOTPAY')
      assert.deepEqual(await shop.order(out_trade_no), before)
      const events = await shop.events(out_trade_no)
      assert.deepEqual(
        events.map(({ source, verdict }) => [source, verdict]),
        [['query', verdict]],
      )
      assert.equal(shop.logs.of(`payment_${verdict}`, out_trade_no)[0]?.level, 'error')
    })

  for (const trade_state of ['ACCEPT', 'success', 'SUCCESS ', 'PAID', 'constructor', ''])
    test(`trade_state ${JSON.stringify(trade_state)} decides nothing, and ops hear of it`, async () => {
      const { shopper, out_trade_no } = await placed()
      const { json } = await queryWhile(payment(out_trade_no, { trade_state }), shopper, out_trade_no)
      assert.equal((json.data as Params).trade_state, 'NOTPAY')
      assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
      assert.equal(shop.logs.of('unknown_trade_state', out_trade_no)[0]?.level, 'warn')
    })
})

describe('what WeChat refuses is 1050', () => {
  test('with its err_code and words when it never heard of the order', async () => {
    const shopper = shop.shopper()
    shop.wechat.faults.add({ on: 'unifiedorder', kind: 'reset', times: 2 })
    await shop.post(wxOrder, shopper, { items: [{ productId: 1, quantity: 1 }] })
    shop.wechat.faults.clear()
    const [row] = await shop.ordersOf(shopper)
    const { json, statusCode } = await query(shopper, { out_trade_no: row?.out_trade_no })
    assert.equal(statusCode, 200)
    assert.equal(json.status, 1050)
    assert.equal(json.msg, '订单不存在')
    assert.deepEqual(json.data, { err_code: 'ORDERNOTEXIST', err_code_des: '订单不存在' })
    assert.equal((await shop.order(String(row?.out_trade_no))).trade_state, 'NOTPAY')
  })

  test('and settles nothing, whatever else the refusal says', async () => {
    const { shopper, out_trade_no } = await placed()
    const before = await shop.order(out_trade_no)
    const told = payment(out_trade_no)
    const refused = { ...told, result_code: 'FAIL', err_code: 'NOAUTH', err_code_des: '商户无权限' }
    const signed = await queryWhile(refused, shopper, out_trade_no)
    assert.equal(signed.json.status, 1050)
    assert.deepEqual(signed.json.data, { err_code: 'NOAUTH', err_code_des: '商户无权限' })
    // A refusal of the whole message comes unsigned: anything may be in it.
    const unsigned = { ...told, return_code: 'FAIL', return_msg: '系统繁忙', sign: '' }
    const whole = await queryWhile(unsigned, shopper, out_trade_no)
    assert.equal(whole.json.status, 1050)
    assert.equal(whole.json.msg, '系统繁忙')
    assert.deepEqual(await shop.order(out_trade_no), before)
    assert.deepEqual(await shop.events(out_trade_no), [])
  })
})

test('an order whose sign type was changed while it was open is still learnt of by asking', async () => {
  const { shopper, out_trade_no } = await placed()
  await shop.with({ WX_SIGN_TYPE: 'HMAC-SHA256' }, async () => {
    shop.payQuietly(out_trade_no)
    const { json } = await query(shopper, { out_trade_no })
    assert.equal((json.data as Params).trade_state, 'SUCCESS')
  })
})

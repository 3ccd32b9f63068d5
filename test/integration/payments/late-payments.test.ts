/** Money that nobody expects any more, or that does not fit: where it goes, and how anybody can find out. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { call, loadFunction, type MainHandler, type Reply } from '../../helpers/functions.ts'
import { assertAcknowledged, assertRefused } from '../../helpers/notify-answers.ts'
import { notifyFields, type Shopper, SUCCESS_XML, sendNotify, signedXml } from '../../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'
import type { Params } from '../../helpers/wechat-client.ts'

let shop: RefundShop
let scripted: ScriptedWechat
let wxOrder: MainHandler
let wxNotify: MainHandler

before(async () => {
  shop = await openRefundShop({ env: { RATE_LIMIT: 'off' } })
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
  wxNotify = loadFunction('wxNotify')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

async function placed() {
  const shopper = shop.shopper()
  return { shopper, ...(await shop.buy(wxOrder, shopper)) }
}

/** An order that was closed here while WeChat, which said that it closed it, lets it be paid. */
async function closedHere() {
  const order = await placed()
  const { out_trade_no, shopper } = order
  scripted.says({ out_trade_no, trade_state: 'NOTPAY' }, { result_msg: 'OK' })
  const { json } = await shop.with(scripted.env, () => close(shopper, out_trade_no))
  assert.equal(json.status, 200)
  return order
}

const close = ({ token }: Shopper, out_trade_no: string): Promise<Reply> =>
  call(loadFunction('closeOrder'), { path: '/closeOrder', body: { out_trade_no }, token })

const query = ({ token }: Shopper, out_trade_no: string): Promise<Reply> =>
  call(loadFunction('queryOrder'), { path: '/queryOrder', body: { out_trade_no }, token })

async function show({ token }: Shopper, out_trade_no: string) {
  const { json } = await call(loadFunction('orders'), { path: '/orders', query: { out_trade_no }, token })
  return json.data as { refund_fee: number; history: { event: string }[] }
}

const acknowledges = async (fields: Params) =>
  assertAcknowledged(await sendNotify(wxNotify, signedXml(fields)))

const refuses = async (fields: Params, reason: string) =>
  assertRefused(await sendNotify(wxNotify, signedXml(fields)), reason)

/** The journal in short: who said it, what became of it, from where to where. */
const journal = async (outTradeNo: string) =>
  (await shop.events(outTradeNo)).map(
    ({ source, verdict, state_before, state_after }) => `${source} ${verdict} ${state_before}→${state_after}`,
  )

describe('paid after the order was closed', () => {
  test('is kept, flagged, acknowledged and logged, and the shopper sees a paid order', async () => {
    const { shopper, out_trade_no } = await closedHere()
    const { payment } = shop.wechat.pay(out_trade_no)
    const delivery = await shop.wechat.waitForNotify(out_trade_no)
    assert.equal(delivery.body, SUCCESS_XML)

    const row = await shop.order(out_trade_no)
    assert.equal(row.trade_state, 'SUCCESS')
    assert.equal(row.transaction_id, payment?.transactionId)
    assert.equal(row.attention, 'PAID_AFTER_CLOSE')
    assert.deepEqual(await journal(out_trade_no), [
      'close closed NOTPAY→CLOSED',
      'notify paid_late CLOSED→SUCCESS',
    ])
    const [line, ...more] = shop.logs.of('payment_paid_late', out_trade_no)
    assert.equal(more.length, 0)
    assert.equal(line?.level, 'error')
    assert.equal(line?.transactionId, payment?.transactionId)

    const state = (await query(shopper, out_trade_no)).json.data as Params
    assert.equal(state.trade_state, 'SUCCESS')
    assert.equal(state.transaction_id, payment?.transactionId)
    assert.equal((await close(shopper, out_trade_no)).json.status, 1051)
    assert.equal((await shop.post(wxOrder, shopper, { out_trade_no })).json.status, 1051)
    const { history } = await show(shopper, out_trade_no)
    assert.deepEqual(
      history.map(({ event }) => event),
      ['created', 'closed', 'paid'],
    )
    assert.deepEqual(await shop.refundsOf(out_trade_no), [])
  })

  test('and told again and again is one payment, and one line for ops', async () => {
    const order = await closedHere()
    const fields = notifyFields(order)
    for (let i = 0; i < 3; i++) await acknowledges(fields)
    const events = await shop.events(order.out_trade_no)
    assert.deepEqual(
      events.map(({ verdict, times }) => [verdict, times]),
      [
        ['closed', 1],
        ['paid_late', 3],
      ],
    )
    assert.equal((await shop.order(order.out_trade_no)).attention, 'PAID_AFTER_CLOSE')
    assert.equal(shop.logs.of('payment_paid_late', order.out_trade_no).length, 1)
  })

  test('or after WeChat revoked it is the same', async () => {
    const { shopper, ...order } = await placed()
    const { out_trade_no } = order
    scripted.says({ out_trade_no, trade_state: 'REVOKED' })
    await shop.with(scripted.env, () => query(shopper, out_trade_no))
    await acknowledges(notifyFields(order))
    const { trade_state, attention } = await shop.order(out_trade_no)
    assert.deepEqual([trade_state, attention], ['SUCCESS', 'PAID_AFTER_CLOSE'])
  })

  test('but not what is claimed: amount, currency, merchant and transaction have to be right', async () => {
    const { shopper: _, ...order } = await closedHere()
    const before = await shop.order(order.out_trade_no)
    await refuses(notifyFields(order, { total_fee: '1' }), '金额不符')
    await refuses(notifyFields(order, { fee_type: 'USD' }), '币种不符')
    await refuses(notifyFields(order, { mch_id: '1999999999' }), '商户不符')
    await refuses(notifyFields(order, { transaction_id: '' }), '缺少微信支付订单号')
    await refuses(notifyFields(order, { result_code: 'FAIL' }), '不是成功的支付')
    assert.deepEqual(await shop.order(order.out_trade_no), before)
    assert.deepEqual(await journal(order.out_trade_no), [
      'close closed NOTPAY→CLOSED',
      'notify wrong_amount CLOSED→CLOSED',
      'notify wrong_currency CLOSED→CLOSED',
      'notify other_merchant CLOSED→CLOSED',
      'notify no_transaction_id CLOSED→CLOSED',
      'notify not_paid CLOSED→CLOSED',
    ])
    for (const name of ['wrong_amount', 'wrong_currency', 'other_merchant', 'no_transaction_id'])
      assert.equal(shop.logs.of(`payment_${name}`, order.out_trade_no)[0]?.level, 'error', name)
  })
})

describe('paid twice', () => {
  test('the second payment is kept, flagged, acknowledged and logged; the order shows the first', async () => {
    const { shopper, ...order } = await placed()
    const { out_trade_no } = order
    const [first, second] = [notifyFields(order), notifyFields(order, { openid: 'another payer' })]
    await acknowledges(first)
    await acknowledges(second)
    await acknowledges(second)
    await acknowledges(first)
    const row = await shop.order(out_trade_no)
    assert.equal(row.trade_state, 'SUCCESS')
    assert.equal(row.transaction_id, first.transaction_id)
    assert.equal(row.openid, first.openid)
    assert.equal(row.attention, 'PAID_TWICE')
    const events = await shop.events(out_trade_no)
    assert.deepEqual(
      events.map(({ verdict, transaction_id, total_fee, times }) => [
        verdict,
        transaction_id,
        total_fee,
        times,
      ]),
      [
        ['settled', first.transaction_id, 49_900, 2],
        ['paid_twice', second.transaction_id, 49_900, 2],
      ],
    )
    const [line] = shop.logs.of('payment_paid_twice', out_trade_no)
    assert.equal(line?.level, 'error')
    assert.equal(line?.transactionId, second.transaction_id)
    const state = (await query(shopper, out_trade_no)).json.data as Params
    assert.equal(state.transaction_id, first.transaction_id)
    assert.deepEqual(await shop.refundsOf(out_trade_no), [])
  })

  test('with another amount the second time is not believed', async () => {
    const { shopper: _, ...order } = await placed()
    await acknowledges(notifyFields(order))
    const before = await shop.order(order.out_trade_no)
    await refuses(notifyFields(order, { total_fee: '99800' }), '金额不符')
    assert.deepEqual(await shop.order(order.out_trade_no), before)
  })

  test('of a refunded order leaves it refunded, and is flagged', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    await shop.refund({ out_trade_no })
    await acknowledges(notifyFields({ out_trade_no, total_fee }))
    const { trade_state, attention } = await shop.order(out_trade_no)
    assert.deepEqual([trade_state, attention], ['REFUND', 'PAID_TWICE'])
  })
})

describe('what is paid for no order of ours', () => {
  const nobody = { out_trade_no: '20261122000000000000000000', total_fee: 49_900 }

  test('an unknown one, or another merchant’s, is not acknowledged, but never forgotten', async () => {
    const [unknown, foreign] = [notifyFields(nobody), notifyFields(nobody, { appid: 'wx0000000000000000' })]
    await refuses(unknown, '订单不存在')
    await refuses(unknown, '订单不存在')
    await refuses(foreign, '商户不符')
    const events = await shop.events(nobody.out_trade_no)
    assert.deepEqual(
      events.map(({ verdict, transaction_id, times }) => [verdict, transaction_id, times]),
      [
        ['unknown_order', unknown.transaction_id, 2],
        ['other_merchant', foreign.transaction_id, 1],
      ],
    )
    assert.equal(shop.logs.of('payment_unknown_order', nobody.out_trade_no).length, 2)
    assert.equal(shop.logs.of('payment_other_merchant', nobody.out_trade_no).length, 1)
  })

  test('is not given back by itself: it may be somebody else’s to deliver', async () => {
    await shop.with({ REFUND_LATE_PAYMENTS: 'true' }, () => refuses(notifyFields(nobody), '订单不存在'))
    assert.deepEqual(await shop.refundsOf(nobody.out_trade_no), [])
  })
})

describe('with REFUND_LATE_PAYMENTS=true', () => {
  const switched = { REFUND_LATE_PAYMENTS: 'true' }

  test('what was paid after the close is given back: asked for once, under a fixed number, by reconcile', async () => {
    const { out_trade_no, total_fee } = await closedHere()
    await shop.with(switched, async () => {
      shop.wechat.faults.add({ on: 'notify', kind: 'repeat', count: 6, outTradeNo: out_trade_no })
      shop.wechat.pay(out_trade_no, { coupon: 900 })
      await shop.wechat.waitForNotify(out_trade_no, { nth: 6 })
      shop.wechat.faults.clear()
    })
    for (const { body } of shop.wechat.deliveries(out_trade_no)) assert.equal(body, SUCCESS_XML)
    const paid = await shop.order(out_trade_no)
    assert.deepEqual([paid.trade_state, paid.attention], ['SUCCESS', 'PAID_AFTER_CLOSE'])
    const [wanted, ...more] = await shop.refundsOf(out_trade_no)
    assert.equal(more.length, 0)
    const number = `LATE${paid.transaction_id}`
    assert.equal(wanted?.out_refund_no, number)
    assert.equal(wanted?.refund_fee, total_fee)
    assert.equal(wanted?.origin, 'late')
    assert.deepEqual([wanted?.status, wanted?.refund_id], ['PROCESSING', null])
    // The notify did not wait for it.
    assert.deepEqual(shop.refundsThere(out_trade_no), [])

    await shop.reconcile()
    await shop.reconcile()
    const [there, ...others] = shop.refundsThere(out_trade_no)
    assert.equal(others.length, 0)
    assert.equal(there?.outRefundNo, number)
    assert.equal(there?.refundFee, total_fee)
    assert.equal(shop.refundCalls('refund', number).length, 1)
    assert.equal(shop.refundCalls('refund', number)[0]?.fields.refund_desc, '订单已关闭')
    assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
    shop.wechat.refunds.finish(number)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'SUCCESS')
  })

  test('the second payment of a paid order is given back, and not the first', async () => {
    const { shopper, ...order } = await placed()
    const [first, second] = [notifyFields(order), notifyFields(order)]
    await shop.with(switched, async () => {
      await acknowledges(first)
      await acknowledges(second)
      await acknowledges(second)
    })
    const refunds = await shop.refundsOf(order.out_trade_no)
    assert.deepEqual(
      refunds.map(({ out_refund_no, transaction_id, refund_fee, reason }) => [
        out_refund_no,
        transaction_id,
        refund_fee,
        reason,
      ]),
      [[`LATE${second.transaction_id}`, second.transaction_id, 49_900, '重复支付']],
    )
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
    // To the shopper the order is paid for, and money came back beside it.
    const { refund_fee, history } = await show(shopper, order.out_trade_no)
    assert.equal(refund_fee, 0)
    assert.deepEqual(
      history.map(({ event }) => event),
      ['created', 'paid', 'refund'],
    )
  })

  test('a payment in time is kept', async () => {
    const { out_trade_no } = await placed()
    await shop.with(switched, async () => {
      shop.wechat.pay(out_trade_no)
      await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
    })
    assert.deepEqual(await shop.refundsOf(out_trade_no), [])
  })

  test('what WeChat would not give back any more is kept all the same, and ops hear of it', async () => {
    const { shopper: _, ...order } = await closedHere()
    const { out_trade_no } = order
    const fields = notifyFields(order, { time_end: '20240101120000' })
    await shop.with(switched, () => acknowledges(fields))
    const { trade_state, attention } = await shop.order(out_trade_no)
    assert.deepEqual([trade_state, attention], ['SUCCESS', 'PAID_AFTER_CLOSE'])
    assert.deepEqual(await shop.refundsOf(out_trade_no), [])
    const [line] = shop.logs.of('refund_impossible', out_trade_no)
    assert.equal(line?.level, 'error')
    assert.match(String(line?.reason), /more than a year/)
  })
})

/** Notifies that WeChat has signed, and that are no payments of ours all the same. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { assertAcknowledged, assertRefused } from '../../helpers/notify-answers.ts'
import {
  newTransactionId,
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShop,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'

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
    assert.equal((await shop.events(two.out_trade_no))[0]?.verdict, 'transaction_reused')
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
  const events = await shop.events(order.out_trade_no)
  assert.deepEqual(
    events.map(({ verdict, times, state_after }) => [verdict, times, state_after]),
    [['settled', 2, 'SUCCESS']],
  )
})

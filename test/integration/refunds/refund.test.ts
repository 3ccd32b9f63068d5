/** Refunds that ops ask for: what is made of them, and that a repetition is the same refund. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { call, loadFunction } from '../../helpers/functions.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'

let shop: RefundShop

before(async () => {
  shop = await openRefundShop()
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

describe('a refund of a paid order', () => {
  test('in full gives back what was paid, once, and the order turns REFUND', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const result = await shop.refund({ out_trade_no, reason: '尺码不合适' })

    assert.deepEqual(
      { fee: result.refund_fee, total: result.total_fee, status: result.status, err: result.err_code },
      { fee: total_fee, total: total_fee, status: 'PROCESSING', err: null },
    )
    assert.match(result.refund_id ?? '', /^\d{10,32}$/)
    assert.match(result.out_refund_no, /^RF[0-9a-f]{32}$/)
    const [there] = shop.refundsThere(out_trade_no)
    assert.equal(there?.refundFee, total_fee)
    assert.equal(there?.outRefundNo, result.out_refund_no)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
    const [asked] = shop.refundCalls('refund', result.out_refund_no)
    assert.equal(asked?.fields.refund_desc, '尺码不合适')
    assert.equal(asked?.fields.notify_url, shop.refundNotifyUrl)
    assert.equal(asked?.fields.transaction_id, (await shop.order(out_trade_no)).transaction_id)
  })

  test('in parts adds up to the payment and not to a fen more', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    await shop.refund({ out_trade_no, refund_fee: 1 })
    await shop.aMinuteLater()
    await shop.refund({ out_trade_no, refund_fee: 9_900 })
    await shop.aMinuteLater()
    await assert.rejects(
      shop.refund({ out_trade_no, refund_fee: total_fee - 9_900 }),
      /only 39999 of 49900 fen can still be refunded/,
    )
    // Left out: all that is left.
    const rest = await shop.refund({ out_trade_no })
    assert.equal(rest.refund_fee, total_fee - 9_901)
    await shop.aMinuteLater()
    await assert.rejects(shop.refund({ out_trade_no }), /nothing is left to refund/)
    await assert.rejects(shop.refund({ out_trade_no, refund_fee: 1 }), /only 0 of 49900/)

    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 3 })
  })

  test('of a coupon payer is of the order’s amount; WeChat splits it over cash and coupons', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder({
      coupons: [
        { type: 'CASH', fee: 1_000 },
        { type: 'NO_CASH', fee: 500 },
      ],
    })
    assert.equal((await shop.order(out_trade_no)).cash_fee, total_fee - 1_500)
    const part = await shop.refund({ out_trade_no, refund_fee: 33_333 })
    await shop.aMinuteLater()
    const rest = await shop.refund({ out_trade_no })

    assert.equal(part.refund_fee + rest.refund_fee, total_fee)
    const there = shop.refundsThere(out_trade_no)
    assert.equal(
      there.reduce((sum, { cashRefundFee }) => sum + cashRefundFee, 0),
      total_fee - 1_500,
    )
    shop.wechat.refunds.finish(part.out_refund_no)
    shop.wechat.refunds.finish(rest.out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted', nth: 2 })
    const rows = await shop.refundsOf(out_trade_no)
    assert.deepEqual(
      rows.map(({ status }) => status),
      ['SUCCESS', 'SUCCESS'],
    )
  })

  test('answers in a few readable lines, and in JSON when asked for', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { result } = await shop.functions.refund.invoke({ out_trade_no, refund_fee: 100 })

    assert.equal(typeof result, 'string')
    const lines = String(result).split('\n')
    assert.ok(lines.length <= 4, String(result))
    const [row] = await shop.refundsOf(out_trade_no)
    assert.ok(lines[0]?.includes(row?.out_refund_no ?? '?'))
    assert.match(String(result), /PROCESSING, accepted as \d+/)
    assert.match(String(result), /1\.00 of 499\.00 yuan/)

    const json = await shop.refund({ out_trade_no, out_refund_no: row?.out_refund_no })
    assert.deepEqual(Object.keys(json).sort(), [
      'err_code',
      'err_code_des',
      'out_refund_no',
      'out_trade_no',
      'refund_fee',
      'refund_id',
      'status',
      'total_fee',
    ])
  })

  test('is shown to its shopper by queryOrder and orders', async () => {
    const by = shop.shopper()
    const { out_trade_no } = await shop.paidOrder({}, undefined, by)
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 10_000 })

    const query = await call(loadFunction('queryOrder'), {
      path: '/queryOrder',
      body: { out_trade_no },
      token: by.token,
    })
    assert.equal(query.json.status, 200)
    const data = query.json.data as Record<string, unknown>
    assert.equal(data.trade_state, 'REFUND')
    assert.equal(data.trade_state_desc, '转入退款')
    assert.equal(data.transaction_id, (await shop.order(out_trade_no)).transaction_id)

    const orders = loadFunction('orders')
    const one = async () => {
      const reply = await call(orders, { path: '/orders', query: { out_trade_no }, token: by.token })
      return reply.json.data as {
        trade_state: string
        refund_fee: number
        history: { event: string; text: string }[]
      }
    }
    const started = await one()
    assert.deepEqual([started.trade_state, started.refund_fee], ['REFUND', 10_000])
    assert.deepEqual(
      started.history.map(({ event, text }) => [event, text]),
      [
        ['created', '提交订单'],
        ['paid', '支付成功'],
        ['refund', '退款100.00元，处理中'],
      ],
    )
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal((await one()).history.at(-1)?.text, '退款100.00元，已到账')
  })
})

describe('a refund of an order that was paid twice', () => {
  test('gives back the payment that is named, once; the order stays paid by its own one', async () => {
    const { out_trade_no, total_fee, second } = await shop.paidTwice()
    const { transaction_id } = await shop.order(out_trade_no)
    const result = await shop.refund({ out_trade_no, transaction_id: second })
    assert.deepEqual([result.refund_fee, result.status, result.err_code], [total_fee, 'PROCESSING', null])
    const [asked] = shop.refundCalls('refund', result.out_refund_no)
    assert.equal(asked?.fields.transaction_id, second)
    const row = await shop.order(out_trade_no)
    assert.deepEqual(
      [row.trade_state, row.transaction_id, row.attention],
      ['SUCCESS', transaction_id, 'PAID_TWICE'],
    )
    await shop.aMinuteLater()
    await assert.rejects(shop.refund({ out_trade_no, transaction_id: second }), /nothing is left to refund/)
  })

  test('refuses a payment that the order never had, and a number that belongs to its other payment', async () => {
    const { out_trade_no, second } = await shop.paidTwice()
    const { out_trade_no: other } = await shop.paidOrder()
    const foreign = (await shop.order(other)).transaction_id
    for (const transaction_id of ['4200000000000000000000000000', foreign])
      await assert.rejects(
        shop.refund({ out_trade_no, transaction_id }),
        /was not paid by that transaction_id/,
      )
    for (const transaction_id of [5, '', null, {}])
      await assert.rejects(shop.refund({ out_trade_no, transaction_id }), /transaction_id must be a text/)
    const { out_refund_no } = await shop.refund({ out_trade_no, transaction_id: second, refund_fee: 1 })
    const { transaction_id } = await shop.order(out_trade_no)
    await assert.rejects(
      shop.refund({ out_trade_no, out_refund_no, transaction_id }),
      /belongs to another refund/,
    )
  })
})

describe('the same number again', () => {
  for (const [what, fault] of [
    ['a time-out before WeChat acted', { kind: 'timeout' }],
    ['a time-out after WeChat accepted', { kind: 'timeout', afterWork: true }],
    ['SYSTEMERROR twice', { kind: 'SYSTEMERROR', times: 2 }],
    ['BIZERR_NEED_RETRY twice', { kind: 'error', errCode: 'BIZERR_NEED_RETRY', times: 2 }],
    ['SYSTEMERROR although it was accepted', { kind: 'SYSTEMERROR', afterWork: true, times: 2 }],
    ['an accepted refund whose reply was lost', { kind: 'replyLost' }],
    ['HTTP 500 at both hosts after WeChat accepted', { kind: 'http500', afterWork: true, times: 2 }],
    ['a reply with a wrong signature', { kind: 'wrongSignature' }],
    ['a reply that names another merchant', { kind: 'otherMerchant' }],
    ['a reply that is garbage', { kind: 'garbage' }],
  ] as const) {
    test(`after ${what} is one refund at WeChat`, async () => {
      const { out_trade_no } = await shop.paidOrder()
      const disarm = shop.wechat.faults.add({ on: 'refund', times: 1, ...fault })
      const first = await shop.refund({ out_trade_no, refund_fee: 1_234 })
      disarm()
      assert.deepEqual([first.status, first.refund_id], ['PROCESSING', null])
      assert.notEqual(first.err_code, null)

      const { out_refund_no } = first
      const second = await shop.refund({ out_trade_no, refund_fee: 1_234, out_refund_no })
      assert.equal(second.refund_id, shop.wechat.refunds.get(out_refund_no)?.refundId)
      assert.equal(second.err_code, null)
      const third = await shop.refund({ out_trade_no, out_refund_no })
      assert.deepEqual(third, second)
      assert.deepEqual(await shop.bothSides(out_trade_no), { here: 1_234, there: 1_234, countThere: 1 })
      const numbersSent = new Set(
        shop.wechat.calls
          .filter(
            (each) =>
              each.endpoint === 'refund' &&
              each.fields.transaction_id === shop.wechat.orders.get(out_trade_no)?.payment?.transactionId,
          )
          .map(({ outRefundNo }) => outRefundNo),
      )
      assert.deepEqual([...numbersSent], [out_refund_no])
      assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
    })
  }

  test('of a finished refund says how it ended and asks nobody', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no })
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    const calls = shop.wechat.calls.length
    assert.equal((await shop.refund({ out_trade_no, out_refund_no })).status, 'SUCCESS')
    assert.equal(shop.wechat.calls.length, calls)
  })

  test('is what reconcile uses, too: a refund that was only written here is handed over once', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'reset' })
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 900 })
    disarm()
    assert.equal(shop.wechat.refunds.get(out_refund_no), undefined)
    await shop.reconcile()
    assert.equal(shop.wechat.refunds.get(out_refund_no)?.refundFee, 900)
    await shop.reconcile()
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: 900, there: 900, countThere: 1 })
  })
})

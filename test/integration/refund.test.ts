import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { call, loadFunction } from '../helpers/functions.ts'
import type { OrderData } from '../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../helpers/wechat.ts'

let shop: RefundShop
const numbers = { next: 0 }
/** A number for a refund, as ops choose one. */
const refundNo = () => `R${process.pid}-${++numbers.next}`

before(async () => {
  shop = await openRefundShop()
})
after(() => shop.close())

/** What both sides hold of an order: here the rows, there the refunds, in fen. */
async function bothSides(outTradeNo: string) {
  const here = await shop.refundsOf(outTradeNo)
  const there = shop.refundsThere(outTradeNo)
  return {
    here: here
      .filter(({ status }) => status !== 'CLOSED')
      .reduce((sum, { refund_fee }) => sum + refund_fee, 0),
    there: there
      .filter(({ status }) => status !== 'REFUNDCLOSE')
      .reduce((sum, { refundFee }) => sum + refundFee, 0),
    countThere: there.length,
  }
}

describe('a refund of a paid order', () => {
  test('in full gives back what was paid, once, and the order turns REFUND', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const result = await shop.refund({ out_trade_no, reason: '尺码不合适' })

    assert.deepEqual(
      { fee: result.refund_fee, total: result.total_fee, status: result.status, err: result.err_code },
      { fee: total_fee, total: total_fee, status: 'PROCESSING', err: null },
    )
    assert.match(result.refund_id ?? '', /^\d{10,32}$/)
    assert.match(result.out_refund_no, /^RF\d{27}$/)
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

    assert.deepEqual(await bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 3 })
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

describe('the limits of the protocol, before WeChat is asked', () => {
  let order: OrderData
  before(async () => {
    order = await shop.paidOrder()
  })

  async function isRefusedUnasked(event: Record<string, unknown>, reason: RegExp): Promise<void> {
    const calls = shop.wechat.calls.length
    await assert.rejects(shop.refund(event), reason)
    assert.equal(shop.wechat.calls.length, calls, 'WeChat was asked')
  }

  test('refuses an order that is unknown, unpaid or closed', async () => {
    const wxOrder = loadFunction('wxOrder')
    const unpaid = await shop.buy(wxOrder, shop.shopper())
    const closed = await shop.buy(wxOrder, shop.shopper())
    await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
      closed.out_trade_no,
    ])
    await isRefusedUnasked({ out_trade_no: '20260101000000000000000000' }, /there is no order 2026/)
    await isRefusedUnasked({ out_trade_no: unpaid.out_trade_no }, /is NOTPAY, not paid/)
    await isRefusedUnasked({ out_trade_no: closed.out_trade_no }, /is CLOSED, not paid/)
    assert.equal((await shop.refundsOf(unpaid.out_trade_no)).length, 0)
  })

  test('refuses an event that makes no sense, and says what is wrong with it', async () => {
    const { out_trade_no } = order
    for (const refund_fee of [0, -1, 1.5, '100', null, 1e9, Number.NaN, {}])
      await isRefusedUnasked({ out_trade_no, refund_fee }, /refund_fee must be a whole number of fen/)
    for (const out_refund_no of ['', 'x'.repeat(65), 'no spaces', '中文', "'; --"])
      await isRefusedUnasked({ out_trade_no, out_refund_no }, /out_refund_no must be/)
    for (const reason of ['字'.repeat(27), 'a\nb', 5])
      await isRefusedUnasked({ out_trade_no, reason }, /reason must be/)
    for (const wrong of [undefined, '', 5, {}])
      await isRefusedUnasked({ out_trade_no: wrong }, /out_trade_no is missing/)
    assert.equal((await shop.refundsOf(out_trade_no)).length, 0)
  })

  test('refuses a second refund of the order within a minute', async () => {
    const { out_trade_no } = order
    await shop.refund({ out_trade_no, refund_fee: 1 })
    await isRefusedUnasked({ out_trade_no, refund_fee: 1 }, /less than a minute ago/)
    await shop.aMinuteLater()
    await shop.refund({ out_trade_no, refund_fee: 1 })
  })

  test('refuses the 51st part', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { id, transaction_id, total_fee } = await shop.order(out_trade_no)
    for (let part = 1; part <= 50; part++) {
      // The last of the fifty came back; WeChat counts it all the same.
      await shop.database.query(
        `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, refund_id, total_fee, refund_fee,
           origin, status, created_at, updated_at)
         VALUES (?, ?, ?, ?, ?, ?, 1, 'ops', ?, NOW(3) - INTERVAL 1 HOUR, NOW(3))`,
        [
          id,
          out_trade_no,
          transaction_id,
          refundNo(),
          `50${part}`,
          total_fee,
          part === 50 ? 'CLOSED' : 'SUCCESS',
        ],
      )
    }
    await isRefusedUnasked({ out_trade_no, refund_fee: 1 }, /in 50 parts at most/)
  })

  test('refuses a payment that is older than a year, and takes one of yesterday a year ago', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const agedBy = async (hours: number) => {
      const moment = new Date(Date.now() - hours * 3_600_000 + 8 * 3_600_000)
      const timeEnd = moment.toISOString().replace(/\D/g, '').slice(0, 14)
      await shop.database.query('UPDATE payorder SET time_end = ? WHERE out_trade_no = ?', [
        timeEnd,
        out_trade_no,
      ])
    }
    await agedBy(365 * 24 + 1)
    await isRefusedUnasked({ out_trade_no, refund_fee: 1 }, /more than a year old/)
    await agedBy(365 * 24 - 1)
    assert.equal((await shop.refund({ out_trade_no, refund_fee: 1 })).status, 'PROCESSING')
  })

  test('refuses a number that belongs to another refund', async () => {
    const first = await shop.paidOrder()
    const second = await shop.paidOrder()
    const out_refund_no = refundNo()
    await shop.refund({ out_trade_no: first.out_trade_no, refund_fee: 100, out_refund_no })
    await isRefusedUnasked(
      { out_trade_no: first.out_trade_no, refund_fee: 101, out_refund_no },
      /belongs to another refund/,
    )
    await isRefusedUnasked(
      { out_trade_no: second.out_trade_no, refund_fee: 100, out_refund_no },
      /belongs to another refund/,
    )
    assert.equal((await shop.refundsOf(second.out_trade_no)).length, 0)
  })
})

describe('two refunds at once', () => {
  test('in full: one is made, the other is told that nothing is left', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => shop.refund({ out_trade_no })))
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
  })

  test('in part: one is made', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, () => shop.refund({ out_trade_no, refund_fee: 40_000 })),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await bothSides(out_trade_no), { here: 40_000, there: 40_000, countThere: 1 })
  })

  test('with one number: one refund, and everybody is told of it', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const out_refund_no = refundNo()
    const results = await Promise.all(
      Array.from({ length: 4 }, () => shop.refund({ out_trade_no, refund_fee: 500, out_refund_no })),
    )
    assert.equal(new Set(results.map(({ refund_id }) => refund_id)).size, 1)
    assert.deepEqual(await bothSides(out_trade_no), { here: 500, there: 500, countThere: 1 })
  })

  test('of ops and reconcile: one refund', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'NOTENOUGH', times: 1 })
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
    disarm()
    await Promise.all([
      shop.reconcile(),
      shop.refund({ out_trade_no, out_refund_no }),
      shop.reconcile(),
      shop.refund({ out_trade_no, out_refund_no }),
    ])
    assert.deepEqual(await bothSides(out_trade_no), { here: 700, there: 700, countThere: 1 })
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
      assert.deepEqual(await bothSides(out_trade_no), { here: 1_234, there: 1_234, countThere: 1 })
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
    assert.deepEqual(await bothSides(out_trade_no), { here: 900, there: 900, countThere: 1 })
  })
})

describe('what WeChat refuses', () => {
  for (const errCode of [
    'NOTENOUGH',
    'SYSTEMERROR',
    'INVALID_REQ_TOO_MUCH',
    'FREQUENCY_LIMITED',
    'ERROR',
    'SIGNERROR',
    'SOMETHING_NEW',
  ]) {
    test(`with ${errCode} stays PROCESSING with the reason, and reconcile tries again`, async () => {
      const { out_trade_no } = await shop.paidOrder()
      const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode })
      const first = await shop.refund({ out_trade_no, refund_fee: 800 })
      assert.deepEqual([first.status, first.refund_id, first.err_code], ['PROCESSING', null, errCode])
      assert.ok(shop.childLogs.of('refund_refused', first.out_refund_no).length >= 1)
      assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
      // Its money is spoken for meanwhile.
      await shop.aMinuteLater()
      await assert.rejects(shop.refund({ out_trade_no, refund_fee: 49_900 }), /only 49100 of 49900/)

      await shop.reconcile()
      assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'PROCESSING')
      disarm()
      await shop.reconcile()
      const [row] = await shop.refundsOf(out_trade_no)
      assert.deepEqual([row?.status, row?.err_code], ['PROCESSING', null])
      assert.equal(row?.refund_id, shop.wechat.refunds.get(first.out_refund_no)?.refundId)
      assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
    })
  }

  for (const errCode of ['TRADE_OVERDUE', 'PARAM_ERROR', 'INVALID_TRANSACTIONID', 'ORDERNOTEXIST']) {
    test(`with ${errCode} is CLOSED, and its money is free for another refund`, async () => {
      const { out_trade_no, total_fee } = await shop.paidOrder()
      const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode, times: 1 })
      const first = await shop.refund({ out_trade_no })
      disarm()
      assert.deepEqual([first.status, first.err_code], ['CLOSED', errCode])
      assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
      const report = await shop.reconcile()
      assert.equal(shop.wechat.refunds.get(first.out_refund_no), undefined, JSON.stringify(report))

      const second = await shop.refund({ out_trade_no })
      assert.equal(second.refund_fee, total_fee)
      assert.deepEqual(await bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
    })
  }

  test('because the payer’s account is gone (USER_ACCOUNT_ABNORMAL) is CHANGE: somebody has to arrange it', async () => {
    const { out_trade_no } = await shop.paidOrder()
    shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'USER_ACCOUNT_ABNORMAL', outTradeNo: 'x' })
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'USER_ACCOUNT_ABNORMAL' })
    const { status, err_code, out_refund_no } = await shop.refund({ out_trade_no })
    assert.deepEqual([status, err_code], ['CHANGE', 'USER_ACCOUNT_ABNORMAL'])
    assert.equal(shop.childLogs.of('refund_change', out_refund_no).length, 1)
    // Whoever arranges it by hand has it arranged once.
    await shop.aMinuteLater()
    await assert.rejects(shop.refund({ out_trade_no }), /nothing is left/)
    disarm()
  })
})

describe('how a refund ends', () => {
  test('CHANGE calls for a person, and can still turn SUCCESS', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no })
    shop.wechat.refunds.finish(out_refund_no, 'CHANGE')
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'CHANGE')
    assert.equal(
      shop.logs.entries.filter(
        (entry) => entry.event === 'refund_change' && entry.outRefundNo === out_refund_no,
      ).length,
      1,
    )
    await assert.rejects(shop.refund({ out_trade_no }), /nothing is left/)

    // Arranged in the merchant platform: the notify of it is lost, but ops ask again.
    const there = shop.wechat.refunds.get(out_refund_no)
    assert.ok(there)
    there.status = 'SUCCESS'
    const asked = await shop.refund({ out_trade_no, out_refund_no })
    assert.equal(asked.status, 'SUCCESS')
  })

  test('CHANGE that was arranged is found by reconcile, too', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no })
    const there = shop.wechat.refunds.get(out_refund_no)
    assert.ok(there)
    there.status = 'CHANGE'
    await shop.reconcile()
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'CHANGE')
    there.status = 'SUCCESS'
    await shop.reconcile()
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'SUCCESS')
  })

  test('REFUNDCLOSE is CLOSED here: the money stayed, the order stays REFUND as at WeChat, and can be refunded again', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no })
    shop.wechat.refunds.finish(out_refund_no, 'REFUNDCLOSE')
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'CLOSED')
    await shop.aMinuteLater()
    const again = await shop.refund({ out_trade_no })
    assert.notEqual(again.out_refund_no, out_refund_no)
    assert.deepEqual(await bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 2 })
  })

  test('is followed up by reconcile where the notify never comes', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no })
    shop.wechat.faults.add({ on: 'refundnotify', kind: 'lost', outTradeNo: out_trade_no })
    shop.wechat.refunds.finish(out_refund_no)
    const report = await shop.reconcile()
    assert.ok(report.refundsFinished >= 1)
    const [row] = await shop.refundsOf(out_trade_no)
    assert.equal(row?.status, 'SUCCESS')
    assert.match(String(row?.success_time), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
  })
})

describe('the client certificate', () => {
  test('that is missing fails the invocation with the names of the variables, before anything is written', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const without = shop.child('refund', { WX_CERT_PEM: undefined, WX_KEY_PEM: undefined })
    await assert.rejects(
      shop.refund({ out_trade_no }, without),
      /WX_CERT_PEM is missing; WX_KEY_PEM is missing/,
    )
    assert.equal((await shop.refundsOf(out_trade_no)).length, 0)
  })

  test('may be PEM, PEM in one line with \\n, or PEM in base64', async () => {
    const { certPem, keyPem } = await shop.wechat.secure.clientCertificate()
    const forms: ((pem: string) => string)[] = [
      (pem) => pem,
      (pem) => pem.replaceAll('\n', '\\n'),
      (pem) => Buffer.from(pem).toString('base64'),
    ]
    for (const form of forms) {
      const { out_trade_no } = await shop.paidOrder()
      const fn = shop.child('refund', { WX_CERT_PEM: form(certPem), WX_KEY_PEM: form(keyPem) })
      assert.notEqual((await shop.refund({ out_trade_no }, fn)).refund_id, null)
      await fn.close()
    }
  })

  test('of nobody is refused by WeChat: nothing is refunded, ops hear of it, and the right one completes it', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const other = await shop.wechat.secure.clientCertificate('1999999999')
    const fn = shop.child('refund', { WX_CERT_PEM: other.certPem, WX_KEY_PEM: other.keyPem })
    const first = await shop.refund({ out_trade_no }, fn)
    assert.deepEqual([first.status, first.refund_id], ['PROCESSING', null])
    assert.ok(first.err_code)
    const heard = shop.childLogs.entries.filter(
      ({ level, outRefundNo }) => level === 'error' && outRefundNo === first.out_refund_no,
    )
    assert.equal(heard.length, 1)
    assert.equal(shop.refundsThere(out_trade_no).length, 0)
    const second = await shop.refund({ out_trade_no, out_refund_no: first.out_refund_no })
    assert.notEqual(second.refund_id, null)
  })

  test('that reconcile lacks does not keep it from the orders and refunds that need none, and ops hear of it', async () => {
    const stuck = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'reset' })
    const first = await shop.refund({ out_trade_no: stuck.out_trade_no, refund_fee: 100 })
    disarm()
    const accepted = await shop.paidOrder()
    const second = await shop.refund({ out_trade_no: accepted.out_trade_no, refund_fee: 100 })
    const there = shop.wechat.refunds.get(second.out_refund_no)
    assert.ok(there)
    there.status = 'SUCCESS'

    const without = shop.child('reconcile', { WX_CERT_PEM: undefined, WX_KEY_PEM: undefined })
    await shop.reconcile(without)
    assert.equal((await shop.refundsOf(accepted.out_trade_no))[0]?.status, 'SUCCESS')
    const [row] = await shop.refundsOf(stuck.out_trade_no)
    assert.deepEqual([row?.status, row?.refund_id], ['PROCESSING', null])
    assert.ok(
      shop.childLogs.entries.some(
        ({ level, outRefundNo }) => level === 'error' && outRefundNo === first.out_refund_no,
      ),
    )
    await shop.reconcile()
    assert.notEqual((await shop.refundsOf(stuck.out_trade_no))[0]?.refund_id, null)
  })
})

test('no log line, result or error of a refund holds a key, a certificate or a password', async () => {
  const { certPem, keyPem } = await shop.wechat.secure.clientCertificate()
  const { out_trade_no } = await shop.paidOrder()
  const { result } = await shop.functions.refund.invoke({ out_trade_no, refund_fee: 1 })
  const { error } = await shop.functions.refund.invoke({ out_trade_no, refund_fee: 1 })
  const text = JSON.stringify([shop.childLogs.entries, result, error])
  const password = new URL(shop.database.url).password
  for (const secret of [
    TEST_MERCHANT.apiKey,
    keyPem,
    keyPem.split('\n')[1] ?? '',
    certPem.split('\n')[1] ?? '',
    password,
  ])
    assert.ok(secret.length > 5 && !text.includes(secret))
})

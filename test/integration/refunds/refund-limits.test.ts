/** What is refused before WeChat hears of it, also when two ask at once. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { loadFunction } from '../../helpers/functions.ts'
import type { OrderData } from '../../helpers/pay-shop.ts'
import { newRefundNo, openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'

let shop: RefundShop

before(async () => {
  shop = await openRefundShop()
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

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
          newRefundNo(),
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
    const out_refund_no = newRefundNo()
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
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
  })

  test('in part: one is made', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const outcomes = await Promise.allSettled(
      Array.from({ length: 4 }, () => shop.refund({ out_trade_no, refund_fee: 40_000 })),
    )
    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: 40_000, there: 40_000, countThere: 1 })
  })

  test('with one number: one refund, and everybody is told of it', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const out_refund_no = newRefundNo()
    const results = await Promise.all(
      Array.from({ length: 4 }, () => shop.refund({ out_trade_no, refund_fee: 500, out_refund_no })),
    )
    assert.equal(new Set(results.map(({ refund_id }) => refund_id)).size, 1)
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: 500, there: 500, countThere: 1 })
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
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: 700, there: 700, countThere: 1 })
  })
})

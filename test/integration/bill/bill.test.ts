/** The daily bill against the simulator's: a day without differences, each kind of difference, and healing. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { type BillResult, type BillShop, DAY_MS, openBillShop } from '../../helpers/bill-shop.ts'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { newTransactionId, type OrderData } from '../../helpers/pay-shop.ts'
import { newRefundNo } from '../../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import { beijing } from '../../helpers/wechat-client.ts'

let shop: BillShop
let wxOrder: MainHandler

before(async () => {
  shop = await openBillShop()
  wxOrder = loadFunction('wxOrder')
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

/** As if the shop's clock had stood there, too, when WeChat accepted the refund. */
const acceptedAt = (outRefundNo: string, moment: Date) =>
  shop.database.query('UPDATE refund SET accepted_at = ? WHERE out_refund_no = ?', [moment, outRefundNo])

const kinds = ({ differences }: BillResult) => differences.map(({ kind }) => kind)

describe('a day on which both sides agree', () => {
  test('has no differences: payments, coupons, refunds in part and in full, and what nobody paid', async () => {
    const { day, paidFen, refundedFen } = await shop.onSomeDay(async (day, noon) => {
      const orders: OrderData[] = [
        await shop.paidOrder(),
        await shop.paidOrder({}, { items: [{ productId: 8, quantity: 3 }] }),
        await shop.paidOrder({
          coupons: [
            { type: 'CASH', fee: 1_000 },
            { type: 'NO_CASH', fee: 501 },
          ],
        }),
      ]
      await shop.buy(wxOrder, shop.shopper())
      const part = await shop.refund({ out_trade_no: orders[1]?.out_trade_no, refund_fee: 12_345 })
      const whole = await shop.refund({ out_trade_no: orders[2]?.out_trade_no })
      shop.wechat.refunds.finish(whole.out_refund_no)
      for (const { out_refund_no } of [part, whole]) await acceptedAt(out_refund_no, noon)
      return {
        day,
        paidFen: orders.reduce((sum, { total_fee }) => sum + total_fee, 0),
        refundedFen: part.refund_fee + whole.refund_fee,
      }
    })

    assert.deepEqual(await shop.runBill({ bill_date: day }), {
      bill_date: day,
      lines: 5,
      paid_there_fen: paidFen,
      refunded_there_fen: refundedFen,
      paid_here_fen: paidFen,
      refunded_here_fen: refundedFen,
      healed: 0,
      adopted: 0,
      difference_count: 0,
      differences: [],
    })
    const [run] = await shop.database.query('SELECT * FROM bill_run WHERE bill_date = ?', [day])
    assert.deepEqual(
      [run?.bill_lines, run?.paid_there_fen, run?.refunded_here_fen, run?.differences],
      [5, paidFen, refundedFen, 0],
    )
    assert.equal(await shop.linesOf(day), 5)
  })

  test('without a bill (No Bill Exist) has no lines', async () => {
    const day = await shop.onSomeDay(async (day) => day)
    const report = await shop.runBill({ bill_date: day })
    assert.deepEqual([report.lines, report.difference_count], [0, 0])
  })

  test('is told in one line: lines, sums in fen, differences; and in JSON with nothing secret in it', async () => {
    const { day } = await shop.dayWithPayment()
    shop.logs.clear()
    const text = String(
      await loadFunction('bill')({ date: `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}` }),
    )
    assert.equal(
      text,
      `bill ${day}: 1 lines, paid 499.00 yuan (49900 fen), refunded 0.00 yuan (0 fen), ` +
        'here 499.00 yuan (49900 fen) and 0.00 yuan (0 fen), 0 differences',
    )
    const [line] = shop.logs.of('bill_compared')
    assert.deepEqual([line?.lines, line?.paid_there_fen, line?.differences], [1, 49_900, 0])
    const written = JSON.stringify([text, await shop.runBill({ bill_date: day }), shop.logs.entries])
    for (const secret of [TEST_MERCHANT.apiKey, new URL(shop.database.url).password])
      assert.ok(!written.includes(secret))
  })
})

describe('a payment that WeChat knows and the shop does not', () => {
  test('is healed by asking WeChat: notify and every query had been lost', async () => {
    const { day, paid, late } = await shop.onSomeDay(async (day) => {
      const paid = await shop.buy(wxOrder, shop.shopper())
      const late = await shop.buy(wxOrder, shop.shopper())
      for (const { out_trade_no } of [paid, late]) shop.payQuietly(out_trade_no)
      return { day, paid, late }
    })
    await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
      late.out_trade_no,
    ])
    const report = await shop.runBill({ bill_date: day })
    assert.deepEqual([report.lines, report.healed, report.difference_count], [2, 2, 0])
    assert.equal(report.paid_here_fen, report.paid_there_fen)
    for (const [order, verdict] of [
      [paid, 'settled'],
      [late, 'paid_late'],
    ] as const) {
      assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
      const [event] = await shop.events(order.out_trade_no)
      assert.deepEqual([event?.source, event?.verdict], ['bill', verdict])
    }
  })

  test('is a difference while WeChat cannot be asked, and none any more when a later run healed it', async () => {
    const { day, out_trade_no } = await shop.onSomeDay(async (day) => {
      const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
      shop.payQuietly(out_trade_no)
      return { day, out_trade_no }
    })
    const disarm = shop.wechat.faults.add({ on: 'orderquery', kind: 'garbage' })
    const first = await shop.runBill({ bill_date: day })
    disarm()
    assert.deepEqual([first.healed, kinds(first)], [0, ['paid_there_not_here']])
    assert.deepEqual(
      [first.differences[0]?.out_trade_no, first.differences[0]?.here_fen, first.differences[0]?.there_fen],
      [out_trade_no, null, 49_900],
    )
    assert.equal(shop.logs.of('bill_heal_failed', out_trade_no).length, 1)

    const second = await shop.runBill({ bill_date: day })
    assert.deepEqual([second.healed, second.difference_count], [1, 0])
    assert.deepEqual(await shop.differencesOf(day), [])
  })

  test('of an order that is not here at all is a difference, and in the log', async () => {
    const { day, order } = await shop.dayWithPayment()
    await shop.database.query('DELETE FROM payorder WHERE out_trade_no = ?', [order.out_trade_no])
    shop.logs.clear()
    const report = await shop.runBill({ bill_date: day })
    assert.deepEqual(kinds(report), ['paid_there_not_here'])
    assert.deepEqual(await shop.differencesOf(day), [
      { kind: 'paid_there_not_here', here_fen: null, there_fen: 49_900 },
    ])
    const [line] = shop.logs.of('bill_difference')
    assert.deepEqual(
      [line?.level, line?.kind, line?.out_trade_no],
      ['error', 'paid_there_not_here', order.out_trade_no],
    )
  })

  test('is none when it is the second payment of an order, for the journal knows it', async () => {
    const { day, order } = await shop.dayWithPayment()
    const { transaction_id } = await shop.order(order.out_trade_no)
    await shop.database.query("UPDATE payorder SET transaction_id = 'first' WHERE out_trade_no = ?", [
      order.out_trade_no,
    ])
    await shop.database.query(
      `INSERT INTO payment_event (event_key, source, out_trade_no, transaction_id, trade_state, verdict, fields,
         first_at, last_at) VALUES (?, 'notify', ?, ?, 'SUCCESS', 'paid_twice', '{}', NOW(3), NOW(3))`,
      [newRefundNo(), order.out_trade_no, transaction_id],
    )
    assert.deepEqual(kinds(await shop.runBill({ bill_date: day })), ['missing_there'])
  })
})

describe('other differences of payments', () => {
  test('the amount', async () => {
    const { day, order } = await shop.dayWithPayment()
    await shop.database.query('UPDATE payorder SET total_fee = total_fee - 1 WHERE out_trade_no = ?', [
      order.out_trade_no,
    ])
    const report = await shop.runBill({ bill_date: day })
    assert.deepEqual(await shop.differencesOf(day), [{ kind: 'amount', here_fen: 49_899, there_fen: 49_900 }])
    assert.deepEqual([report.paid_here_fen, report.paid_there_fen], [49_899, 49_900])
  })

  test('paid here and not in the bill, by the day that WeChat named', async () => {
    const { day, order } = await shop.dayWithPayment()
    const invented = await shop.buy(wxOrder, shop.shopper())
    const pay = (timeEnd: string) =>
      shop.database.query(
        "UPDATE payorder SET trade_state = 'SUCCESS', transaction_id = ?, time_end = ? WHERE out_trade_no = ?",
        [newTransactionId(), timeEnd, invented.out_trade_no],
      )
    for (const moment of ['000000', '235959']) {
      await pay(day + moment)
      const report = await shop.runBill({ bill_date: day })
      assert.deepEqual(kinds(report), ['missing_there'], moment)
      assert.equal(report.differences[0]?.out_trade_no, invented.out_trade_no)
    }
    await pay(`${Number(day) + 1}000000`)
    assert.equal((await shop.runBill({ bill_date: day })).difference_count, 0)
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'SUCCESS')
  })

  test('are none of rows of another merchant: they have a bill of their own', async () => {
    const { day, order } = await shop.dayWithPayment()
    const other = await shop.buy(wxOrder, shop.shopper())
    await shop.database.query(
      `UPDATE payorder SET mch_id = 'other', trade_state = 'SUCCESS', transaction_id = ?, time_end = ?
       WHERE out_trade_no = ?`,
      [newTransactionId(), `${day}120000`, other.out_trade_no],
    )
    const report = await shop.runBill({ bill_date: day })
    assert.deepEqual([report.difference_count, report.paid_here_fen], [0, order.total_fee])
  })
})

describe('differences of refunds', () => {
  const dayWithRefund = () =>
    shop.onSomeDay(async (day, noon) => {
      const { out_trade_no } = await shop.paidOrder()
      const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
      await acceptedAt(out_refund_no, noon)
      return { day, noon, out_trade_no, out_refund_no }
    })

  test('given back there, unknown here: adopted when WeChat confirms it, as a refund of the merchant platform', async () => {
    const { day, out_trade_no, out_refund_no } = await dayWithRefund()
    Object.assign(shop.wechat.refunds.get(out_refund_no) ?? {}, { status: 'SUCCESS' })
    await shop.database.query('DELETE FROM refund WHERE out_refund_no = ?', [out_refund_no])
    const disarm = shop.wechat.faults.add({ on: 'refundquery', kind: 'garbage' })
    const first = await shop.runBill({ bill_date: day })
    disarm()
    assert.deepEqual([kinds(first), first.adopted], [['refund_there_not_here'], 0])
    assert.deepEqual(
      [first.differences[0]?.out_refund_no, first.differences[0]?.there_fen],
      [out_refund_no, 700],
    )
    const second = await shop.runBill({ bill_date: day })
    assert.deepEqual([second.difference_count, second.adopted], [0, 1])
    assert.deepEqual([second.refunded_here_fen, second.refunded_there_fen], [700, 700])
    const [row] = await shop.refundsOf(out_trade_no)
    assert.deepEqual([row?.origin, row?.status, row?.refund_fee], ['platform', 'SUCCESS', 700])
  })

  test('given back there, of an order that is not here', async () => {
    const { day, out_trade_no, out_refund_no } = await dayWithRefund()
    await shop.database.query('DELETE FROM refund WHERE out_refund_no = ?', [out_refund_no])
    await shop.database.query('DELETE FROM payorder WHERE out_trade_no = ?', [out_trade_no])
    assert.deepEqual(kinds(await shop.runBill({ bill_date: day })), [
      'paid_there_not_here',
      'refund_there_not_here',
    ])
  })

  test('another amount', async () => {
    const { day, out_refund_no } = await dayWithRefund()
    await shop.database.query('UPDATE refund SET refund_fee = 701 WHERE out_refund_no = ?', [out_refund_no])
    await shop.runBill({ bill_date: day })
    assert.deepEqual(await shop.differencesOf(day), [
      { kind: 'refund_amount', here_fen: 701, there_fen: 700 },
    ])
  })

  /** A refund that was accepted at this moment, as far as the shop knows. */
  async function inventRefund(outTradeNo: string, moment: Date): Promise<void> {
    const { id, transaction_id, total_fee } = await shop.order(outTradeNo)
    await shop.database.query(
      `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, refund_id, total_fee, refund_fee,
         origin, status, accepted_at, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 5, 'ops', 'SUCCESS', ?, ?, ?)`,
      [id, outTradeNo, transaction_id, newRefundNo(), newTransactionId(), total_fee, moment, moment, moment],
    )
  }

  test('given back here, unknown there', async () => {
    const { day, noon, out_trade_no } = await dayWithRefund()
    await inventRefund(out_trade_no, noon)
    await shop.runBill({ bill_date: day })
    assert.deepEqual(await shop.differencesOf(day), [
      { kind: 'refund_missing_there', here_fen: 5, there_fen: null },
    ])
  })

  test('given back here just before midnight is looked for a day later, in both bills', async () => {
    const { day, noon, out_trade_no } = await dayWithRefund()
    await inventRefund(out_trade_no, new Date(noon.getTime() + 12 * 3_600_000 - 1_000))
    const dayAfter = beijing(0, noon.getTime() + DAY_MS).slice(0, 8)
    // Without the bill of its own day, nothing can be said of it.
    assert.equal((await shop.runBill({ bill_date: dayAfter })).difference_count, 0)
    assert.equal((await shop.runBill({ bill_date: day })).difference_count, 0)
    assert.deepEqual(kinds(await shop.runBill({ bill_date: dayAfter })), ['refund_missing_there'])
  })
})

/** The daily bill as a job: again, at once, without an answer, and for which day. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, afterEach, before, describe, test } from 'node:test'
import { type BillShop, openBillShop } from '../../helpers/bill-shop.ts'
import { beijing } from '../../helpers/wechat-client.ts'

let shop: BillShop

before(async () => {
  shop = await openBillShop()
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

describe('a second run for the same day', () => {
  test('finds the same, and stores nothing twice', async () => {
    const { day, order } = await shop.dayWithPayment()
    await shop.database.query('UPDATE payorder SET total_fee = 1 WHERE out_trade_no = ?', [
      order.out_trade_no,
    ])
    const first = await shop.runBill({ bill_date: day })
    for (let time = 2; time <= 3; time++) assert.deepEqual(await shop.runBill({ bill_date: day }), first)
    assert.equal(await shop.linesOf(day), 1)
    assert.equal((await shop.differencesOf(day)).length, 1)
    assert.equal((await shop.database.query('SELECT 1 FROM bill_run WHERE bill_date = ?', [day])).length, 1)
  })

  test('at the same time takes its turn', async () => {
    const { day } = await shop.dayWithPayment()
    const reports = await Promise.all(Array.from({ length: 4 }, () => shop.runBill({ bill_date: day })))
    for (const report of reports) assert.deepEqual([report.lines, report.difference_count], [1, 0])
    assert.equal(await shop.linesOf(day), 1)
  })

  test('that gets no bill fails, and what the first one stored stays', async () => {
    const { day } = await shop.dayWithPayment()
    await shop.runBill({ bill_date: day })
    for (const kind of ['SYSTEMERROR', 'garbage', 'http500', 'replyLost'] as const) {
      const disarm = shop.wechat.faults.add({ on: 'downloadbill', kind })
      await assert.rejects(shop.runBill({ bill_date: day }), /WeChat Pay/, kind)
      disarm()
    }
    assert.equal(await shop.linesOf(day), 1)
  })
})

test('a bill that does not begin to come is not waited for until the platform ends the invocation', async (t) => {
  const { day } = await shop.dayWithPayment()
  shop.wechat.faults.add({ on: 'downloadbill', kind: 'timeout' })
  const asked = once(shop.wechat.events, 'call')
  t.mock.timers.enable({ apis: ['setTimeout'] })
  const run = assert.rejects(shop.runBill({ bill_date: day }), /no answer/)
  await asked
  t.mock.timers.tick(20_000)
  await run
})

describe('the day that is asked for', () => {
  test('is yesterday in Beijing when nobody names one', async () => {
    const calls = shop.wechat.calls.length
    // Before nine in the morning there is no bill yet.
    await shop
      .runBill({ Type: 'Timer', TriggerName: 'timer-bill', Time: '', Message: '' })
      .catch(() => undefined)
    assert.equal(shop.wechat.calls[calls]?.fields.bill_date, beijing(-24 * 60).slice(0, 8))
  })

  test('must be a date', async () => {
    const calls = shop.wechat.calls.length
    for (const bill_date of ['yesterday', '', '2026112', '20261131', '2026-13-01', 20261100, {}])
      await assert.rejects(shop.runBill({ bill_date }), /bill_date must be a day|is not a date/)
    assert.equal(shop.wechat.calls.length, calls)
  })

  test('has no bill yet, or none any more: the run fails instead of missing every payment there', async () => {
    await assert.rejects(shop.runBill({ bill_date: beijing(0).slice(0, 8) }), /No Bill Exist/)
    await assert.rejects(shop.runBill({ bill_date: beijing(24 * 60).slice(0, 8) }), /No Bill Exist/)
    await assert.rejects(shop.runBill({ bill_date: beijing(-100 * 24 * 60).slice(0, 8) }), /No Bill Exist/)
  })

  test('whose bill is being made fails the run, so that the platform reports it', async () => {
    const { day, noon } = await shop.dayWithPayment()
    const eightNextDay = noon.getTime() + 20 * 3_600_000 - Date.now()
    shop.advanceWechat(eightNextDay)
    await assert.rejects(shop.runBill({ bill_date: day }), /Bill Creating/)
    shop.advanceWechat(-eightNextDay)
    assert.equal((await shop.runBill({ bill_date: day })).lines, 1)
  })
})

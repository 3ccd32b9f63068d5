/** Reconcile as a job: runs side by side, without WeChat, out of time, after one that died; refunds; what it sweeps. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { PARALLEL } from '../../../functions/reconcile/batches.ts'
import { loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

const TWO_HOURS_SEC = 2 * 3600

let shop: RefundShop
let wxOrder: MainHandler

before(async () => {
  shop = await openRefundShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
  // Two processes that are ready: whoever has to start one first finds no work left.
  await Promise.all([shop.reconcile(), shop.reconcile()])
})
afterEach(async () => {
  shop.wechat.faults.clear()
  for (const host of ['primary', 'backup'] as const) await shop.wechat.faults.host(host, 'up')
  await shop.database.query('DELETE FROM payorder')
  await shop.database.query('DELETE FROM refund')
})
after(() => shop.close())

/** So many orders that were paid, which nobody told the shop. */
async function quietlyPaid(count: number): Promise<string[]> {
  const by = shop.shopper()
  const numbers: string[] = []
  for (let n = 0; n < count; n++) {
    const { out_trade_no } = await shop.buy(wxOrder, by)
    shop.payQuietly(out_trade_no)
    numbers.push(out_trade_no)
  }
  return numbers
}

const queriesOf = (outTradeNo: string) =>
  shop.wechat.calls.filter((call) => call.endpoint === 'orderquery' && call.outTradeNo === outTradeNo).length

async function statesOf(numbers: readonly string[]): Promise<Record<string, number>> {
  const counts: Record<string, number> = {}
  for (const number of numbers) {
    const { trade_state } = await shop.order(number)
    counts[trade_state] = (counts[trade_state] ?? 0) + 1
  }
  return counts
}

const claimed = async () =>
  Number(
    (await shop.database.query('SELECT COUNT(*) AS n FROM payorder WHERE claimed_until IS NOT NULL'))[0]?.n,
  )

describe('two runs at once', () => {
  test('share the work: each order is asked about once, and both have some', async () => {
    const orders = await quietlyPaid(45)
    const reports = await shop.reconcileTwice(PARALLEL)

    assert.equal(reports[0].settled + reports[1].settled, 45)
    for (const { checked } of reports) assert.ok(checked >= PARALLEL)
    for (const order of orders) assert.equal(queriesOf(order), 1, order)
    assert.deepEqual(await statesOf(orders), { SUCCESS: 45 })
    assert.equal(await claimed(), 0)
  })

  test('close each order once', async () => {
    const by = shop.shopper()
    const orders: string[] = []
    for (let n = 0; n < 25; n++) {
      const { out_trade_no } = await shop.buy(wxOrder, by)
      await shop.age(out_trade_no, TWO_HOURS_SEC + 1)
      orders.push(out_trade_no)
    }
    const reports = await shop.reconcileTwice(PARALLEL)
    assert.equal(reports[0].closed + reports[1].closed, 25)
    const closes = shop.wechat.calls.filter(({ endpoint }) => endpoint === 'closeorder')
    assert.deepEqual(closes.map(({ outTradeNo }) => outTradeNo).sort(), [...orders].sort())
  })
})

describe('a run that cannot ask WeChat', () => {
  test('fails, so that the platform reports it, and asks no hundred times; the next one does it all', async () => {
    const orders = await quietlyPaid(12)
    for (const host of ['primary', 'backup'] as const) await shop.wechat.faults.host(host, 'refuse')
    const { error, result } = await shop.functions.reconcile.invoke({})
    assert.equal(result, undefined)
    assert.match(
      error?.message ?? '',
      /reconcile: none of 8 rows could be dealt with: WeChat Pay: no connection/,
    )
    assert.ok(shop.childLogs.entries.some(({ level, event }) => level === 'error' && event === 'job_failed'))
    assert.deepEqual(await statesOf(orders), { NOTPAY: 12 })
    assert.equal(await claimed(), 0)

    for (const host of ['primary', 'backup'] as const) await shop.wechat.faults.host(host, 'up')
    assert.equal((await shop.reconcile()).settled, 12)
  })

  test('fails when the database is gone', async () => {
    const url = new URL(shop.database.url)
    url.port = '1'
    const { error } = await shop.child('reconcile', { DATABASE_URL: url.href }).invoke({})
    assert.ok(error)
    assert.ok(!JSON.stringify(error).includes(url.password))
  })

  test('about one order goes on with the others', async () => {
    const [bad, ...good] = await quietlyPaid(8)
    assert.ok(bad)
    const disarm = shop.wechat.faults.add({ on: 'orderquery', kind: 'garbage', outTradeNo: bad })
    const report = await shop.reconcileFails(/1 of 8 rows failed/)
    disarm()
    assert.deepEqual([report.settled, report.failed], [7, 1])
    assert.deepEqual([await statesOf(good), await statesOf([bad])], [{ SUCCESS: 7 }, { NOTPAY: 1 }])
    assert.equal(shop.childLogs.entries.filter((line) => line.row === bad).length, 1)
    assert.equal((await shop.reconcile()).settled, 1)
  })

  test('because it is refused again and again goes on: a refusal is no sign of what comes', async () => {
    const orders = await quietlyPaid(8)
    for (const outTradeNo of orders.slice(0, 7))
      shop.wechat.faults.add({ on: 'orderquery', kind: 'error', errCode: 'INVALID_REQUEST', outTradeNo })
    const report = await shop.reconcile()
    assert.deepEqual([report.checked, report.settled, report.refused, report.failed], [8, 1, 7, 0])
  })
})

describe('an order that somebody else is at', () => {
  test('in a transaction is left to the next run', async () => {
    const [busy, free] = await quietlyPaid(2)
    assert.ok(busy && free)
    const holder = await createConnection({ uri: shop.database.url })
    await holder.query('START TRANSACTION')
    await holder.query('SELECT id FROM payorder WHERE out_trade_no = ? FOR UPDATE', [busy])
    assert.equal((await shop.reconcile()).checked, 1)
    await holder.query('ROLLBACK')
    await holder.end()
    assert.deepEqual([queriesOf(busy), queriesOf(free)], [0, 1])
    assert.equal((await shop.reconcile()).settled, 1)
  })

  test('in a run that died is left alone until its claim is over', async () => {
    const [order] = await quietlyPaid(1)
    assert.ok(order)
    const claim = (sql: string) => shop.database.query(`UPDATE payorder SET claimed_until = ${sql}`)
    await claim('UTC_TIMESTAMP(3) + INTERVAL 2 MINUTE')
    assert.equal((await shop.reconcile()).checked, 0)
    await claim('UTC_TIMESTAMP(3) - INTERVAL 1 SECOND')
    assert.equal((await shop.reconcile()).settled, 1)
    assert.equal(await claimed(), 0)
  })
})

test('a run stops before its time is up, gives back what it did not get to, and the next ones finish it', async () => {
  const orders = await quietlyPaid(30)
  const disarm = shop.wechat.faults.add({ on: 'orderquery', kind: 'slow', delayMs: 1500 })
  const short = shop.child('reconcile', {}, 6)
  const first = await shop.reconcile(short)
  disarm()
  assert.ok(first.checked > 0 && first.checked < 30, String(first.checked))
  assert.equal(first.settled, first.checked)
  assert.equal(await claimed(), 0)
  const second = await shop.reconcile()
  assert.equal(first.settled + second.settled, 30)
  assert.deepEqual(await statesOf(orders), { SUCCESS: 30 })
})

describe('refunds', () => {
  test('that WeChat never heard of are handed over, the others are asked about', async () => {
    const lost = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'reset' })
    const { out_refund_no } = await shop.refund({ out_trade_no: lost.out_trade_no })
    disarm()
    const started = await shop.paidOrder()
    const second = await shop.refund({ out_trade_no: started.out_trade_no })
    Object.assign(shop.wechat.refunds.get(second.out_refund_no) ?? {}, { status: 'SUCCESS' })

    const report = await shop.reconcile()
    assert.deepEqual([report.refunds, report.refundsFinished, report.failed], [2, 1, 0])
    assert.equal(shop.wechat.refunds.get(out_refund_no)?.refundFee, lost.total_fee)
    assert.equal((await shop.refundsOf(started.out_trade_no))[0]?.status, 'SUCCESS')
  })

  test('of two runs at once are one refund each', async () => {
    const orders = [await shop.paidOrder(), await shop.paidOrder(), await shop.paidOrder()]
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'reset' })
    for (const { out_trade_no } of orders) await shop.refund({ out_trade_no })
    disarm()
    await Promise.all([shop.reconcile(), shop.reconcile()])
    for (const { out_trade_no, total_fee } of orders)
      assert.deepEqual(await shop.bothSides(out_trade_no), {
        here: total_fee,
        there: total_fee,
        countThere: 1,
      })
  })

  test('of late payments go back by themselves where that is wanted', async () => {
    const { out_trade_no, total_fee } = await shop.buy(wxOrder, shop.shopper())
    await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
      out_trade_no,
    ])
    await shop.with({ REFUND_LATE_PAYMENTS: 'true' }, async () => {
      shop.wechat.pay(out_trade_no)
      await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })
    })
    assert.equal(shop.refundsThere(out_trade_no).length, 0)
    await shop.reconcile()
    await shop.reconcile()
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.origin, 'late')
  })
})

describe('what a run leaves behind', () => {
  test('is the tables without what has expired, and nothing else is deleted', async () => {
    await shop.database.query('DELETE FROM rate_limit')
    await shop.database.query(
      `INSERT INTO rate_limit (bucket, hits, expires_at) VALUES
         ('over', '[]', UTC_TIMESTAMP(3) - INTERVAL 1 SECOND), ('live', '[]', UTC_TIMESTAMP(3) + INTERVAL 1 MINUTE)`,
    )
    await shop.database.query(
      `INSERT INTO sms_code (mobile, purpose, code_hash, expires_at, created_at) VALUES
         ('13800000001', 'register', 'x', UTC_TIMESTAMP(3) - INTERVAL 25 HOUR, UTC_TIMESTAMP(3)),
         ('13800000002', 'register', 'x', UTC_TIMESTAMP(3) - INTERVAL 23 HOUR, UTC_TIMESTAMP(3)),
         ('13800000003', 'register', 'x', UTC_TIMESTAMP(3) + INTERVAL 5 MINUTE, UTC_TIMESTAMP(3))`,
    )
    await shop.database.query(
      `INSERT INTO admin_invite (token_hash, username, mobile, role, expires_at, used_at, created_at) VALUES
         ('old', 'a', '13800000001', 'owner', UTC_TIMESTAMP(3) - INTERVAL 8 DAY, NULL, UTC_TIMESTAMP(3)),
         ('used', 'b', '13800000001', 'owner', UTC_TIMESTAMP(3) - INTERVAL 8 DAY, UTC_TIMESTAMP(3), UTC_TIMESTAMP(3)),
         ('late', 'c', '13800000001', 'owner', UTC_TIMESTAMP(3) - INTERVAL 6 DAY, NULL, UTC_TIMESTAMP(3)),
         ('open', 'd', '13800000001', 'owner', UTC_TIMESTAMP(3) + INTERVAL 1 DAY, NULL, UTC_TIMESTAMP(3))`,
    )
    await shop.reconcile()
    const invites = await shop.database.query<{ username: string }>(
      'SELECT username FROM admin_invite ORDER BY username',
    )
    assert.deepEqual(
      invites.map(({ username }) => username),
      ['c', 'd'],
    )
    const buckets = await shop.database.query<{ bucket: string }>('SELECT bucket FROM rate_limit')
    const mobiles = await shop.database.query<{ mobile: string }>(
      'SELECT mobile FROM sms_code ORDER BY mobile',
    )
    assert.deepEqual(
      buckets.map(({ bucket }) => bucket),
      ['live'],
    )
    assert.deepEqual(
      mobiles.map(({ mobile }) => mobile),
      ['13800000002', '13800000003'],
    )
  })

  test('is a report in a few lines, or in JSON, with nothing secret in it', async () => {
    await quietlyPaid(2)
    const { result: text } = await shop.functions.reconcile.invoke({
      Type: 'Timer',
      TriggerName: 'timer-reconcile',
      Time: '2026-11-22T00:00:00Z',
      Message: '',
    })
    assert.equal(
      text,
      'orders: 2 checked, 2 paid, 0 closed, 0 still open\nrefunds: 0 followed up, 0 finished',
    )
    const json = await shop.reconcile()
    assert.deepEqual(json, {
      checked: 0,
      settled: 0,
      closed: 0,
      open: 0,
      refunds: 0,
      refundsFinished: 0,
      failed: 0,
      refused: 0,
      ofOthers: 0,
    })
    const written = JSON.stringify([text, json, shop.childLogs.entries])
    for (const secret of [TEST_MERCHANT.apiKey, new URL(shop.database.url).password, 'PRIVATE KEY'])
      assert.ok(!written.includes(secret))
    const [last] = shop.childLogs.of('reconciled').slice(-1)
    assert.equal(last?.checked, 0)
  })
})

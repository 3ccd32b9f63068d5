/** Races between instances in several processes: one winner each, everybody answered, one story in the journal. */
import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { PARALLEL } from '../../../functions/reconcile/batches.ts'
import type { CloudFunction, InvokeResult } from '../../../scf/emulator/runtime/function.ts'
import { type Call, PayRefused } from '../../../simulators/wechat-pay/index.ts'
import { httpEvent, loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { notifyFields, type OrderData, type Shopper, SUCCESS_XML, signedXml } from '../../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'

let shop: RefundShop
let wxOrder: MainHandler
/** Each in up to four processes. */
let many: Record<'wxOrder' | 'wxNotify' | 'queryOrder' | 'closeOrder', CloudFunction>

before(async () => {
  shop = await openRefundShop()
  wxOrder = loadFunction('wxOrder')
  many = {
    wxOrder: shop.child('wxOrder'),
    wxNotify: shop.child('wxNotify'),
    queryOrder: shop.child('queryOrder'),
    closeOrder: shop.child('closeOrder'),
  }
})
after(() => shop.close())

const times = (count: number) => Array.from({ length: count }, (_, at) => at)

/** Orders of one shopper each, with a code. */
async function openOrders(count: number): Promise<{ by: Shopper; order: OrderData }[]> {
  const made: { by: Shopper; order: OrderData }[] = []
  for (const _ of times(count)) {
    const by = shop.shopper()
    made.push({ by, order: await shop.buy(wxOrder, by) })
  }
  return made
}

function answerOf({ result, error }: InvokeResult): { statusCode: number; body: string } {
  assert.equal(error, undefined, error?.message)
  return result as { statusCode: number; body: string }
}

async function post(name: keyof typeof many, path: string, by: Shopper, body: unknown, headers = {}) {
  const event = httpEvent({ path, body, token: by.token, headers })
  return JSON.parse(answerOf(await many[name].invoke(event)).body) as {
    status: number
    data: Record<string, unknown>
  }
}

/** The payment notify of an order that is paid at WeChat, as WeChat would send it. */
function notifyOf({ out_trade_no, total_fee }: OrderData) {
  const transaction_id = shop.wechat.orders.get(out_trade_no)?.payment?.transactionId ?? ''
  const xml = signedXml(notifyFields({ out_trade_no, total_fee }, { transaction_id }))
  return httpEvent({ path: '/pay/notify', body: xml, headers: { 'content-type': 'text/xml' } })
}

const logLines = (event: string, outTradeNo: string) =>
  shop.childLogs.entries.filter((entry) => entry.event === event && entry.outTradeNo === outTradeNo)

/** One fact settled the order, all others found it settled. */
async function assertSettledOnce(outTradeNo: string): Promise<void> {
  const order = await shop.order(outTradeNo)
  assert.equal(order.trade_state, 'SUCCESS')
  assert.equal(order.transaction_id, shop.wechat.orders.get(outTradeNo)?.payment?.transactionId)
  const verdicts = (await shop.events(outTradeNo)).map(({ verdict }) => verdict)
  assert.deepEqual(verdicts.toSorted(), [...times(verdicts.length - 1).map(() => 'repeated'), 'settled'])
  const settled = [...logLines('payment_settled', outTradeNo), ...shop.logs.of('payment_settled', outTradeNo)]
  assert.equal(settled.length, 1)
}

test('100 parallel notifies of one order at four processes: one payment, 100 times SUCCESS', async () => {
  const order = await shop.buy(wxOrder, shop.shopper())
  shop.payQuietly(order.out_trade_no)
  const event = notifyOf(order)
  const answers = await Promise.all(times(100).map(() => many.wxNotify.invoke(event)))

  for (const answer of answers) assert.equal(answerOf(answer).body, SUCCESS_XML)
  assert.equal(many.wxNotify.instances.length, 4)
  const events = await shop.events(order.out_trade_no)
  assert.deepEqual(
    events.map(({ source, verdict, times }) => ({ source, verdict, times })),
    [{ source: 'notify', verdict: 'settled', times: 100 }],
  )
  await assertSettledOnce(order.out_trade_no)
})

test('notify against query against reconcile: one of them settles, the others find it settled', async () => {
  const orders = await openOrders(8)
  for (const { order } of orders) shop.payQuietly(order.out_trade_no)
  const runs = [shop.reconcile(), shop.reconcile()]
  const answers = orders.flatMap(({ by, order }) => [
    ...times(3).map(async () => {
      assert.equal(answerOf(await many.wxNotify.invoke(notifyOf(order))).body, SUCCESS_XML)
    }),
    ...times(3).map(async () => {
      const body = { out_trade_no: order.out_trade_no }
      const { status, data } = await post('queryOrder', '/queryOrder', by, body)
      assert.deepEqual([status, data.trade_state], [200, 'SUCCESS'])
    }),
  ])
  await Promise.all([...runs, ...answers])

  for (const { order } of orders) await assertSettledOnce(order.out_trade_no)
})

describe('close against pay', () => {
  /** When the payer pays, seen from the close. */
  const moments = {
    'in the same moment': undefined,
    'after WeChat said that it is unpaid': 'orderquery',
    'after WeChat closed it': 'closeorder',
  } as const

  for (const [moment, endpoint] of Object.entries(moments)) {
    test(`paid ${moment}: money and CLOSED never meet, and both are told the same`, async () => {
      const orders = await openOrders(4)
      await Promise.all(
        orders.map(async ({ by, order: { out_trade_no } }) => {
          const paying = payAt(out_trade_no, endpoint)
          // Two impatient clicks, at two processes.
          const closes = await Promise.all(
            times(2).map(() => post('closeOrder', '/closeOrder', by, { out_trade_no })),
          )
          const isPaid = await paying
          if (isPaid) await shop.wechat.waitForNotify(out_trade_no, { until: 'accepted' })

          const there = shop.wechat.orders.get(out_trade_no)
          const here = await shop.order(out_trade_no)
          assert.equal(there?.state, isPaid ? 'SUCCESS' : 'CLOSED')
          assert.equal(here.trade_state, there?.state)
          assert.equal(here.attention, null)
          assert.equal(here.transaction_id ?? undefined, there?.payment?.transactionId)
          assert.deepEqual(
            closes.map(({ status }) => status),
            isPaid ? [1051, 1051] : [200, 200],
          )
        }),
      )
    })
  }

  /** Pays when that call of the order has been answered, or at once. Was the payer admitted? */
  async function payAt(outTradeNo: string, endpoint: string | undefined): Promise<boolean> {
    if (endpoint !== undefined) {
      await new Promise<void>((resolve) => {
        const listen = (call: Call) => {
          if (call.outTradeNo !== outTradeNo || call.endpoint !== endpoint) return
          shop.wechat.events.off('call', listen)
          resolve()
        }
        shop.wechat.events.on('call', listen)
      })
    }
    try {
      shop.wechat.pay(outTradeNo)
      return true
    } catch (error) {
      assert.ok(error instanceof PayRefused)
      return false
    }
  }
})

test('two reconciles at once share the orders: each is asked about once, paid ones settle, old ones close', async () => {
  const young = await openOrders(30)
  const paid = young.slice(0, 15).map(({ order }) => order.out_trade_no)
  for (const number of paid) shop.payQuietly(number)
  const old = (await openOrders(10)).map(({ order }) => order.out_trade_no)
  for (const number of old) await shop.age(number, 2 * 3600)
  const reports = await shop.reconcileTwice(PARALLEL)

  for (const { checked } of reports) assert.ok(checked >= PARALLEL)
  const sum = (key: keyof (typeof reports)[0]) => reports.reduce((total, report) => total + report[key], 0)
  assert.deepEqual(
    { checked: sum('checked'), settled: sum('settled'), closed: sum('closed'), failed: sum('failed') },
    { checked: 40, settled: 15, closed: 10, failed: 0 },
  )
  const callsOf = (endpoint: string, number: string) =>
    shop.wechat.calls.filter((call) => call.endpoint === endpoint && call.outTradeNo === number).length
  for (const { order } of young) assert.equal(callsOf('orderquery', order.out_trade_no), 1)
  for (const number of old) assert.equal(callsOf('closeorder', number), 1)
  for (const number of paid) await assertSettledOnce(number)
  for (const number of old) assert.equal((await shop.order(number)).trade_state, 'CLOSED')
  // Those that are still unpaid must not be in the way of the next test.
  for (const { order } of young.slice(15)) shop.payQuietly(order.out_trade_no)
  await shop.reconcile()
})

describe('two refunds at once', () => {
  const refundsThere = (outTradeNo: string) => shop.refundsThere(outTradeNo).map(({ refundFee }) => refundFee)

  test('of all that is left: one is accepted, the other is told why not', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const outcomes = await Promise.allSettled(times(2).map(() => shop.refund({ out_trade_no })))

    assert.deepEqual(outcomes.map(({ status }) => status).toSorted(), ['fulfilled', 'rejected'])
    const refusal = outcomes.find(({ status }) => status === 'rejected') as PromiseRejectedResult
    assert.match(String(refusal.reason), /nothing is left to refund/)
    assert.deepEqual(refundsThere(out_trade_no), [total_fee])
    assert.equal((await shop.refundsOf(out_trade_no)).length, 1)
  })

  test('of 60 percent each: the sum never exceeds the payment', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const refund_fee = Math.floor(total_fee * 0.6)
    const outcomes = await Promise.allSettled(times(4).map(() => shop.refund({ out_trade_no, refund_fee })))

    assert.equal(outcomes.filter(({ status }) => status === 'fulfilled').length, 1)
    assert.deepEqual(refundsThere(out_trade_no), [refund_fee])
    assert.equal((await shop.refundsOf(out_trade_no)).length, 1)
  })

  test('with one number: one refund, and everybody gets its answer', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const out_refund_no = `RACE-${process.pid}`
    const results = await Promise.all(
      times(6).map(() => shop.refund({ out_trade_no, refund_fee: 5_000, out_refund_no })),
    )

    assert.ok(shop.functions.refund.instances.length >= 2)
    const [there] = shop.refundsThere(out_trade_no)
    assert.deepEqual(refundsThere(out_trade_no), [5_000])
    for (const { refund_id, status } of results)
      assert.deepEqual([refund_id, status], [there?.refundId, 'PROCESSING'])
    assert.equal((await shop.refundsOf(out_trade_no)).length, 1)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
  })

  test('refund notify against reconcile: the end is stored once', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
    shop.wechat.faults.add({ on: 'refundnotify', kind: 'repeat', count: 10, outTradeNo: out_trade_no })
    shop.wechat.refunds.finish(out_refund_no)
    await Promise.all([
      shop.reconcile(),
      shop.reconcile(),
      shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted', nth: 10 }),
    ])

    const [row] = await shop.refundsOf(out_trade_no)
    assert.equal(row?.status, 'SUCCESS')
    const lines = [...shop.childLogs.of('refund_success', out_refund_no), ...shop.logs.of('refund_success')]
    assert.equal(lines.filter((line) => line.outRefundNo === out_refund_no).length, 1)
  })
})

test('50 posts with one Idempotency-Key at four processes: one order, one code, 50 answers', async () => {
  const by = shop.shopper()
  const body = { items: [{ productId: 1, quantity: 2 }] }
  const headers = { 'idempotency-key': 'race-of-fifty' }
  const replies = await Promise.all(times(50).map(() => post('wxOrder', '/wx/order', by, body, headers)))

  assert.equal(many.wxOrder.instances.length, 4)
  const [first] = replies
  for (const { status, data } of replies) {
    assert.equal(status, 200)
    assert.deepEqual(data, first?.data)
  }
  const stored = await shop.database.query('SELECT out_trade_no FROM payorder WHERE user_id = ?', [by.id])
  assert.deepEqual(stored, [{ out_trade_no: first?.data.out_trade_no }])
  const asked = shop.wechat.calls.filter(
    ({ endpoint, outTradeNo }) => endpoint === 'unifiedorder' && outTradeNo === first?.data.out_trade_no,
  )
  assert.equal(asked.length, 1)
})

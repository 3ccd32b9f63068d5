/** What a reconcile run decides about each order that is still open. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import type { Call } from '../../../simulators/wechat-pay/index.ts'
import { loadFunction, type MainHandler, scfContext } from '../../helpers/functions.ts'
import { newTransactionId, openPayShop, type PayShop } from '../../helpers/pay-shop.ts'
import type { ReconcileResult } from '../../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

const TWO_HOURS_SEC = 2 * 3600

let shop: PayShop
let wxOrder: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  wxOrder = loadFunction('wxOrder')
})
afterEach(async () => {
  shop.wechat.faults.clear()
  // No test finds open orders of another.
  await shop.database.query('DELETE FROM payorder')
})
after(() => shop.close())

const reconcile = async () =>
  (await loadFunction('reconcile')({ json: true }, scfContext())) as ReconcileResult

/** An unpaid order that was placed so many seconds ago. */
async function unpaidOrder(ageSec = 0): Promise<string> {
  const { out_trade_no } = await shop.buy(wxOrder, shop.shopper())
  if (ageSec > 0) await shop.age(out_trade_no, ageSec)
  return out_trade_no
}

/** An order that WeChat never heard of, for the request was lost. */
async function lostOrder(ageSec: number): Promise<string> {
  const by = shop.shopper()
  const disarm = shop.wechat.faults.add({ on: 'unifiedorder', kind: 'reset' })
  const { json } = await shop.post(wxOrder, by, { items: [{ productId: 1, quantity: 1 }] })
  disarm()
  assert.equal(json.status, 502)
  const [row] = await shop.database.query<{ out_trade_no: string }>(
    'SELECT out_trade_no FROM payorder WHERE user_id = ?',
    [by.id],
  )
  assert.ok(row)
  await shop.age(row.out_trade_no, ageSec)
  return row.out_trade_no
}

/** What WeChat was asked about an order since it was placed, in order. */
const asked = (outTradeNo: string): string[] =>
  shop.wechat.calls
    .filter((call) => call.outTradeNo === outTradeNo && call.endpoint !== 'unifiedorder')
    .map(({ endpoint }) => endpoint)

const stateOf = async (outTradeNo: string) => (await shop.order(outTradeNo)).trade_state

/** Source and verdict of what the journal holds of an order. */
const journalOf = async (outTradeNo: string) =>
  (await shop.events(outTradeNo)).map(({ source, verdict }) => [source, verdict])

describe('an unpaid order that is younger than two hours', () => {
  test('is asked about and never closed', async () => {
    const young = await unpaidOrder(TWO_HOURS_SEC - 30)
    const report = await reconcile()
    assert.deepEqual([report.checked, report.open, report.closed], [1, 1, 0])
    assert.deepEqual(asked(young), ['orderquery'])
    assert.equal(await stateOf(young), 'NOTPAY')
    assert.equal(shop.wechat.orders.get(young)?.state, 'NOTPAY')
  })

  test('is not closed either when WeChat does not know it: its request may be on the way', async () => {
    const young = await lostOrder(TWO_HOURS_SEC - 30)
    const report = await reconcile()
    assert.deepEqual([report.open, report.closed, report.failed], [1, 0, 0])
    assert.equal(await stateOf(young), 'NOTPAY')
  })

  test('is settled when it was paid and the notify got lost', async () => {
    const paid = await unpaidOrder(60)
    const { payment } = shop.payQuietly(paid)
    const report = await reconcile()
    assert.equal(report.settled, 1)
    const row = await shop.order(paid)
    assert.deepEqual([row.trade_state, row.transaction_id], ['SUCCESS', payment?.transactionId])
    assert.deepEqual(await journalOf(paid), [['reconcile', 'settled']])
  })

  test('is CLOSED here when it is closed at WeChat', async () => {
    const closed = await unpaidOrder(60)
    const there = shop.wechat.orders.get(closed)
    assert.ok(there)
    there.state = 'CLOSED'
    assert.equal((await reconcile()).closed, 1)
    assert.equal(await stateOf(closed), 'CLOSED')
  })
})

describe('an order that nobody paid for two hours', () => {
  test('is asked about, closed at WeChat, then CLOSED here', async () => {
    const old = await unpaidOrder(TWO_HOURS_SEC + 1)
    const report = await reconcile()
    assert.deepEqual([report.checked, report.closed], [1, 1])
    assert.deepEqual(asked(old), ['orderquery', 'closeorder'])
    assert.equal(await stateOf(old), 'CLOSED')
    assert.equal(shop.wechat.orders.get(old)?.state, 'CLOSED')
    assert.deepEqual(await journalOf(old), [['close', 'closed']])
    // Done is done.
    assert.equal((await reconcile()).checked, 0)
  })

  for (const kind of ['SYSTEMERROR', 'reset', 'garbage', 'wrongSignature'] as const) {
    test(`stays open while closing it fails at WeChat (${kind}), and the next run closes it`, async () => {
      const old = await unpaidOrder(TWO_HOURS_SEC + 1)
      // Somebody to succeed with: a run without any success has failed.
      await unpaidOrder()
      const disarm = shop.wechat.faults.add({ on: 'closeorder', kind })
      await assert.rejects(reconcile(), /reconcile: 1 of 2 rows failed/)
      disarm()
      const report = shop.logs.of('reconciled').at(-1)
      assert.deepEqual([report?.closed, report?.failed], [0, 1])
      assert.equal(await stateOf(old), 'NOTPAY')
      assert.equal((await reconcile()).closed, 1)
      assert.equal(await stateOf(old), 'CLOSED')
    })
  }

  test('is CLOSED without closing anything when WeChat does not know it (ORDERNOTEXIST)', async () => {
    const old = await lostOrder(TWO_HOURS_SEC + 1)
    assert.equal((await reconcile()).closed, 1)
    assert.deepEqual(asked(old), ['orderquery'])
    assert.equal(await stateOf(old), 'CLOSED')
  })

  test('is settled, not closed, when it was paid meanwhile', async () => {
    const paid = await unpaidOrder(TWO_HOURS_SEC + 1)
    shop.payQuietly(paid)
    const report = await reconcile()
    assert.deepEqual([report.settled, report.closed], [1, 0])
    assert.deepEqual(asked(paid), ['orderquery'])
    assert.equal(await stateOf(paid), 'SUCCESS')
  })

  test('is settled when it is paid between the question and the close', async () => {
    const paid = await unpaidOrder(TWO_HOURS_SEC + 1)
    const pay = ({ outTradeNo, endpoint }: Call) => {
      if (outTradeNo !== paid || endpoint !== 'orderquery') return
      shop.wechat.events.off('call', pay)
      shop.payQuietly(paid)
    }
    shop.wechat.events.on('call', pay)
    const report = await reconcile()
    assert.deepEqual([report.settled, report.closed], [1, 0])
    assert.deepEqual(asked(paid), ['orderquery', 'closeorder', 'orderquery'])
    assert.equal(await stateOf(paid), 'SUCCESS')
    assert.equal((await shop.order(paid)).attention, null)
  })

  test('stays open when what WeChat says of it cannot be true: another amount', async () => {
    const odd = await unpaidOrder(TWO_HOURS_SEC + 1)
    await shop.database.query('UPDATE payorder SET total_fee = total_fee + 1 WHERE out_trade_no = ?', [odd])
    shop.payQuietly(odd)
    const report = await reconcile()
    assert.deepEqual([report.settled, report.closed, report.open], [0, 0, 1])
    assert.deepEqual(asked(odd), ['orderquery'])
    assert.equal(await stateOf(odd), 'NOTPAY')
    assert.equal(shop.logs.of('payment_wrong_amount', odd).length, 1)
  })
})

describe('rows that are not orders of today', () => {
  /** A row as the Koa shop left it. */
  async function koaRow(changes: Record<string, string | number | null> = {}): Promise<string> {
    const row: Record<string, string | number | null> = {
      appid: TEST_MERCHANT.appid,
      mch_id: TEST_MERCHANT.mchId,
      nonce_str: 'abc',
      body: '乐淘',
      out_trade_no: newTransactionId(),
      total_fee: 100,
      spbill_create_ip: '127.0.0.1',
      trade_type: 'NATIVE',
      trade_state: 'NOTPAY',
      ...changes,
    }
    const names = Object.keys(row)
    await shop.database.query(
      `INSERT INTO payorder (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
      Object.values(row),
    )
    return String(row.out_trade_no)
  }

  test('of the Koa shop know no time of their own: they are asked about and closed', async () => {
    const old = await koaRow()
    assert.equal((await reconcile()).closed, 1)
    assert.deepEqual(asked(old), ['orderquery'])
    assert.equal(await stateOf(old), 'CLOSED')
  })

  test('that repeat an order number are history: only the first of them is asked about', async () => {
    const out_trade_no = await koaRow()
    await koaRow({ out_trade_no, out_trade_no_repeat: 7 })
    assert.equal((await reconcile()).checked, 1)
    const rows = await shop.database.query<{ trade_state: string }>(
      'SELECT trade_state FROM payorder WHERE out_trade_no = ? ORDER BY out_trade_no_repeat',
      [out_trade_no],
    )
    assert.deepEqual(
      rows.map(({ trade_state }) => trade_state),
      ['CLOSED', 'NOTPAY'],
    )
  })

  test('of another merchant are left alone, and said once a run', async () => {
    const others = [await koaRow({ mch_id: '1999999999' }), await koaRow({ mch_id: '1999999999' })]
    const report = await reconcile()
    assert.deepEqual([report.checked, report.ofOthers], [0, 2])
    for (const other of others) {
      assert.deepEqual(asked(other), [])
      assert.equal(await stateOf(other), 'NOTPAY')
    }
    const [line, ...more] = shop.logs.of('other_merchant_left')
    assert.deepEqual([line?.orders, line?.merchants, more.length], [2, '1999999999: 2', 0])
  })

  test('that are paid, refunded, closed or revoked are left alone', async () => {
    for (const trade_state of ['SUCCESS', 'REFUND', 'CLOSED', 'REVOKED']) await koaRow({ trade_state })
    assert.equal((await reconcile()).checked, 0)
  })

  test('that say USERPAYING or PAYERROR are as open as NOTPAY', async () => {
    for (const trade_state of ['USERPAYING', 'PAYERROR']) await koaRow({ trade_state })
    assert.deepEqual(await reconcile().then(({ checked, closed }) => [checked, closed]), [2, 2])
  })
})

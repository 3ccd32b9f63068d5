/** Money that needs a person: it is listed, tried again, ended, or given back by two. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'

let shop: AdminShop
let finance: Person
let second: Person
let clerk: Person

before(async () => {
  shop = await openAdminShop()
  finance = await shop.admin('finance')
  second = await shop.admin('finance')
  clerk = await shop.admin('orders')
})
after(() => shop?.close())
afterEach(() => shop.wechat.faults.clear())

const post = (path: string, body: unknown, by: Person = finance) => shop.ask('adminMoney', path, { body, by })
const statusOf = async (path: string, body: unknown, by: Person = finance) =>
  (await post(path, body, by)).json.status

interface Payment {
  transaction_id: string
  amount_fen: number
  refunded_fen: number
  isHeld: boolean
  waiting: { approvalId: number; askedBy: Person } | null
}
type Row = Record<string, unknown> & { id: number; out_trade_no: string; payments: Payment[] }

async function listed(kind: string, query: Record<string, string> = {}) {
  const { json } = await shop.ask('adminMoney', '/admin/money', { query: { kind, ...query }, by: finance })
  assert.equal(json.status, 200, json.msg)
  return { rows: json.data as Row[], next: json.nextCursor as string | null }
}

async function ownPayment(outTradeNo: string): Promise<string | undefined> {
  const [row] = await shop.database.query<{ transaction_id: string }>(
    'SELECT transaction_id FROM payorder WHERE out_trade_no = ?',
    [outTradeNo],
  )
  return row?.transaction_id
}

const lateRow = async (outTradeNo: string) =>
  (await listed('late')).rows.find(({ out_trade_no }) => out_trade_no === outTradeNo)

describe('a second payment', () => {
  test('goes back when one person asks and another one agrees, once', async () => {
    const { out_trade_no, second: transaction_id } = await shop.paidTwice()
    const row = await lateRow(out_trade_no)
    assert.equal(row?.kind, 'paid_twice')
    assert.deepEqual(
      row?.payments.map((each) => [each.isHeld, each.transaction_id === transaction_id, each.refunded_fen]),
      [
        [true, false, 0],
        [false, true, 0],
      ],
    )
    const body = { out_trade_no, transaction_id, reason: '重复支付' }
    const asked = await post('/admin/lateRefund', body)
    const { approvalId } = asked.json.data as { approvalId: number }
    assert.equal(await statusOf('/admin/lateRefund', body, second), 1060)
    assert.equal((await lateRow(out_trade_no))?.payments[1]?.waiting?.askedBy.username, finance.username)

    assert.equal(await statusOf('/admin/lateRelease', { approvalId, approve: true }), 1060)
    assert.deepEqual(await shop.refundsOf(out_trade_no), [])
    const both = await Promise.all(
      [second, await shop.admin('owner')].map((by) =>
        statusOf('/admin/lateRelease', { approvalId, approve: true }, by),
      ),
    )
    assert.deepEqual(both.sort(), [1060, 200].sort())
    await shop.reconcile()
    const [refund, ...more] = await shop.refundsOf(out_trade_no)
    assert.deepEqual([refund?.transaction_id, refund?.refund_fee, more.length], [transaction_id, 49_900, 0])
    assert.equal(shop.refundsThere(out_trade_no).length, 1)
    assert.equal(await statusOf('/admin/lateRefund', body), 1060)
    const entries = [
      ...(await shop.audits(`payment:${transaction_id}`)),
      ...(await shop.audits(`approval:${approvalId}`)),
    ]
    assert.deepEqual(
      entries.map(({ action }) => action),
      ['money.lateAsk', 'money.lateRelease'],
    )

    assert.equal(await statusOf('/admin/moneyClear', { out_trade_no }), 200)
    assert.equal(await lateRow(out_trade_no), undefined)
  })

  test('stays where the second person refuses, and can be asked for again', async () => {
    const { out_trade_no, second: transaction_id } = await shop.paidTwice()
    const body = { out_trade_no, transaction_id, reason: '重复支付' }
    const { approvalId } = (await post('/admin/lateRefund', body)).json.data as { approvalId: number }
    const refused = await post('/admin/lateRelease', { approvalId, approve: false }, second)
    assert.deepEqual(refused.json.data, { out_refund_no: null })
    assert.equal(await statusOf('/admin/lateRelease', { approvalId, approve: true }, second), 1060)
    assert.deepEqual(await shop.refundsOf(out_trade_no), [])
    assert.equal(await statusOf('/admin/lateRefund', body), 200)
  })

  test('is the only one of the two that goes back here: the order lives on the first', async () => {
    const { out_trade_no } = await shop.paidTwice()
    const own = await ownPayment(out_trade_no)
    const body = { out_trade_no, transaction_id: own, reason: '退第一笔' }
    assert.equal(await statusOf('/admin/lateRefund', body), 1060)
    assert.equal(await statusOf('/admin/lateRefund', { ...body, transaction_id: '4200000000' }), 1054)
    assert.equal(await statusOf('/admin/lateRefund', { ...body, out_trade_no: 'NOBODY' }), 1054)
    const plain = await shop.paidOrder()
    const paidBy = await ownPayment(plain.out_trade_no)
    const fine = { out_trade_no: plain.out_trade_no, transaction_id: paidBy, reason: '没有问题' }
    assert.equal(await statusOf('/admin/lateRefund', fine), 1060)
  })

  test('the database itself refuses one person for both', async () => {
    const { out_trade_no, second: transaction_id } = await shop.paidTwice()
    const body = { out_trade_no, transaction_id, reason: '重复支付' }
    const { approvalId } = (await post('/admin/lateRefund', body)).json.data as { approvalId: number }
    await assert.rejects(
      shop.database.query("UPDATE approval SET state = 'APPROVED', decided_by = asked_by WHERE id = ?", [
        approvalId,
      ]),
      /approval_four_eyes/,
    )
  })
})

test('a late payment on which an order lives again goes back as a case only', async () => {
  const by = shop.shopper()
  const [skuId = 0] = await shop.sell({ pairs: 1 })
  const placed = await shop.placed(by, [{ skuId, quantity: 1 }])
  const { out_trade_no, order_no } = placed
  await shop.send('wxOrder', '/wx/order', { out_trade_no }, by)
  await shop.database.query("UPDATE payorder SET trade_state = 'CLOSED' WHERE out_trade_no = ?", [
    out_trade_no,
  ])
  await shop.database.query(
    "UPDATE shop_order SET state = 'CLOSED', close_reason = 'TIMEOUT' WHERE order_no = ?",
    [order_no],
  )
  await shop.database.query('UPDATE sku_stock SET available = 1, reserved = 0 WHERE sku_id = ?', [skuId])
  shop.wechat.pay(out_trade_no)
  await shop.wechat.waitForNotify(out_trade_no)
  const row = await lateRow(out_trade_no)
  assert.deepEqual([row?.kind, row?.order_no, row?.state], ['paid_late', order_no, 'PAID'])
  const [payment] = row?.payments ?? []
  assert.equal(payment?.isHeld, true)
  const body = { out_trade_no, transaction_id: payment?.transaction_id, reason: '来晚了' }
  assert.equal(await statusOf('/admin/lateRefund', body), 1060)
})

describe('a refund that WeChat refuses', () => {
  async function refusedCase() {
    const by = shop.shopper()
    const [skuId = 0] = await shop.sell({ pairs: 3 })
    const order = await shop.paid(by, [{ skuId, quantity: 1 }])
    const { json } = await shop.get('shopOrders', '/shop/orderDetail', { order_no: order.order_no }, by)
    const lineId = (json.data as { lines: { id: number }[] }).lines[0]?.id
    const ask = { order_no: order.order_no, lineId, quantity: 1, kind: 'CANCEL', reason: '不想要了' }
    const opened = await shop.send('afterSales', '/afterSales/ask', ask, by)
    const { after_sale_no } = opened.json.data as { after_sale_no: string }
    const decide = { after_sale_no, approve: true }
    await shop.ask('adminCases', '/admin/caseDecide', { body: decide, by: clerk })
    await shop.ask('adminCases', '/admin/caseRelease', { body: { after_sale_no }, by: finance })
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'NOTENOUGH' })
    await shop.reconcile()
    return { after_sale_no, out_refund_no: `AS${after_sale_no}`, disarm, skuId }
  }
  const inList = async (refundNo: string) =>
    (await listed('refunds', { limit: '100' })).rows.find(({ out_refund_no }) => out_refund_no === refundNo)

  test('is listed with the reason, and handed over again when somebody says so', async () => {
    const { out_refund_no, disarm } = await refusedCase()
    const row = await inList(out_refund_no)
    assert.deepEqual([row?.status, row?.refusalCode, row?.origin], ['PROCESSING', 'NOTENOUGH', 'after_sale'])
    await shop.database.query(
      'UPDATE refund SET due_at = UTC_TIMESTAMP(3) + INTERVAL 5 HOUR WHERE out_refund_no = ?',
      [out_refund_no],
    )
    disarm()
    await shop.reconcile()
    assert.ok(await inList(out_refund_no), 'it is not due yet')
    assert.equal(await statusOf('/admin/refundRetry', { out_refund_no }), 200)
    await shop.reconcile()
    assert.equal(await inList(out_refund_no), undefined)
    await shop.refundArrives(out_refund_no)
    assert.equal(await statusOf('/admin/refundRetry', { out_refund_no }), 1060)
    assert.equal(await statusOf('/admin/refundRetry', { out_refund_no: 'NOBODY' }), 1054)
  })

  test('can be ended while WeChat does not know it; its case is released again, with another number', async () => {
    const { after_sale_no, out_refund_no, disarm, skuId } = await refusedCase()
    const { json } = await post('/admin/refundCancel', { out_refund_no })
    assert.deepEqual(json.data, { out_refund_no, status: 'CLOSED' })
    const [entry] = await shop.audits(`refund:${out_refund_no}`)
    assert.deepEqual([entry?.action, entry?.admin_id], ['refund.cancel', finance.id])
    disarm()
    const again = await shop.ask('adminCases', '/admin/caseRelease', { body: { after_sale_no }, by: second })
    assert.equal((again.json.data as { refundNo: string }).refundNo, `${out_refund_no}R1`)
    await shop.reconcile()
    assert.equal(await statusOf('/admin/refundCancel', { out_refund_no: `${out_refund_no}R1` }), 1060)
    await shop.refundArrives(`${out_refund_no}R1`)
    assert.deepEqual(await shop.stock(skuId), [3, 0])
    assert.equal(await statusOf('/admin/refundCancel', { out_refund_no: 'NOBODY' }), 1054)
  })

  test('is not ended while WeChat cannot be asked', async () => {
    const { out_refund_no } = await refusedCase()
    shop.wechat.faults.add({ on: 'refundquery', kind: 'reset' })
    assert.equal((await post('/admin/refundCancel', { out_refund_no })).statusCode, 502)
    assert.deepEqual(await shop.audits(`refund:${out_refund_no}`), [])
  })
})

test('differences of the bill are listed, page by page', async () => {
  for (let n = 1; n <= 3; n++)
    await shop.database.query(
      `INSERT INTO bill_difference (bill_date, kind, out_trade_no, transaction_id, here_fen, there_fen, found_at)
       VALUES ('20261126', 'amount', ?, ?, 100, 200, UTC_TIMESTAMP(3))`,
      [`T${n}`, `W${n}`],
    )
  const first = await listed('differences', { limit: '2' })
  assert.deepEqual(
    first.rows.map(({ out_trade_no }) => out_trade_no),
    ['T3', 'T2'],
  )
  const rest = await listed('differences', { limit: '2', cursor: first.next ?? '' })
  assert.deepEqual([rest.rows.map(({ out_trade_no }) => out_trade_no), rest.next], [['T1'], null])
})

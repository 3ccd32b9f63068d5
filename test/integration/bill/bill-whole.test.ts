/** A bill replaces the one before only when it is whole; apps of the same merchant count; what WeChat did counts, whatever was believed. */
import assert from 'node:assert/strict'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { after, before, describe, test } from 'node:test'
import { type BillResult, type BillShop, openBillShop } from '../../helpers/bill-shop.ts'
import { newTransactionId } from '../../helpers/pay-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

let shop: BillShop
before(async () => {
  shop = await openBillShop()
})
after(() => shop.close())

const kinds = ({ differences }: BillResult) => differences.map(({ kind }) => kind)

describe('a refund that is CLOSED here and stands in the bill', () => {
  const dayWithClosed = () =>
    shop.onSomeDay(async (day, noon) => {
      const { out_trade_no } = await shop.paidOrder()
      const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
      await shop.database.query(
        `UPDATE refund SET status = 'CLOSED', refund_id = NULL, accepted_at = ? WHERE out_refund_no = ?`,
        [noon, out_refund_no],
      )
      return { day, out_trade_no, out_refund_no }
    })

  test('is asked about, becomes what WeChat says, and counts', async () => {
    const { day, out_trade_no, out_refund_no } = await dayWithClosed()
    Object.assign(shop.wechat.refunds.get(out_refund_no) ?? {}, { status: 'SUCCESS' })
    const report = await shop.runBill({ bill_date: day })
    assert.deepEqual([report.adopted, kinds(report)], [1, []])
    assert.deepEqual([report.refunded_there_fen, report.refunded_here_fen], [700, 700])
    assert.equal((await shop.refundsOf(out_trade_no))[0]?.status, 'SUCCESS')
  })

  test('is a difference, and none of the money that went back here, while WeChat cannot be asked', async () => {
    const { day } = await dayWithClosed()
    const disarm = shop.wechat.faults.add({ on: 'refundquery', kind: 'garbage' })
    const report = await shop.runBill({ bill_date: day })
    disarm()
    assert.deepEqual(kinds(report), ['refund_there_not_here'])
    assert.deepEqual([report.refunded_there_fen, report.refunded_here_fen], [700, 0])
    assert.deepEqual(kinds(await shop.runBill({ bill_date: day })), [])
  })
})

const HEAD =
  '\uFEFF交易时间,公众账号ID,商户号,微信订单号,商户订单号,交易状态,商户退款单号,订单金额,申请退款金额'

interface Line {
  app?: string
  transaction: string
  order: string
}

/** Runs with a WeChat whose bill has these lines, and a summary that promises so many. */
async function withBill<T>(lines: readonly Line[], promised: number, work: () => Promise<T>): Promise<T> {
  const rows = lines.map(
    ({ app = TEST_MERCHANT.appid, transaction, order }) =>
      `\`x,\`${app},\`${TEST_MERCHANT.mchId},\`${transaction},\`${order},\`SUCCESS,\`,\`499.00,\`0.00`,
  )
  const text = [HEAD, ...rows, '总交易单数,应结订单总金额', `\`${promised},\`0.00`, ''].join('\r\n')
  const server = createServer((_, response: ServerResponse) => void response.end(text))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  try {
    return await shop.with({ WX_API_BASE: url, WX_API_BACKUP: url }, work)
  } finally {
    server.closeAllConnections()
    server.close()
  }
}

test('payments to an earlier app of the shop are in its bill; those to an app that it never was are not', async () => {
  const { day, order } = await shop.dayWithPayment()
  const earlier = 'wx00000000000000ff'
  await shop.database.query('UPDATE payorder SET appid = ? WHERE out_trade_no = ?', [
    earlier,
    order.out_trade_no,
  ])
  const { transaction_id } = await shop.order(order.out_trade_no)
  const lines = [
    { app: earlier, transaction: String(transaction_id), order: order.out_trade_no },
    { app: 'wx_of_another_shop', transaction: newTransactionId(), order: 'ANOTHERSHOP1' },
  ]
  const report = await withBill(lines, 2, () => shop.runBill({ bill_date: day }))
  assert.deepEqual(
    [report.lines, report.paid_there_fen, report.paid_here_fen, report.difference_count],
    [1, order.total_fee, order.total_fee, 0],
  )
})

test('a bill that breaks off leaves the lines and the result of the run before as they were', async () => {
  const { day } = await shop.dayWithPayment()
  assert.equal((await shop.runBill({ bill_date: day })).lines, 1)
  const lines = Array.from({ length: 1200 }, (_, n) => ({
    transaction: newTransactionId(),
    order: `BROKEN${n}`,
  }))
  await assert.rejects(
    withBill(lines, 9999, () => shop.runBill({ bill_date: day })),
    /the bill broke off: 1200 of 9999 lines/,
  )
  assert.equal(await shop.linesOf(day), 1)
  const [run] = await shop.database.query('SELECT bill_lines FROM bill_run WHERE bill_date = ?', [day])
  assert.equal(run?.bill_lines, 1)
  // What the broken one left behind is in nobody's way.
  const again = await shop.runBill({ bill_date: day })
  assert.deepEqual([again.lines, again.difference_count], [1, 0])
  const [stored] = await shop.database.query('SELECT COUNT(*) AS n FROM bill_line WHERE bill_date LIKE ?', [
    '~%',
  ])
  assert.equal(Number(stored?.n), 0)
})

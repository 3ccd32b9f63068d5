/** Refunds that nobody asked this shop for: made in WeChat's merchant platform, and told by a refund notify. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { newRefundNo, openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { callParams, call as callWechat, fromXml, orderParams } from '../../helpers/wechat-client.ts'
import { refund as refundInPlatform } from '../../helpers/wechat-secure.ts'

let shop: RefundShop

before(async () => {
  shop = await openRefundShop()
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

describe('a refund that somebody made in WeChat’s merchant platform', () => {
  async function platformRefund(out_trade_no: string, total_fee: number, refund_fee: number) {
    const out_refund_no = newRefundNo()
    const answer = await refundInPlatform(
      shop.wechat,
      callParams({
        out_trade_no,
        out_refund_no,
        total_fee: String(total_fee),
        refund_fee: String(refund_fee),
        notify_url: shop.refundNotifyUrl,
      }),
    )
    assert.equal(answer.result_code, 'SUCCESS', JSON.stringify(answer))
    return out_refund_no
  }

  test('is adopted: it gets its row, the order is REFUND, and its money counts', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const out_refund_no = await platformRefund(out_trade_no, total_fee, 10_000)
    shop.wechat.faults.add({ on: 'refundnotify', kind: 'repeat', count: 4 })
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted', nth: 4 })

    const rows = await shop.refundsOf(out_trade_no)
    assert.deepEqual(
      rows.map((row) => [row.out_refund_no, row.refund_fee, row.status, row.origin]),
      [[out_refund_no, 10_000, 'SUCCESS', 'platform']],
    )
    assert.equal(rows[0]?.refund_id, shop.wechat.refunds.get(out_refund_no)?.refundId)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
    assert.ok(shop.logs.entries.some((line) => line.event === 'refund_of_platform'))
    await shop.aMinuteLater()
    await assert.rejects(shop.refund({ out_trade_no, refund_fee: total_fee }), /only 39900 of 49900/)
    assert.equal((await shop.refund({ out_trade_no })).refund_fee, total_fee - 10_000)
  })

  test('of the second payment of an order is adopted, too', async () => {
    const { out_trade_no, total_fee, second } = await shop.paidTwice()
    const out_refund_no = await platformRefund(out_trade_no, total_fee, total_fee)
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    const [row] = await shop.refundsOf(out_trade_no)
    assert.deepEqual([row?.transaction_id, row?.status], [second, 'SUCCESS'])
    assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
  })

  test('of an order that this shop does not have is FAIL, reported, and stored nowhere', async () => {
    const { out_trade_no = '', ...params } = orderParams({ total_fee: '10000' })
    await callWechat(shop.wechat.url, '/pay/unifiedorder', { ...params, out_trade_no })
    shop.payQuietly(out_trade_no)
    const out_refund_no = await platformRefund(out_trade_no, 10_000, 10_000)
    shop.wechat.refunds.finish(out_refund_no)
    const { body } = await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
    assert.deepEqual([fromXml(body).return_code, fromXml(body).return_msg], ['FAIL', '订单不存在'])
    assert.ok(shop.logs.of('refund_unknown_order', out_trade_no).length >= 1)
    assert.equal((await shop.refundsOf(out_trade_no)).length, 0)
  })
})

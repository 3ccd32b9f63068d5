/** What becomes of a refund: refused by WeChat, finished, or in need of a person. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'

let shop: RefundShop

before(async () => {
  shop = await openRefundShop()
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

describe('what WeChat refuses', () => {
  for (const errCode of [
    'NOTENOUGH',
    'SYSTEMERROR',
    'INVALID_REQ_TOO_MUCH',
    'FREQUENCY_LIMITED',
    'ERROR',
    'SIGNERROR',
    // Payments that WeChat itself has confirmed: another merchant may have been asked.
    'INVALID_TRANSACTIONID',
    'ORDERNOTEXIST',
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

  for (const errCode of ['TRADE_OVERDUE', 'PARAM_ERROR']) {
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
      assert.deepEqual(await shop.bothSides(out_trade_no), {
        here: total_fee,
        there: total_fee,
        countThere: 1,
      })
    })
  }

  test('because the payer’s account is gone (USER_ACCOUNT_ABNORMAL) is CHANGE: somebody has to arrange it', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'USER_ACCOUNT_ABNORMAL' })
    const { status, err_code, out_refund_no } = await shop.refund({ out_trade_no })
    disarm()
    assert.deepEqual([status, err_code], ['CHANGE', 'USER_ACCOUNT_ABNORMAL'])
    assert.equal(shop.childLogs.of('refund_change', out_refund_no).length, 1)
    // Whoever arranges it by hand has it arranged once: neither ops nor reconcile hand it over again.
    await shop.aMinuteLater()
    await assert.rejects(shop.refund({ out_trade_no }), /nothing is left/)
    assert.equal((await shop.refund({ out_trade_no, out_refund_no })).status, 'CHANGE')
    await shop.reconcile()
    assert.equal(shop.refundsThere(out_trade_no).length, 0)
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
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 2 })
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

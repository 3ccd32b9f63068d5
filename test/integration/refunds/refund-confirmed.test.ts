/** Refunds whose two sides disagree: what WeChat confirms wins; what never can be is ended; one invocation is one refund. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { loadFunction } from '../../helpers/functions.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'

let shop: RefundShop

before(async () => {
  shop = await openRefundShop({ env: { RATE_LIMIT: 'off' } })
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

const rowOf = async (out_trade_no: string) => (await shop.refundsOf(out_trade_no))[0]

describe('CLOSED here, done there', () => {
  /** A refund that WeChat did, and that was closed here without its word. */
  async function closedHere() {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
    await shop.database.query(
      `UPDATE refund SET status = 'CLOSED', refund_id = NULL WHERE out_refund_no = ?`,
      [out_refund_no],
    )
    return { out_trade_no, out_refund_no, total_fee }
  }

  test('becomes SUCCESS by the notify, counts again, and ops hear of it', async () => {
    const { out_trade_no, out_refund_no, total_fee } = await closedHere()
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal((await rowOf(out_trade_no))?.status, 'SUCCESS')
    const lines = shop.logs.entries.filter((line) => line.outRefundNo === out_refund_no)
    assert.deepEqual(
      lines.filter(({ level }) => level === 'error').map(({ event }) => event),
      ['refund_mismatch'],
    )
    await shop.aMinuteLater()
    await assert.rejects(shop.refund({ out_trade_no, refund_fee: total_fee }), /only 49200 of 49900/)
  })

  test('becomes SUCCESS when ops invoke refund with its number', async () => {
    const { out_trade_no, out_refund_no } = await closedHere()
    const there = shop.wechat.refunds.get(out_refund_no)
    assert.ok(there)
    there.status = 'SUCCESS'
    assert.equal((await shop.refund({ out_trade_no, out_refund_no })).status, 'SUCCESS')
  })

  test('goes on when WeChat is still at it, and is never handed over again when WeChat does not know it', async () => {
    const { out_trade_no, out_refund_no } = await closedHere()
    const goesOn = await shop.refund({ out_trade_no, out_refund_no })
    assert.deepEqual([goesOn.status, goesOn.refund_id !== null], ['PROCESSING', true])

    const { out_trade_no: other } = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'PARAM_ERROR', times: 1 })
    const refused = await shop.refund({ out_trade_no: other, refund_fee: 1 })
    disarm()
    assert.equal(refused.status, 'CLOSED')
    const again = await shop.refund({ out_trade_no: other, out_refund_no: refused.out_refund_no })
    assert.equal(again.status, 'CLOSED')
    assert.deepEqual(shop.refundsThere(other), [])
  })
})

describe('a refund that WeChat never takes', () => {
  async function refusedRefund() {
    const { out_trade_no } = await shop.paidOrder()
    const disarm = shop.wechat.faults.add({ on: 'refund', kind: 'error', errCode: 'NOTENOUGH' })
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
    return { out_trade_no, out_refund_no, disarm }
  }
  const handedOver = (out_refund_no: string) => shop.refundCalls('refund', out_refund_no).length

  test('is handed over less often with each refusal, and alarms after ten', async () => {
    const { out_trade_no, out_refund_no } = await refusedRefund()
    await shop.reconcile()
    await shop.reconcile()
    assert.equal(handedOver(out_refund_no), 3)
    // The third refusal was the last that is tried again at once.
    await shop.reconcile()
    assert.equal(handedOver(out_refund_no), 3)
    const dueIn = async () =>
      Number(
        (
          await shop.database.query<{ minutes: number }>(
            `SELECT TIMESTAMPDIFF(SECOND, UTC_TIMESTAMP(3), due_at) / 60 AS minutes FROM refund WHERE out_refund_no = ?`,
            [out_refund_no],
          )
        )[0]?.minutes,
      )
    assert.equal(Math.round(await dueIn()), 10)
    const waits: number[] = []
    for (let n = 4; n <= 11; n++) {
      await shop.database.query('UPDATE refund SET due_at = NULL WHERE out_refund_no = ?', [out_refund_no])
      await shop.reconcile()
      waits.push(Math.round(await dueIn()))
    }
    assert.deepEqual(waits, [20, 40, 80, 160, 320, 360, 360, 360])
    assert.equal(handedOver(out_refund_no), 11)
    assert.equal(shop.childLogs.of('refund_stuck', out_refund_no).length, 2)
    assert.equal((await rowOf(out_trade_no))?.status, 'PROCESSING')
    await shop.refund({ out_refund_no, cancel: true })
  })

  test('is ended by ops with cancel, and its money is free again', async () => {
    const { out_trade_no, out_refund_no, disarm } = await refusedRefund()
    const { status } = await shop.refund({ out_refund_no, cancel: true })
    assert.equal(status, 'CLOSED')
    assert.equal((await shop.refund({ out_refund_no, cancel: true })).status, 'CLOSED')
    disarm()
    await shop.reconcile()
    assert.deepEqual(shop.refundsThere(out_trade_no), [])
    await shop.aMinuteLater()
    assert.equal((await shop.refund({ out_trade_no })).refund_fee, 49_900)
  })

  test('that WeChat knows all the same cannot be cancelled', async () => {
    const { out_trade_no } = await shop.paidOrder()
    const { out_refund_no } = await shop.refund({ out_trade_no, refund_fee: 700 })
    await shop.database.query('UPDATE refund SET refund_id = NULL WHERE out_refund_no = ?', [out_refund_no])
    await assert.rejects(shop.refund({ out_refund_no, cancel: true }), /cannot be cancelled/)
    assert.notEqual((await rowOf(out_trade_no))?.refund_id, null)
  })

  test('is cancelled by an event that means nothing else', async () => {
    const { out_trade_no, out_refund_no } = await refusedRefund()
    for (const event of [
      { cancel: true },
      { out_refund_no, cancel: 'yes' },
      { out_refund_no, cancel: true, refund_fee: 1 },
      { out_refund_no, cancel: true, out_trade_no },
      { out_refund_no: 'NOBODY', cancel: true },
    ])
      await assert.rejects(shop.refund(event), /cancel|there is no refund/)
    assert.equal((await rowOf(out_trade_no))?.status, 'PROCESSING')
    await shop.refund({ out_refund_no, cancel: true })
  })
})

test('the same invocation delivered twice, also a minute later, is one refund', async () => {
  const { out_trade_no } = await shop.paidOrder()
  const settings = { NODE_TLS_REJECT_UNAUTHORIZED: '0' }
  const { certPem, keyPem } = await shop.wechat.secure.clientCertificate()
  const env = { ...settings, WX_API_BASE: shop.wechat.secure.url, WX_CERT_PEM: certPem, WX_KEY_PEM: keyPem }
  const deliver = () =>
    shop.with(env, () =>
      loadFunction('refund')(
        { out_trade_no, refund_fee: 3000, json: true },
        { request_id: 'same-request-id', time_limit_in_ms: 60_000 },
      ),
    ) as Promise<{ out_refund_no: string }>
  const first = await deliver()
  await shop.aMinuteLater()
  const second = await deliver()
  assert.equal(second.out_refund_no, first.out_refund_no)
  assert.equal((await shop.refundsOf(out_trade_no)).length, 1)
  assert.equal(shop.refundsThere(out_trade_no).length, 1)
})

test('attention that ops have cleared does not come back when WeChat repeats itself', async () => {
  const { out_trade_no, second } = await shop.paidTwice()
  assert.equal((await shop.order(out_trade_no)).attention, 'PAID_TWICE')
  await shop.database.query('UPDATE payorder SET attention = NULL WHERE out_trade_no = ?', [out_trade_no])
  await shop.wechat.resendNotify(out_trade_no)
  await shop.refund({ out_trade_no, transaction_id: second, refund_fee: 1 })
  assert.equal((await shop.order(out_trade_no)).attention, null)
})

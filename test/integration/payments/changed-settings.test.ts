/** An app, a merchant or a sign type that changed while codes were on screens: nothing is lost, nothing is closed by another's word. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { call, loadFunction, type MainHandler, scfContext } from '../../helpers/functions.ts'
import { assertAcknowledged, assertRefused } from '../../helpers/notify-answers.ts'
import {
  newTransactionId,
  notifyFields,
  openPayShop,
  type PayShop,
  type Shopper,
  sendNotify,
  signedXml,
} from '../../helpers/pay-shop.ts'
import type { ReconcileResult } from '../../helpers/refund-shop.ts'
import { type ScriptedWechat, startScriptedWechat } from '../../helpers/scripted-wechat.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'

const OTHER_APP = 'wx00000000000000ff'
const OLD_MERCHANT = '1500000001'

let shop: PayShop
let scripted: ScriptedWechat
let wxOrder: MainHandler

before(async () => {
  shop = await openPayShop({ env: { RATE_LIMIT: 'off' } })
  scripted = await startScriptedWechat()
  wxOrder = loadFunction('wxOrder')
})
afterEach(async () => {
  await shop.database.query('DELETE FROM refund')
  await shop.database.query('DELETE FROM payorder')
})
after(async () => {
  await scripted.close()
  await shop.close()
})

async function placed() {
  const shopper = shop.shopper()
  return { shopper, ...(await shop.buy(wxOrder, shopper)) }
}

const post = (name: string, { token }: Shopper, out_trade_no: string) =>
  call(loadFunction(name), { path: `/${name}`, body: { out_trade_no }, token })

const reconcile = async (event: object = {}) =>
  (await loadFunction('reconcile')({ ...event, json: true }, scfContext())) as ReconcileResult

/** The shop as it is after its app id has changed. */
const inNewApp = <T>(work: () => Promise<T>) => shop.with({ WX_APPID: OTHER_APP, ...scripted.env }, work)

describe('after the app id has changed, an order of the app before', () => {
  test('is paid by its notify, at an instance of the new configuration and at one of the old', async () => {
    for (const settings of [{ WX_APPID: OTHER_APP }, {}]) {
      const { out_trade_no, total_fee } = await placed()
      const xml = signedXml(notifyFields({ out_trade_no, total_fee }))
      assertAcknowledged(await shop.with(settings, () => sendNotify(loadFunction('wxNotify'), xml)))
      assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
    }
  })

  test('is asked about and closed with its own app id', async () => {
    const { shopper, out_trade_no } = await placed()
    scripted.says({ out_trade_no, trade_state: 'NOTPAY' })
    await inNewApp(() => post('queryOrder', shopper, out_trade_no))
    scripted.says({ out_trade_no, trade_state: 'NOTPAY' }, { result_msg: 'OK' })
    const { json } = await inNewApp(() => post('closeOrder', shopper, out_trade_no))
    assert.equal(json.status, 200)
    assert.deepEqual(
      scripted.asked.map(({ endpoint, fields }) => [endpoint, fields.appid]),
      [
        ['orderquery', TEST_MERCHANT.appid],
        ['closeorder', TEST_MERCHANT.appid],
      ],
    )
  })

  test('is found by reconcile when its notify was lost', async () => {
    const { out_trade_no, total_fee } = await placed()
    scripted.says({ ...notifyFields({ out_trade_no, total_fee }), trade_state: 'SUCCESS' })
    const report = await inNewApp(() => reconcile())
    assert.deepEqual([report.settled, report.failed], [1, 0])
    assert.equal(scripted.asked[0]?.fields.appid, TEST_MERCHANT.appid)
  })

  test('is not paid by a payment to the new app', async () => {
    const { out_trade_no, total_fee } = await placed()
    const xml = signedXml(notifyFields({ out_trade_no, total_fee }, { appid: OTHER_APP }))
    assertRefused(
      await shop.with({ WX_APPID: OTHER_APP }, () => sendNotify(loadFunction('wxNotify'), xml)),
      '商户不符',
    )
    assert.equal((await shop.order(out_trade_no)).trade_state, 'NOTPAY')
  })
})

describe('after the sign type has changed, a notify', () => {
  const sha = { WX_SIGN_TYPE: 'HMAC-SHA256' }

  test('of an order from before counts with the signature that the order was made with', async () => {
    const { out_trade_no, total_fee } = await placed()
    const xml = signedXml(notifyFields({ out_trade_no, total_fee }), 'MD5')
    assertAcknowledged(await shop.with(sha, () => sendNotify(loadFunction('wxNotify'), xml)))
    assert.equal((await shop.order(out_trade_no)).trade_state, 'SUCCESS')
  })

  test('of an order that was made with the new one does not count with the old one', async () => {
    const shopper = shop.shopper()
    const order = await shop.with(sha, () => shop.buy(loadFunction('wxOrder'), shopper))
    const xml = signedXml(notifyFields(order), 'MD5')
    assertRefused(await shop.with(sha, () => sendNotify(loadFunction('wxNotify'), xml)), '签名错误')
    assert.equal((await shop.order(order.out_trade_no)).trade_state, 'NOTPAY')
    assert.deepEqual(await shop.events(order.out_trade_no), [])
  })
})

describe('after the merchant has changed', () => {
  /** A paid order of the merchant before, with a refund that waits to be handed over. */
  async function oldRefund(refundId: string | null = null): Promise<string> {
    const { out_trade_no } = await placed()
    const transaction = newTransactionId()
    await shop.database.query(
      `UPDATE payorder SET mch_id = ?, trade_state = 'SUCCESS', transaction_id = ? WHERE out_trade_no = ?`,
      [OLD_MERCHANT, transaction, out_trade_no],
    )
    const { id, total_fee } = await shop.order(out_trade_no)
    const refundNo = `OLD${id}`
    await shop.database.query(
      `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, refund_id, total_fee, refund_fee, origin,
         created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, 'late', UTC_TIMESTAMP(3), UTC_TIMESTAMP(3))`,
      [id, out_trade_no, transaction, refundNo, refundId, total_fee, total_fee],
    )
    return refundNo
  }

  const refundOf = async (refundNo: string) =>
    (
      await shop.database.query<{ status: string; err_code: string | null }>(
        'SELECT status, err_code FROM refund WHERE out_refund_no = ?',
        [refundNo],
      )
    )[0]

  test('its refunds are left alone: not asked about, not handed over, not closed, and the run succeeds', async () => {
    const refunds = [await oldRefund(), await oldRefund('50000000001')]
    scripted.says({ result_code: 'FAIL', err_code: 'ORDERNOTEXIST', err_code_des: 'x' })
    shop.logs.clear()
    const report = await shop.with(scripted.env, () => reconcile())
    assert.deepEqual([report.failed, report.ofOthers], [0, 2])
    assert.deepEqual(scripted.asked, [])
    for (const refundNo of refunds)
      assert.deepEqual(await refundOf(refundNo), { status: 'PROCESSING', err_code: null })
    assert.equal(shop.logs.of('other_merchant_left').length, 1)
  })

  test('ops cannot refund its payments here, and can end its refunds', async () => {
    const refundNo = await oldRefund()
    const { out_trade_no } = (
      await shop.database.query<{ out_trade_no: string }>(
        'SELECT out_trade_no FROM refund WHERE out_refund_no = ?',
        [refundNo],
      )
    )[0] as { out_trade_no: string }
    const { certPem, keyPem } = await shop.wechat.secure.clientCertificate()
    const cert = { WX_CERT_PEM: certPem, WX_KEY_PEM: keyPem }
    const invoke = (event: object) =>
      shop.with({ ...cert, ...scripted.env }, () =>
        loadFunction('refund')({ ...event, json: true }, scfContext()),
      )
    await assert.rejects(invoke({ out_trade_no, out_refund_no: refundNo }), /merchant 1500000001/)
    await assert.rejects(invoke({ out_trade_no, refund_fee: 1 }), /merchant 1500000001/)
    assert.equal((await refundOf(refundNo))?.status, 'PROCESSING')
    const { status } = (await invoke({ out_refund_no: refundNo, cancel: true })) as { status: string }
    assert.equal(status, 'CLOSED')
    assert.equal((await refundOf(refundNo))?.status, 'CLOSED')
  })

  test('ops end its unpaid orders that nobody can pay any more, and no others', async () => {
    const [dead, alive, ours] = [await placed(), await placed(), await placed()]
    for (const { out_trade_no } of [dead, alive])
      await shop.database.query('UPDATE payorder SET mch_id = ? WHERE out_trade_no = ?', [
        OLD_MERCHANT,
        out_trade_no,
      ])
    for (const { out_trade_no } of [dead, ours]) await shop.age(out_trade_no, 25 * 3600)
    await assert.rejects(reconcile({ close_orders_of: TEST_MERCHANT.mchId }), /is the merchant of this shop/)
    assert.deepEqual(await reconcile({ close_orders_of: OLD_MERCHANT }), { closed: 1, left: 1 })
    const states = await Promise.all(
      [dead, alive, ours].map(async (each) => (await shop.order(each.out_trade_no)).trade_state),
    )
    assert.deepEqual(states, ['CLOSED', 'NOTPAY', 'NOTPAY'])
    const events = await shop.events(dead.out_trade_no)
    assert.deepEqual(
      events.map(({ source, verdict }) => [source, verdict]),
      [['ops', 'closed']],
    )
  })
})

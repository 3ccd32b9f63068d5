/** A refund notify is a hint: decrypted, compared, confirmed by asking WeChat; only then anything changes here. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { after, afterEach, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { decryptReqInfo } from '#shared/payment/gateway/wechat-v2'
import { encryptReqInfo } from '../../../simulators/wechat-pay/refund-notify.ts'
import { call, loadFunction, type MainHandler } from '../../helpers/functions.ts'
import { SUCCESS_XML } from '../../helpers/pay-shop.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import { fromXml, toXml } from '../../helpers/wechat-client.ts'
import vectors from '../../vectors/wechatpay-vectors.json' with { type: 'json' }

const { v2_refund_notify: vector } = vectors

let shop: RefundShop
let refundNotify: MainHandler

before(async () => {
  shop = await openRefundShop()
  refundNotify = loadFunction('refundNotify')
})
afterEach(() => shop.wechat.faults.clear())
after(() => shop.close())

/** `POST /refund/notify` with this body; what WeChat reads. */
async function send(
  xml: string,
): Promise<{ code: string | undefined; msg: string | undefined; body: string }> {
  const headers = { 'content-type': 'text/xml' }
  const { statusCode, body } = await call(refundNotify, { path: '/refund/notify', body: xml, headers })
  assert.equal(statusCode, 200)
  const { return_code, return_msg } = fromXml(body)
  return { code: return_code, msg: return_msg, body }
}

/** A notify as whoever knows the key could write it. */
function notifyXml(
  info: Record<string, string>,
  outer: Record<string, string> = {},
  apiKey: string = TEST_MERCHANT.apiKey,
): string {
  const plain = toXml(info)
    .replace(/^<xml>/, '<root>')
    .replace(/<\/xml>$/, '</root>')
  return toXml({
    return_code: 'SUCCESS',
    appid: TEST_MERCHANT.appid,
    mch_id: TEST_MERCHANT.mchId,
    nonce_str: 'TeqClE3i0mvn3DrK',
    req_info: encryptReqInfo(plain, apiKey),
    ...outer,
  })
}

/** A refund that WeChat has accepted, and the notify that would announce its end. */
async function startedRefund() {
  const { out_trade_no, total_fee } = await shop.paidOrder()
  const { out_refund_no } = await shop.refund({ out_trade_no })
  const { transaction_id } = await shop.order(out_trade_no)
  const info = {
    out_refund_no,
    out_trade_no,
    transaction_id: String(transaction_id),
    refund_fee: String(total_fee),
    total_fee: String(total_fee),
    refund_status: 'SUCCESS',
    success_time: '2026-11-22 10:00:05',
  }
  const there = shop.wechat.refunds.get(out_refund_no)
  assert.ok(there)
  return { out_trade_no, out_refund_no, info, there }
}

async function statusOf(outTradeNo: string): Promise<unknown> {
  return (await shop.refundsOf(outTradeNo))[0]?.status
}

describe('req_info', () => {
  test('of the reference vector is decrypted to its plain text', () => {
    assert.deepEqual(
      { ...decryptReqInfo(vector.req_info_base64, vector.api_key) },
      fromXml(vector.req_info_plaintext.replace('<root>', '').replace('</root>', '')),
    )
  })

  test('of the reference vector is understood, and changes nothing while WeChat does not know the refund', async () => {
    const { total_fee, ...info } = decryptReqInfo(vector.req_info_base64, vector.api_key)
    const { out_trade_no } = await shop.paidOrder()
    const { id } = await shop.order(out_trade_no)
    await shop.database.query(
      `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, total_fee, refund_fee, origin,
         created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, 'ops', NOW(3), NOW(3))`,
      [id, info.out_trade_no, info.transaction_id, info.out_refund_no, total_fee, info.refund_fee],
    )
    const { code, msg } = await send(vector.notify_xml)
    assert.deepEqual([code, msg], ['FAIL', '退款订单查询失败'])
    assert.equal(shop.refundCalls('refundquery', info.out_refund_no ?? '').length, 1)
    const [row] = await shop.refundsOf(info.out_trade_no ?? '')
    assert.deepEqual([row?.status, row?.refund_id], ['PROCESSING', null])
  })
})

describe('the end of a refund', () => {
  test('is taken over after WeChat confirmed it, and answered byte for byte as WeChat wants it', async () => {
    const { out_trade_no, out_refund_no } = await startedRefund()
    shop.wechat.refunds.finish(out_refund_no)
    const { body } = await shop.wechat.waitForNotify(out_trade_no, {
      point: 'refundnotify',
      until: 'accepted',
    })
    assert.equal(body, SUCCESS_XML)
    assert.equal(shop.refundCalls('refundquery', out_refund_no).length, 1)
    const [row] = await shop.refundsOf(out_trade_no)
    assert.equal(row?.status, 'SUCCESS')
    assert.match(String(row?.success_time), /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
    assert.equal((await shop.order(out_trade_no)).trade_state, 'REFUND')
    assert.deepEqual(
      (await shop.events(out_trade_no)).map(({ source, verdict }) => [source, verdict]),
      [
        ['notify', 'settled'],
        ['refund', 'refunding'],
      ],
    )
  })

  test('is not believed from the notify alone: WeChat says PROCESSING, so it is FAIL and stays so', async () => {
    const { out_trade_no, info } = await startedRefund()
    const { code, msg } = await send(notifyXml(info))
    assert.deepEqual([code, msg], ['FAIL', '退款未完成'])
    assert.equal(await statusOf(out_trade_no), 'PROCESSING')
  })

  test('is what WeChat says, not what the notify says', async () => {
    const { out_trade_no, out_refund_no, info } = await startedRefund()
    Object.assign(shop.wechat.refunds.get(out_refund_no) ?? {}, { status: 'CHANGE' })
    assert.equal((await send(notifyXml(info))).code, 'SUCCESS')
    assert.equal(await statusOf(out_trade_no), 'CHANGE')
  })

  test('told again is SUCCESS and changes nothing', async () => {
    const { out_trade_no, out_refund_no } = await startedRefund()
    shop.wechat.refunds.finish(out_refund_no)
    const { sent } = await shop.wechat.waitForNotify(out_trade_no, {
      point: 'refundnotify',
      until: 'accepted',
    })
    const before = await shop.refundsOf(out_trade_no)
    for (let time = 1; time <= 3; time++) assert.equal((await send(sent)).body, SUCCESS_XML)
    assert.deepEqual(await shop.refundsOf(out_trade_no), before)
    const told = shop.logs.entries.filter(
      (entry) => entry.event === 'refund_success' && entry.outRefundNo === out_refund_no,
    )
    assert.equal(told.length, 1)
  })

  test('told six times at once is taken over once, and everybody hears SUCCESS', async () => {
    const { out_trade_no, out_refund_no } = await startedRefund()
    shop.wechat.faults.add({ on: 'refundnotify', kind: 'repeat', count: 6, outTradeNo: out_trade_no })
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted', nth: 6 })
    assert.equal(await statusOf(out_trade_no), 'SUCCESS')
    const told = shop.logs.entries.filter(
      (entry) => entry.event === 'refund_success' && entry.outRefundNo === out_refund_no,
    )
    assert.equal(told.length, 1)
  })

  test('is FAIL while the row stays locked, said before WeChat gives up waiting, and repeated', async () => {
    const { out_trade_no, out_refund_no } = await startedRefund()
    const holder = await createConnection({ uri: shop.database.url })
    await holder.query('START TRANSACTION')
    await holder.query('SELECT id FROM refund WHERE out_refund_no = ? FOR UPDATE', [out_refund_no])
    shop.wechat.refunds.finish(out_refund_no)
    const first = await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
    await holder.query('ROLLBACK')
    await holder.end()
    assert.deepEqual([first.status, fromXml(first.body).return_code], [200, 'FAIL'])
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal(await statusOf(out_trade_no), 'SUCCESS')
  })
})

describe('while WeChat cannot be asked', () => {
  for (const kind of ['timeout', 'replyLost', 'wrongSignature', 'otherMerchant', 'garbage'] as const) {
    test(`(${kind}) the answer is FAIL, nothing changes, and the repetition is taken`, async () => {
      const { out_trade_no, out_refund_no } = await startedRefund()
      shop.wechat.faults.add({ on: 'refundquery', kind, times: 1 })
      shop.wechat.refunds.finish(out_refund_no)
      const first = await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
      // It was answered in time: an attempt that nobody answers has status 0.
      assert.deepEqual([first.status, fromXml(first.body).return_code], [200, 'FAIL'])
      await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
      assert.equal(await statusOf(out_trade_no), 'SUCCESS')
    })
  }
})

describe('while one access point swallows connections', () => {
  const silent = createServer((socket) => socket.on('error', () => undefined))
  let url: string
  before(async () => {
    await once(silent.listen(0, '127.0.0.1'), 'listening')
    url = `https://127.0.0.1:${(silent.address() as AddressInfo).port}`
  })
  after(() => silent.close())

  test('and the other one does not answer, WeChat is told FAIL before it stops waiting', async () => {
    await shop.with({ WX_API_BASE: url, WX_API_BACKUP: shop.wechat.url }, async () => {
      const { out_trade_no, out_refund_no } = await startedRefund()
      shop.wechat.faults.add({ on: 'refundquery', kind: 'timeout', times: 1 })
      shop.wechat.refunds.finish(out_refund_no)
      const first = await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
      assert.deepEqual([first.status, fromXml(first.body).return_code], [200, 'FAIL'])
      await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
      assert.equal(await statusOf(out_trade_no), 'SUCCESS')
    })
  })
})

describe('a notify that is not about a refund of this shop', () => {
  async function isRefusedUnasked(xml: string, reason: string): Promise<void> {
    const calls = shop.wechat.calls.length
    const { code, msg } = await send(xml)
    assert.deepEqual([code, msg], ['FAIL', reason])
    assert.equal(shop.wechat.calls.length, calls, 'WeChat was asked')
  }

  test('is forged when it was encrypted with another key: FAIL, counted, nobody asked', async () => {
    const { out_trade_no, out_refund_no, info } = await startedRefund()
    shop.logs.clear()
    await isRefusedUnasked(notifyXml(info, {}, 'somebody else has another key 00'), '解密失败')
    assert.equal(shop.logs.of('refund_notify_forged').length, 1)
    assert.equal(await statusOf(out_trade_no), 'PROCESSING')
    shop.wechat.faults.add({ on: 'refundnotify', kind: 'wrongSignature', times: 1 })
    shop.wechat.refunds.finish(out_refund_no)
    const first = await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify' })
    assert.equal(fromXml(first.body).return_code, 'FAIL')
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    assert.equal(await statusOf(out_trade_no), 'SUCCESS')
  })

  test('cannot be decrypted: missing, empty, not base64, cut short, or no XML inside', async () => {
    const { out_trade_no, info } = await startedRefund()
    const whole = fromXml(notifyXml(info)).req_info ?? ''
    const nonsense = [
      '',
      '!!!',
      'AAAA',
      whole.slice(0, 40),
      whole.slice(0, -24),
      encryptReqInfo('no xml', TEST_MERCHANT.apiKey),
      encryptReqInfo('<xml><a>1</a></xml>', TEST_MERCHANT.apiKey),
      encryptReqInfo('<!DOCTYPE root [<!ENTITY a "1">]><root><a>&a;</a></root>', TEST_MERCHANT.apiKey),
      encryptReqInfo('<root><a>1</a><a>2</a></root>', TEST_MERCHANT.apiKey),
    ]
    for (const req_info of nonsense) await isRefusedUnasked(notifyXml(info, { req_info }), '解密失败')
    const without = notifyXml(info).replace(/<req_info>.*<\/req_info>/, '')
    await isRefusedUnasked(without, '解密失败')
    assert.equal(await statusOf(out_trade_no), 'PROCESSING')
  })

  test('is no XML, or says FAIL', async () => {
    const { info } = await startedRefund()
    for (const xml of ['', 'hello', '<xml>', '{"a":1}', '<xml><a><b>1</b></a></xml>'])
      await isRefusedUnasked(xml, '报文格式错误')
    await isRefusedUnasked(notifyXml(info, { return_code: 'FAIL' }), '不是退款结果')
  })

  test('names another app or merchant', async () => {
    const { out_trade_no, info } = await startedRefund()
    await isRefusedUnasked(notifyXml(info, { appid: 'wx0000000000000000' }), '商户不符')
    await isRefusedUnasked(notifyXml(info, { mch_id: '1999999999' }), '商户不符')
    assert.equal(await statusOf(out_trade_no), 'PROCESSING')
  })

  test('has another amount, total or transaction than the refund of that number: reported, nobody asked', async () => {
    const { out_trade_no, out_refund_no, info } = await startedRefund()
    shop.wechat.refunds.finish(out_refund_no)
    await shop.wechat.waitForNotify(out_trade_no, { point: 'refundnotify', until: 'accepted' })
    for (const wrong of [
      { refund_fee: '1' },
      { refund_fee: `${info.refund_fee}.0` },
      { refund_fee: '' },
      { total_fee: '1' },
      { transaction_id: '4200000000202611220000000000' },
    ]) {
      shop.logs.clear()
      await isRefusedUnasked(notifyXml({ ...info, ...wrong }), '退款不符')
      assert.equal(shop.logs.of('refund_mismatch').length, 1)
    }
  })

  test('agrees with ours, but WeChat confirms another amount: reported, FAIL, and nothing changes', async () => {
    const { out_trade_no, info, there } = await startedRefund()
    Object.assign(there, { refundFee: there.refundFee - 1, status: 'SUCCESS' })
    shop.logs.clear()
    assert.equal((await send(notifyXml(info))).code, 'FAIL')
    assert.equal(shop.logs.of('refund_mismatch').length, 1)
    assert.equal(await statusOf(out_trade_no), 'PROCESSING')
  })
})

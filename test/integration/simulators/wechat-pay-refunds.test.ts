import assert from 'node:assert/strict'
import { X509Certificate } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { after, before, describe, it } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { newAuthority } from '../../../simulators/wechat-pay/certificates.ts'
import type { PayOptions, WechatSim } from '../../../simulators/wechat-pay/index.ts'
import { encryptReqInfo } from '../../../simulators/wechat-pay/refund-notify.ts'
import { startTestWechat, TEST_MERCHANT } from '../../helpers/wechat.ts'
import {
  call,
  callParams,
  decryptReqInfo,
  fromXml,
  isGenuine,
  orderParams,
  outTradeNo,
  type Params,
  post,
  sign,
  startMerchant,
  toXml,
} from '../../helpers/wechat-client.ts'
import { refund, securePost } from '../../helpers/wechat-secure.ts'
import vectors from '../../vectors/wechatpay-vectors.json' with { type: 'json' }

const HOUR_MS = 3600_000
const DAY_MS = 24 * HOUR_MS

describe('WeChat Pay simulator: money back', () => {
  let sim: WechatSim
  let aheadMs = 0
  before(async () => {
    sim = await startTestWechat({ now: () => Date.now() + aheadMs, refundDelayMs: Number.POSITIVE_INFINITY })
  })
  after(() => sim.close())

  /** A paid order's number. */
  async function paid(total_fee = '10000', how: PayOptions = {}, changes: Params = {}): Promise<string> {
    const { time_expire: _, ...params } = orderParams({ total_fee, ...changes })
    await call(sim.url, '/pay/unifiedorder', params)
    sim.pay(params.out_trade_no ?? '', { notify: false, ...how })
    return params.out_trade_no ?? ''
  }

  let refunds = 0
  const outRefundNo = () => `R${Date.now()}${process.pid}${++refunds}`
  const refundParams = (out_trade_no: string, refund_fee: string, changes: Params = {}): Params =>
    callParams({ out_trade_no, out_refund_no: outRefundNo(), total_fee: '10000', refund_fee, ...changes })
  const ask = (out_trade_no: string, refund_fee: string, changes: Params = {}) =>
    refund(sim, refundParams(out_trade_no, refund_fee, changes))
  const queryRefund = (changes: Params) => call(sim.url, '/pay/refundquery', callParams(changes))

  async function later<T>(ms: number, act: () => Promise<T>): Promise<T> {
    aheadMs += ms
    try {
      return await act()
    } finally {
      aheadMs -= ms
    }
  }

  describe('the client certificate', () => {
    const body = () => {
      const params = refundParams(outTradeNo(), '1')
      return toXml({ ...params, sign: sign(params) })
    }

    it('is asked for by refund, and the web server refuses in HTML without one', async () => {
      const answer = await securePost(sim, '/secapi/pay/refund', body())
      assert.equal(answer.status, 400)
      assert.match(answer.text, /No required SSL certificate/)
      const plain = await fetch(`${sim.url}/secapi/pay/refund`, { method: 'POST', body: body() })
      assert.equal(plain.status, 400)
    })

    it('of another authority is refused', async () => {
      const answer = await securePost(sim, '/secapi/pay/refund', body(), await newAuthority())
      assert.equal(answer.status, 400)
      assert.match(answer.text, /SSL certificate error/)
    })

    it('of another merchant is refused', async () => {
      const identity = await sim.secure.clientCertificate('1900000999')
      const answer = await securePost(sim, '/secapi/pay/refund', body(), identity)
      assert.deepEqual(fromXml(answer.text), { return_code: 'FAIL', return_msg: '商户证书与商户号不匹配' })
    })

    it('is well formed: signed by the authority, named after the merchant, RSA', async () => {
      const authority = new X509Certificate(sim.secure.caPem)
      const client = new X509Certificate((await sim.secure.clientCertificate()).certPem)
      assert.ok(client.verify(authority.publicKey))
      assert.ok(client.checkIssued(authority))
      assert.equal(client.subject, `CN=${TEST_MERCHANT.mchId}`)
      assert.equal(client.publicKey.asymmetricKeyType, 'rsa')
      assert.equal(await readFile(await sim.secure.caFile(), 'utf8'), sim.secure.caPem)
    })

    it('is not needed by the other calls, on either host', async () => {
      const out_trade_no = await paid()
      for (const url of [sim.secure.url, sim.secure.backup.url]) {
        const params = callParams({ out_trade_no })
        const answer = await securePost(
          sim,
          '/pay/orderquery',
          toXml({ ...params, sign: sign(params) }),
          undefined,
          url,
        )
        assert.equal(fromXml(answer.text).trade_state, 'SUCCESS')
      }
    })
  })

  describe('refund', () => {
    it('is accepted, shows in the query, and ends later', async () => {
      const out_trade_no = await paid()
      const out_refund_no = outRefundNo()
      const answer = await ask(out_trade_no, '4000', { out_refund_no })
      assert.equal(answer.result_code, 'SUCCESS')
      assert.deepEqual(
        [answer.refund_fee, answer.total_fee, answer.cash_refund_fee],
        ['4000', '10000', '4000'],
      )
      assert.match(answer.refund_id ?? '', /^\d{29}$/)
      assert.ok(isGenuine(answer))
      const order = await call(sim.url, '/pay/orderquery', callParams({ out_trade_no }))
      assert.equal(order.trade_state, 'REFUND')
      const pending = await queryRefund({ out_refund_no })
      assert.deepEqual([pending.refund_status_0, pending.refund_success_time_0], ['PROCESSING', undefined])
      sim.refunds.finish(out_refund_no)
      const done = await queryRefund({ refund_id: answer.refund_id ?? '' })
      assert.equal(done.refund_status_0, 'SUCCESS')
      assert.match(done.refund_success_time_0 ?? '', /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/)
      assert.equal(done.out_refund_no_0, out_refund_no)
      assert.ok(isGenuine(done))
    })

    it('is the same refund under the same number, and refused with other amounts', async () => {
      const out_trade_no = await paid()
      const out_refund_no = outRefundNo()
      const first = await ask(out_trade_no, '4000', { out_refund_no })
      const again = await ask(out_trade_no, '4000', { out_refund_no })
      assert.equal(again.refund_id, first.refund_id)
      const changed = await ask(out_trade_no, '4001', { out_refund_no })
      const elsewhere = await ask(await paid(), '4000', { out_refund_no })
      for (const refused of [changed, elsewhere]) {
        assert.deepEqual([refused.result_code, refused.err_code], ['FAIL', 'ERROR'])
        assert.match(refused.err_code_des ?? '', /与之前请求不一致/)
      }
      assert.equal(sim.orders.get(out_trade_no)?.refunds.length, 1)
    })

    it('is found by transaction_id, which wins over out_trade_no', async () => {
      const [one, two] = [await paid(), await paid()]
      const transaction_id = sim.orders.get(one)?.payment?.transactionId ?? ''
      const answer = await ask(two, '100', { transaction_id })
      assert.equal(answer.out_trade_no, one)
      assert.equal((await ask(two, '100', { transaction_id: '1' })).err_code, 'INVALID_TRANSACTIONID')
    })

    it('cannot give back more than was paid, in parts at least a minute apart', async () => {
      const out_trade_no = await paid()
      assert.equal((await ask(out_trade_no, '6000')).result_code, 'SUCCESS')
      assert.equal((await ask(out_trade_no, '4000')).err_code, 'FREQUENCY_LIMITED')
      await later(61_000, async () => {
        assert.equal((await ask(out_trade_no, '4001')).err_code_des, '累计退款金额大于支付金额')
        assert.equal((await ask(out_trade_no, '4000')).result_code, 'SUCCESS')
      })
      await later(122_000, async () => {
        assert.equal((await ask(out_trade_no, '1')).err_code_des, '订单已全额退款')
      })
      assert.deepEqual(sim.orders.get(out_trade_no)?.refunds.length, 2)
    })

    it('that was closed leaves its money to be refunded under another number', async () => {
      const out_trade_no = await paid()
      const out_refund_no = outRefundNo()
      await ask(out_trade_no, '10000', { out_refund_no })
      sim.refunds.finish(out_refund_no, 'REFUNDCLOSE')
      assert.equal((await queryRefund({ out_refund_no })).refund_status_0, 'REFUNDCLOSE')
      await later(61_000, async () => {
        assert.equal((await ask(out_trade_no, '10000')).result_code, 'SUCCESS')
      })
    })

    it('has fifty parts at most, ten to a page', async () => {
      const out_trade_no = await paid()
      for (let part = 0; part < 50; part++) {
        await later(part * 61_000, async () => {
          assert.equal((await ask(out_trade_no, '100')).result_code, 'SUCCESS')
        })
      }
      const more = await later(51 * 61_000, () => ask(out_trade_no, '100'))
      assert.equal(more.result_code, 'FAIL')
      const page = await queryRefund({ out_trade_no, offset: '45' })
      assert.deepEqual([page.total_refund_count, page.refund_count], ['50', '5'])
      const numbers = sim.orders.get(out_trade_no)?.refunds.map(({ outRefundNo }) => outRefundNo) ?? []
      assert.equal(page.out_refund_no_0, numbers[45])
      assert.equal((await queryRefund({ out_trade_no })).refund_count, '10')
    })

    it('comes too late after a year, and not before the payment', async () => {
      const out_trade_no = await paid()
      await later(366 * DAY_MS, async () => {
        assert.equal((await ask(out_trade_no, '100')).err_code, 'TRADE_OVERDUE')
      })
      const unpaid = orderParams({ total_fee: '10000' })
      await call(sim.url, '/pay/unifiedorder', unpaid)
      assert.equal((await ask(unpaid.out_trade_no ?? '', '100')).err_code, 'ERROR')
      assert.equal((await ask(outTradeNo(), '100')).err_code, 'ORDERNOTEXIST')
    })

    const bad: [string, Params][] = [
      ['no out_refund_no', { out_refund_no: '' }],
      ['an out_refund_no with other characters', { out_refund_no: 'R/1' }],
      ['an out_refund_no of more than 64 bytes', { out_refund_no: 'R'.repeat(65) }],
      ['a refund of 0', { refund_fee: '0' }],
      ['a refund with a point', { refund_fee: '1.00' }],
      ['a long reason', { refund_desc: '退'.repeat(27) }],
      ['an unknown account', { refund_account: 'MINE' }],
      ['a notify_url with a query', { notify_url: 'https://shop.example.com/refund?a=1' }],
      ['neither order number', { out_trade_no: '' }],
    ]
    for (const [what, changes] of bad) {
      it(`is refused with ${what}`, async () => {
        const answer = await ask(outTradeNo(), '100', changes)
        assert.deepEqual(Object.keys(answer), ['return_code', 'return_msg'])
      })
    }

    it('with another total than the order is refused', async () => {
      assert.equal((await ask(await paid(), '100', { total_fee: '9999' })).err_code, 'ERROR')
    })

    it('gives back coupons to the fen over uneven parts', async () => {
      const coupons = [
        { type: 'CASH', fee: 333 },
        { type: 'NO_CASH', fee: 667 },
      ] as const
      const out_trade_no = await paid('10000', { coupons })
      for (const [n, fee] of ['3333', '3333', '3334'].entries())
        await later(n * 61_000, () => ask(out_trade_no, fee))
      const order = sim.orders.get(out_trade_no)
      const sum = (of: (each: NonNullable<typeof order>['refunds'][number]) => number) =>
        order?.refunds.reduce((total, each) => total + of(each), 0)
      assert.equal(
        sum(({ cashRefundFee }) => cashRefundFee),
        9000,
      )
      assert.equal(
        sum(({ settlementRefundFee }) => settlementRefundFee),
        9333,
      )
      assert.equal(
        sum(({ couponRefunds }) => couponRefunds[1]?.fee ?? 0),
        667,
      )
      const shown = await queryRefund({ out_trade_no })
      assert.deepEqual([shown.coupon_type_2_0, shown.coupon_type_2_1], ['CASH', 'NO_CASH'])
    })

    it('that nobody made is REFUNDNOTEXIST', async () => {
      const unknown: Params[] = [
        { out_refund_no: 'none' },
        { refund_id: '1' },
        { out_trade_no: await paid() },
      ]
      for (const by of unknown) {
        assert.equal((await queryRefund(by)).err_code, 'REFUNDNOTEXIST')
      }
      assert.equal((await queryRefund({})).return_code, 'FAIL')
    })

    it('can be lost on the way or in the reply, as the other calls', async () => {
      const out_trade_no = await paid()
      sim.faults.add({ on: 'refund', kind: 'replyLost', times: 1, outTradeNo: out_trade_no })
      const out_refund_no = outRefundNo()
      await assert.rejects(ask(out_trade_no, '100', { out_refund_no }))
      assert.ok(sim.refunds.get(out_refund_no))
      sim.faults.add({
        on: 'refund',
        kind: 'error',
        errCode: 'NOTENOUGH',
        times: 1,
        outTradeNo: out_trade_no,
      })
      assert.equal((await ask(out_trade_no, '100', { out_refund_no })).err_code, 'NOTENOUGH')
      assert.equal((await ask(out_trade_no, '100', { out_refund_no })).result_code, 'SUCCESS')
    })

    it('ends by itself where that is wanted', async () => {
      const quick = await startTestWechat({ refundDelayMs: 0 })
      const merchant = await startMerchant()
      const params = orderParams({ total_fee: '10000' })
      await call(quick.url, '/pay/unifiedorder', params)
      quick.pay(params.out_trade_no ?? '', { notify: false })
      await refund(quick, refundParams(params.out_trade_no ?? '', '100', { notify_url: merchant.url }))
      await quick.idle()
      await Promise.all([quick.close(), merchant.close()])
      assert.equal(quick.orders.get(params.out_trade_no ?? '')?.refunds[0]?.status, 'SUCCESS')
      assert.equal(merchant.got.length, 1)
    })
  })

  describe('the notify of a refund', () => {
    it('encrypts as the published vector', () => {
      const { api_key, req_info_plaintext, req_info_base64 } = vectors.v2_refund_notify
      assert.equal(encryptReqInfo(req_info_plaintext, api_key), req_info_base64)
      assert.equal(decryptReqInfo(req_info_base64, api_key), req_info_plaintext)
    })

    for (const status of ['SUCCESS', 'CHANGE', 'REFUNDCLOSE'] as const) {
      it(`tells ${status}, encrypted and without a signature`, async () => {
        const merchant = await startMerchant()
        const out_trade_no = await paid()
        const out_refund_no = outRefundNo()
        await ask(out_trade_no, '4000', { out_refund_no, notify_url: merchant.url })
        sim.refunds.finish(out_refund_no, status)
        const delivery = await sim.waitForNotify(out_trade_no, { point: 'refundnotify' })
        await merchant.close()
        assert.ok(delivery.accepted)
        const outer = merchant.got[0]?.fields ?? {}
        assert.deepEqual(Object.keys(outer), ['return_code', 'appid', 'mch_id', 'nonce_str', 'req_info'])
        const plain = decryptReqInfo(outer.req_info ?? '')
        assert.match(plain, /^<root>.*<\/root>$/s)
        const info = fromXml(plain.slice(6, -7))
        assert.equal(info.out_refund_no, out_refund_no)
        assert.equal(info.refund_status, status)
        assert.deepEqual([info.refund_fee, info.total_fee], ['4000', '10000'])
        assert.equal(info.success_time === undefined, status !== 'SUCCESS')
      })
    }

    it('is not sent where the refund named no URL', async () => {
      const out_trade_no = await paid()
      const out_refund_no = outRefundNo()
      await ask(out_trade_no, '4000', { out_refund_no })
      sim.refunds.finish(out_refund_no)
      assert.deepEqual(sim.deliveries(out_trade_no, 'refundnotify'), [])
    })

    it('can tell a wrong amount, or come from somebody with another key', async () => {
      const merchant = await startMerchant({ body: 'no' })
      const out_trade_no = await paid()
      const out_refund_no = outRefundNo()
      await ask(out_trade_no, '4000', { out_refund_no, notify_url: merchant.url })
      for (const kind of ['wrongAmount', 'wrongSignature'] as const) {
        sim.faults.add({ on: 'refundnotify', kind, times: 1, outTradeNo: out_trade_no })
      }
      sim.refunds.finish(out_refund_no)
      await sim.waitForNotify(out_trade_no, { point: 'refundnotify', nth: 2 })
      await merchant.close()
      const [wrong, foreign] = merchant.got.map(({ fields }) => fields.req_info ?? '')
      assert.match(decryptReqInfo(wrong ?? ''), /<refund_fee>4001</)
      assert.throws(() => decryptReqInfo(foreign ?? ''))
    })

    it('can be brought about from another process', async () => {
      const out_trade_no = await paid()
      const out_refund_no = outRefundNo()
      await ask(out_trade_no, '4000', { out_refund_no })
      const finish = (status: string) =>
        fetch(`${sim.url}/sim/refund`, { method: 'POST', body: JSON.stringify({ out_refund_no, status }) })
      assert.equal((await finish('LOST')).status, 400)
      assert.equal((await finish('CHANGE')).status, 200)
      assert.equal((await finish('SUCCESS')).status, 400)
      assert.equal(sim.refunds.get(out_refund_no)?.status, 'CHANGE')
    })
  })

  describe('downloadbill', () => {
    const download = (changes: Params) => {
      const params = callParams(changes)
      return post(`${sim.url}/pay/downloadbill`, toXml({ ...params, sign: sign(params) }))
    }

    /** Days that no other test pays on, far enough ahead: 10:00 in Beijing, and the day's name. */
    let days = 1000
    async function onOwnDay(
      act: (day: string, nextMorning: (more?: number) => void) => Promise<void>,
    ): Promise<void> {
      days += 2
      const before = aheadMs
      const midnight = Math.floor((Date.now() + days * DAY_MS + 8 * HOUR_MS) / DAY_MS) * DAY_MS - 8 * HOUR_MS
      const moveTo = (epochMs: number) => {
        aheadMs = epochMs - Date.now()
      }
      moveTo(midnight + 10 * HOUR_MS)
      const day = new Date(midnight + 8 * HOUR_MS).toISOString().slice(0, 10).replaceAll('-', '')
      try {
        await act(day, (more = 0) => moveTo(midnight + (24 + 9.1) * HOUR_MS + more))
      } finally {
        aheadMs = before
      }
    }

    const cells = (line: string) => line.slice(1).split(',`')

    it('lists the payments and refunds of the day exactly as the published sample', async () => {
      await onOwnDay(async (bill_date, nextMorning) => {
        const coupons = [
          { type: 'CASH', fee: 600 },
          { type: 'NO_CASH', fee: 400 },
        ] as const
        const sample = { body: '商城-会员充值,100元', attach: 'merchant=42', device_info: 'WEB' }
        const out_trade_no = await paid('10000', { coupons }, sample)
        const out_refund_no = outRefundNo()
        await ask(out_trade_no, '10000', { out_refund_no })
        sim.refunds.finish(out_refund_no)
        nextMorning()
        const bill = await bytes(download({ bill_date, bill_type: 'ALL' }))
        const expected = vectors.v2_bill_all.csv.split('\r\n')
        assert.deepEqual([...bill.subarray(0, 3)], [0xef, 0xbb, 0xbf])
        const lines = bill.subarray(3).toString().split('\r\n')
        assert.equal(lines.length, expected.length)
        assert.equal(lines[0], expected[0])
        assert.equal(lines[3], expected[3])
        assert.equal(lines[4], expected[4])
        assert.equal(lines[5], '')
        // our own numbers and times stand where the sample has its own
        const own = new Set([0, 1, 2, 5, 6, 7, 14, 15])
        const comparable = (line = '') =>
          cells(line).map((cell, at) => (own.has(at) && cell !== '0' ? '*' : cell))
        assert.deepEqual(comparable(lines[1]), comparable(expected[1]))
        assert.deepEqual(comparable(lines[2]), comparable(expected[2]))
        assert.equal(cells(lines[1] ?? '')[6], out_trade_no)
        assert.equal(cells(lines[2] ?? '')[15], out_refund_no)
      })
    })

    /** `post` decodes and would drop the mark at the beginning. */
    async function bytes(_: Promise<string>): Promise<Buffer> {
      await _
      const { fields } = sim.calls.at(-1) ?? { fields: {} }
      const answer = await fetch(`${sim.url}/pay/downloadbill`, {
        method: 'POST',
        body: toXml({ ...fields }),
      })
      return Buffer.from(await answer.arrayBuffer())
    }

    it('comes compressed when asked, and by kind', async () => {
      await onOwnDay(async (bill_date, nextMorning) => {
        const out_trade_no = await paid()
        await paid()
        await ask(out_trade_no, '2500')
        nextMorning()
        const plain = await bytes(download({ bill_date }))
        const zipped = await bytes(download({ bill_date, tar_type: 'GZIP' }))
        assert.deepEqual(gunzipSync(zipped), plain)
        const count = (text: string) => cells(text.split('\r\n').at(-2) ?? '')[0]
        assert.equal(count(plain.toString()), '3')
        assert.equal(count(await download({ bill_date, bill_type: 'SUCCESS' })), '2')
        const refunds = await download({ bill_date, bill_type: 'REFUND' })
        assert.equal(count(refunds), '1')
        assert.match(refunds, /退款申请时间/)
        assert.match(refunds, /`PROCESSING/)
        assert.match(await download({ bill_date, bill_type: 'RECHARGE_REFUND' }), /No Bill Exist/)
      })
    })

    it('keeps the state of the morning on which it was built', async () => {
      await onOwnDay(async (bill_date, nextMorning) => {
        const out_refund_no = outRefundNo()
        await ask(await paid(), '10000', { out_refund_no })
        nextMorning(HOUR_MS)
        sim.refunds.finish(out_refund_no)
        assert.match(await download({ bill_date, bill_type: 'REFUND' }), /`PROCESSING/)
      })
    })

    it('says in XML what is wrong, with the words of the documentation', async () => {
      await onOwnDay(async (bill_date, nextMorning) => {
        await paid()
        const said = async (changes: Params) => {
          const answer = fromXml(await download(changes))
          assert.equal(answer.return_code, 'FAIL')
          assert.equal(answer.sign, undefined)
          return [answer.return_msg, answer.error_code]
        }
        assert.deepEqual(await said({ bill_date }), ['No Bill Exist', '20002'])
        aheadMs += 20 * HOUR_MS
        assert.deepEqual(await said({ bill_date }), ['Bill Creating', '20002'])
        nextMorning()
        assert.deepEqual(await said({ bill_date: '2026-11-22' }), ['data format error', '20001'])
        assert.deepEqual(await said({}), ['missing parameter', '20001'])
        assert.deepEqual(await said({ bill_date, bill_type: 'MINE' }), ['invalid bill_type', '20001'])
        assert.deepEqual(await said({ bill_date: '20200101' }), ['No Bill Exist', '20002'])
        sim.faults.add({ on: 'downloadbill', kind: 'SYSTEMERROR', times: 1 })
        assert.deepEqual(await said({ bill_date }), ['SYSTEMERROR', '20003'])
        const params = callParams({ bill_date })
        const forged = await post(`${sim.url}/pay/downloadbill`, toXml({ ...params, sign: 'A'.repeat(32) }))
        assert.equal(fromXml(forged).return_msg, 'SIGN ERROR')
      })
    })
  })

  it('sums up what was paid and what went back', async () => {
    const own = await startTestWechat({ refundDelayMs: Number.POSITIVE_INFINITY })
    const params = orderParams({ total_fee: '10000' })
    await call(own.url, '/pay/unifiedorder', params)
    own.pay(params.out_trade_no ?? '', { notify: false })
    await refund(own, refundParams(params.out_trade_no ?? '', '2500'))
    await own.close()
    assert.deepEqual(own.orders.totals(), { paid: 10000, refunded: 2500 })
  })
})

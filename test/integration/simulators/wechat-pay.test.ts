import assert from 'node:assert/strict'
import { once } from 'node:events'
import { after, before, describe, it } from 'node:test'
import { PayRefused, type WechatSim } from '../../../simulators/wechat-pay/index.ts'
import { startTestWechat, TEST_MERCHANT } from '../../helpers/wechat.ts'
import {
  beijing,
  call,
  callParams,
  fromXml,
  isGenuine,
  orderParams,
  outTradeNo,
  type Params,
  post,
  RECEIVED,
  type Reaction,
  sign,
  startMerchant,
  toXml,
} from '../../helpers/wechat-client.ts'
import { securePost } from '../../helpers/wechat-secure.ts'

const HOUR_MS = 3600_000

describe('WeChat Pay simulator', () => {
  let sim: WechatSim
  let aheadMs = 0
  before(async () => {
    sim = await startTestWechat({ now: () => Date.now() + aheadMs })
  })
  after(() => sim.close())

  const order = (changes: Params = {}) => call(sim.url, '/pay/unifiedorder', orderParams(changes))
  const query = (out_trade_no: string) => call(sim.url, '/pay/orderquery', callParams({ out_trade_no }))
  const close = (out_trade_no: string) => call(sim.url, '/pay/closeorder', callParams({ out_trade_no }))

  /** Runs with the service's clock moved, and moves it back. */
  async function later(hours: number, act: () => Promise<void>): Promise<void> {
    aheadMs = hours * HOUR_MS
    try {
      await act()
    } finally {
      aheadMs = 0
    }
  }

  describe('unifiedorder', () => {
    it('gives a signed code for a good order', async () => {
      const answer = await order()
      assert.equal(answer.return_code, 'SUCCESS')
      assert.equal(answer.result_code, 'SUCCESS')
      assert.equal(answer.appid, TEST_MERCHANT.appid)
      assert.equal(answer.mch_id, TEST_MERCHANT.mchId)
      assert.equal(answer.trade_type, 'NATIVE')
      assert.match(answer.code_url ?? '', /^weixin:\/\//)
      assert.ok((answer.prepay_id ?? '').length > 0 && (answer.prepay_id ?? '').length <= 64)
      assert.ok(isGenuine(answer))
    })

    it('verifies and answers with HMAC-SHA256 when the order says so', async () => {
      const answer = await order({ sign_type: 'HMAC-SHA256' })
      assert.equal(answer.result_code, 'SUCCESS')
      assert.ok(isGenuine(answer, 'HMAC-SHA256'))
    })

    it('accepts a signed parameter that it does not know, and empty ones', async () => {
      const answer = await order({ some_future_field: 'abc', attach: '' })
      assert.equal(answer.result_code, 'SUCCESS')
    })

    it('gives the same code again for identical parameters under another nonce', async () => {
      const params = orderParams()
      const first = await call(sim.url, '/pay/unifiedorder', params)
      const again = await call(sim.url, '/pay/unifiedorder', { ...params, nonce_str: 'another' })
      assert.equal(again.code_url, first.code_url)
      assert.equal(again.prepay_id, first.prepay_id)
    })

    it('refuses changed parameters under a number that it knows', async () => {
      const params = orderParams()
      await call(sim.url, '/pay/unifiedorder', params)
      const changes: Params[] = [
        { total_fee: '1' },
        { body: '别的' },
        { attach: 'x' },
        { time_expire: beijing(90) },
      ]
      for (const change of changes) {
        const answer = await call(sim.url, '/pay/unifiedorder', { ...params, ...change })
        assert.equal(answer.result_code, 'FAIL')
        assert.equal(answer.err_code, 'INVALID_REQUEST')
        assert.equal(answer.err_code_des, '201 商户订单号重复')
        assert.ok(isGenuine(answer))
      }
    })

    it('renews the code after two hours, and the old one can no longer be scanned', async () => {
      const params = orderParams({ time_expire: beijing(600) })
      const first = await call(sim.url, '/pay/unifiedorder', params)
      await later(2.01, async () => {
        const again = await call(sim.url, '/pay/unifiedorder', params)
        assert.equal(again.result_code, 'SUCCESS')
        assert.notEqual(again.code_url, first.code_url)
        assert.throws(() => sim.scan(first.code_url ?? ''), PayRefused)
        assert.equal(sim.scan(again.code_url ?? '', { notify: false }).state, 'SUCCESS')
      })
    })

    it('answers ORDERPAID for a paid and ORDERCLOSED for a closed number', async () => {
      const paid = orderParams()
      const closed = orderParams()
      for (const params of [paid, closed]) await call(sim.url, '/pay/unifiedorder', params)
      sim.pay(paid.out_trade_no ?? '', { notify: false })
      await close(closed.out_trade_no ?? '')
      assert.equal((await call(sim.url, '/pay/unifiedorder', paid)).err_code, 'ORDERPAID')
      assert.equal((await call(sim.url, '/pay/unifiedorder', closed)).err_code, 'ORDERCLOSED')
    })

    for (const name of [
      'appid',
      'mch_id',
      'nonce_str',
      'body',
      'out_trade_no',
      'total_fee',
      'spbill_create_ip',
      'notify_url',
      'trade_type',
      'product_id',
    ]) {
      it(`refuses an order without ${name}`, async () => {
        const { [name]: _, ...params } = orderParams()
        const answer = await call(sim.url, '/pay/unifiedorder', params)
        assert.deepEqual(answer, { return_code: 'FAIL', return_msg: `缺少参数${name}` })
      })
    }

    const long = (length: number) => 'x'.repeat(length)
    const bad: [string, Params][] = [
      ['an amount of 0', { total_fee: '0' }],
      ['a negative amount', { total_fee: '-1' }],
      ['an amount with a point', { total_fee: '499.00' }],
      ['an amount with a leading zero', { total_fee: '0499' }],
      ['a number that is too short', { out_trade_no: 'T1234' }],
      ['a number that is too long', { out_trade_no: long(33) }],
      ['a number with other characters', { out_trade_no: 'T12345/678' }],
      ['a body of more than 127 bytes', { body: '鞋'.repeat(43) }],
      ['an attach of more than 127 bytes', { attach: long(128) }],
      ['a nonce of more than 32 bytes', { nonce_str: long(33) }],
      ['a product_id of more than 32 bytes', { product_id: long(33) }],
      ['an address that is none', { spbill_create_ip: '1.2.3' }],
      ['a notify_url with a query', { notify_url: 'https://shop.example.com/pay/notify?a=1' }],
      ['a notify_url that is relative', { notify_url: '/pay/notify' }],
      ['a public notify_url without TLS', { notify_url: 'http://shop.example.com/pay/notify' }],
      ['a notify_url of more than 256 bytes', { notify_url: `https://shop.example.com/${long(240)}` }],
      ['another currency', { fee_type: 'USD' }],
      ['an unknown trade_type', { trade_type: 'QR' }],
      ['an openid', { openid: 'oUpF8uMEb4qRXf22hE3X68TekukE' }],
      ['an unknown sign_type', { sign_type: 'SHA1' }],
      ['a value with spaces around it', { body: ' 乐淘 ' }],
      ['a time_expire in ISO form', { time_expire: '2026-12-01T00:00:00' }],
      ['a time_expire that is no moment', { time_expire: '20260231000000' }],
      ['a time_expire in less than five minutes', { time_expire: beijing(4) }],
      ['a time_expire in UTC', { time_expire: beijing(120 - 480) }],
      ['a time_expire before its time_start', { time_start: beijing(60), time_expire: beijing(30) }],
    ]
    for (const [what, change] of bad) {
      it(`refuses an order with ${what}`, async () => {
        const answer = await order(change)
        assert.equal(answer.return_code, 'FAIL')
        assert.deepEqual(Object.keys(answer), ['return_code', 'return_msg'])
      })
    }

    it('makes no order of what it refused', async () => {
      const params = orderParams({ total_fee: '0' })
      await call(sim.url, '/pay/unifiedorder', params)
      assert.equal(sim.orders.get(params.out_trade_no ?? ''), undefined)
    })

    it('answers NOAUTH for a trade type that the merchant has not', async () => {
      const answer = await order({ trade_type: 'APP' })
      assert.equal(answer.err_code, 'NOAUTH')
      assert.ok(isGenuine(answer))
    })
  })

  describe('whom it believes', () => {
    const refusal = (msg: string) => ({ return_code: 'FAIL', return_msg: msg })

    it('refuses a wrong, a lower-case, and an otherwise-keyed signature', async () => {
      const params = orderParams()
      const good = sign(params)
      for (const wrong of [`${good.slice(1)}0`, good.toLowerCase(), sign(params, 'x'.repeat(32))]) {
        const answer = fromXml(await post(`${sim.url}/pay/unifiedorder`, toXml({ ...params, sign: wrong })))
        assert.deepEqual(answer, refusal('签名错误，请检查后再试'))
      }
    })

    it('refuses a signature of another type than the one named', async () => {
      const params = orderParams({ sign_type: 'HMAC-SHA256' })
      const body = toXml({ ...params, sign: sign(params, TEST_MERCHANT.apiKey, 'MD5') })
      const unnamed = orderParams()
      const other = toXml({ ...unnamed, sign: sign(unnamed, TEST_MERCHANT.apiKey, 'HMAC-SHA256') })
      for (const each of [body, other]) {
        assert.deepEqual(
          fromXml(await post(`${sim.url}/pay/unifiedorder`, each)),
          refusal('签名错误，请检查后再试'),
        )
      }
    })

    it('refuses a parameter that was added after signing', async () => {
      const params = orderParams()
      const body = toXml({ ...params, sign: sign(params), attach: 'added' })
      assert.equal(
        fromXml(await post(`${sim.url}/pay/unifiedorder`, body)).return_msg,
        '签名错误，请检查后再试',
      )
    })

    it('refuses merchants that it does not know', async () => {
      assert.deepEqual(await order({ appid: 'wx1234567890abcdef' }), refusal('appid不存在'))
      assert.deepEqual(await order({ mch_id: '1900000110' }), refusal('商户号mch_id不存在'))
    })

    it('refuses an empty body, another method, broken XML, a repeated tag, an entity bomb, and bytes that are no UTF-8', async () => {
      const url = `${sim.url}/pay/unifiedorder`
      const params = orderParams()
      const xml = toXml({ ...params, sign: sign(params) })
      assert.equal(fromXml(await post(url, '')).return_msg, 'post数据为空')
      assert.equal(fromXml(await (await fetch(url)).text()).return_msg, '请使用post方法')
      for (const broken of [
        xml.slice(0, -1),
        xml.replace('</xml>', `<total_fee>1</total_fee></xml>`),
        `<!DOCTYPE xml [<!ENTITY a "${'a'.repeat(1000)}">]>${xml}`,
        JSON.stringify(params),
      ]) {
        assert.equal(fromXml(await post(url, broken)).return_msg, 'XML格式错误')
      }
      const answer = await fetch(url, {
        method: 'POST',
        body: Buffer.concat([Buffer.from('<xml>'), Buffer.from([0xc4, 0xe3])]),
      })
      assert.equal(fromXml(await answer.text()).return_msg, '编码格式错误')
    })
  })

  describe('orderquery', () => {
    it('tells an unpaid order, with its attach and amount', async () => {
      const params = orderParams({ attach: 'basket 7' })
      await call(sim.url, '/pay/unifiedorder', params)
      const answer = await query(params.out_trade_no ?? '')
      assert.equal(answer.result_code, 'SUCCESS')
      assert.equal(answer.trade_state, 'NOTPAY')
      assert.equal(answer.trade_state_desc, '订单未支付')
      assert.equal(answer.attach, 'basket 7')
      assert.equal(answer.transaction_id, undefined)
      assert.ok(isGenuine(answer))
    })

    it('tells a paid order, by either number', async () => {
      const params = orderParams()
      await call(sim.url, '/pay/unifiedorder', params)
      sim.pay(params.out_trade_no ?? '', { notify: false })
      const answer = await query(params.out_trade_no ?? '')
      assert.equal(answer.trade_state, 'SUCCESS')
      assert.equal(answer.total_fee, '49900')
      assert.equal(answer.cash_fee, '49900')
      assert.equal(answer.fee_type, 'CNY')
      assert.match(answer.transaction_id ?? '', /^\d{28}$/)
      assert.match(answer.time_end ?? '', /^\d{14}$/)
      assert.ok(isGenuine(answer))
      const { transaction_id = '' } = answer
      const same = await call(sim.url, '/pay/orderquery', callParams({ transaction_id }))
      assert.equal(same.out_trade_no, params.out_trade_no)
    })

    it('answers ORDERNOTEXIST for a number that was never ordered', async () => {
      const answer = await query(outTradeNo())
      assert.equal(answer.result_code, 'FAIL')
      assert.equal(answer.err_code, 'ORDERNOTEXIST')
      assert.ok(isGenuine(answer))
    })

    it('refuses a query without any number', async () => {
      const answer = await call(sim.url, '/pay/orderquery', callParams())
      assert.equal(answer.return_code, 'FAIL')
    })

    it('closes by itself what nobody paid within seven days', async () => {
      const { out_trade_no = '', ...rest } = orderParams()
      await call(sim.url, '/pay/unifiedorder', { out_trade_no, ...rest })
      await later(7 * 24, async () => {
        assert.equal((await query(out_trade_no)).trade_state, 'CLOSED')
        assert.equal((await close(out_trade_no)).err_code, 'ORDERCLOSED')
      })
    })
  })

  describe('closeorder', () => {
    it('closes, again and again, and then nobody can pay', async () => {
      const params = orderParams()
      const { code_url = '' } = await call(sim.url, '/pay/unifiedorder', params)
      for (const _ of [1, 2]) {
        const answer = await close(params.out_trade_no ?? '')
        assert.equal(answer.result_code, 'SUCCESS')
        assert.ok(isGenuine(answer))
      }
      assert.equal((await query(params.out_trade_no ?? '')).trade_state, 'CLOSED')
      assert.throws(() => sim.scan(code_url), PayRefused)
    })

    it('answers ORDERPAID when the payer was first, and ORDERNOTEXIST for an unknown number', async () => {
      const params = orderParams()
      await call(sim.url, '/pay/unifiedorder', params)
      sim.pay(params.out_trade_no ?? '', { notify: false })
      assert.equal((await close(params.out_trade_no ?? '')).err_code, 'ORDERPAID')
      assert.equal((await close(outTradeNo())).err_code, 'ORDERNOTEXIST')
    })
  })

  describe('paying', () => {
    it('is refused after time_expire, although the order stays open', async () => {
      const params = orderParams({ time_expire: beijing(30) })
      await call(sim.url, '/pay/unifiedorder', params)
      await later(1, async () => {
        assert.throws(() => sim.pay(params.out_trade_no ?? ''), { name: 'PayRefused', message: /过期/ })
        assert.equal((await query(params.out_trade_no ?? '')).trade_state, 'NOTPAY')
      })
    })

    it('is refused a second time, and for an unknown code', async () => {
      const params = orderParams()
      await call(sim.url, '/pay/unifiedorder', params)
      sim.pay(params.out_trade_no ?? '', { notify: false })
      assert.throws(() => sim.pay(params.out_trade_no ?? ''), PayRefused)
      assert.throws(() => sim.scan('weixin://wxpay/bizpayurl?pr=none'), PayRefused)
    })

    it('splits the amount over coupons, and the types appear only when one lowers the settlement', async () => {
      const [cash, free] = [orderParams(), orderParams()]
      for (const params of [cash, free]) await call(sim.url, '/pay/unifiedorder', params)
      sim.pay(cash.out_trade_no ?? '', { notify: false, coupon: 900 })
      sim.pay(free.out_trade_no ?? '', {
        notify: false,
        coupons: [
          { type: 'CASH', fee: 100 },
          { type: 'NO_CASH', fee: 300, id: '20000001' },
        ],
      })
      const one = await query(cash.out_trade_no ?? '')
      assert.deepEqual(
        [one.total_fee, one.cash_fee, one.coupon_fee, one.coupon_count],
        ['49900', '49000', '900', '1'],
      )
      assert.deepEqual(
        [one.coupon_fee_0, one.coupon_type_0, one.settlement_total_fee],
        ['900', undefined, undefined],
      )
      const two = await query(free.out_trade_no ?? '')
      assert.deepEqual([two.cash_fee, two.coupon_fee, two.settlement_total_fee], ['49500', '400', '49600'])
      assert.deepEqual(
        [two.coupon_type_0, two.coupon_type_1, two.coupon_id_1],
        ['CASH', 'NO_CASH', '20000001'],
      )
      assert.ok(isGenuine(two))
    })
  })

  describe('notify', () => {
    /** An order whose payment is notified to a merchant that reacts so. */
    async function paidOrder(reactions: Reaction[], changes: Params = {}) {
      const merchant = await startMerchant(...reactions)
      const params = orderParams({ notify_url: merchant.url, ...changes })
      await call(sim.url, '/pay/unifiedorder', params)
      return { merchant, params, number: params.out_trade_no ?? '' }
    }

    it('tells the payment in a signed message, once, when it is received', async () => {
      const { merchant, number } = await paidOrder([], { attach: 'basket 7', sign_type: 'HMAC-SHA256' })
      sim.pay(number)
      const delivery = await sim.waitForNotify(number)
      await merchant.close()
      assert.ok(delivery.accepted)
      assert.equal(delivery.body, RECEIVED)
      assert.equal(merchant.got.length, 1)
      const [got] = merchant.got
      assert.match(got?.contentType ?? '', /^text\/xml/)
      const fields = got?.fields ?? {}
      assert.equal(fields.return_code, 'SUCCESS')
      assert.equal(fields.result_code, 'SUCCESS')
      assert.equal(fields.trade_state, undefined)
      assert.equal(fields.out_trade_no, number)
      assert.equal(fields.total_fee, '49900')
      assert.equal(fields.attach, 'basket 7')
      assert.equal(fields.transaction_id, sim.orders.get(number)?.payment?.transactionId)
      assert.ok(isGenuine(fields, 'HMAC-SHA256'))
      assert.equal(sim.notifyState(number), 'accepted')
    })

    it('comes again by the schedule until the answer says received', async () => {
      const refusals: Reaction[] = [
        { body: RECEIVED.replace('SUCCESS', 'FAIL') },
        { status: 500 },
        { body: '{"return_code":"SUCCESS"}' },
        { status: 302, headers: { location: '/elsewhere' } },
      ]
      const { merchant, number } = await paidOrder([...refusals, { body: RECEIVED }])
      sim.pay(number)
      const delivery = await sim.waitForNotify(number, { until: 'accepted' })
      await merchant.close()
      assert.equal(delivery.attempt, 5)
      assert.equal(merchant.got.length, 5)
      assert.equal(new Set(merchant.got.map(({ fields }) => fields.transaction_id)).size, 1)
    })

    it('gives up after the fifteenth repeat', async () => {
      const fast = await startTestWechat({ notifySpeed: 1e7 })
      const merchant = await startMerchant({ status: 500 })
      const params = orderParams({ notify_url: merchant.url })
      await call(fast.url, '/pay/unifiedorder', params)
      const done = once(fast.events, 'done')
      fast.pay(params.out_trade_no ?? '')
      const [, state] = await done
      await Promise.all([fast.close(), merchant.close()])
      assert.equal(state, 'given up')
      assert.equal(merchant.got.length, 16)
    })

    it('counts no answer within five seconds as none', async () => {
      const { merchant, number } = await paidOrder([undefined, { body: RECEIVED }])
      sim.pay(number)
      const delivery = await sim.waitForNotify(number)
      const second = await sim.waitForNotify(number, { until: 'accepted' })
      await merchant.close()
      assert.equal(delivery.status, 0)
      assert.match(delivery.reason ?? '', /5 s/)
      assert.equal(second.attempt, 2)
    })

    it('can be lost, repeated, late, of another amount or merchant, or wrongly signed', async () => {
      const { merchant, number } = await paidOrder([{ body: RECEIVED.replace('SUCCESS', 'FAIL') }])
      const rule = { on: 'notify', outTradeNo: number, times: 1 } as const
      for (const kind of [
        'lost',
        'repeat',
        'late',
        'wrongAmount',
        'otherMerchant',
        'wrongSignature',
        'garbage',
      ] as const) {
        sim.faults.add({ ...rule, kind, ...(kind === 'repeat' ? { count: 3 } : {}), delayMs: 1 })
      }
      sim.pay(number)
      await sim.waitForNotify(number, { nth: 8 })
      const deliveries = sim.deliveries(number)
      sim.faults.clear()
      await merchant.close()
      assert.equal(deliveries[0]?.fault, 'lost')
      const [a, b, c, late, amount, other, unsigned, garbage] = merchant.got.map(({ fields }) => fields)
      for (const copy of [a, b, c, late, amount]) assert.ok(isGenuine(copy ?? {}))
      assert.equal(amount?.total_fee, '49901')
      assert.notEqual(other?.mch_id, TEST_MERCHANT.mchId)
      assert.ok(isGenuine(other ?? {}))
      assert.ok(!isGenuine(unsigned ?? {}))
      assert.equal(garbage?.sign, undefined)
    })
  })

  describe('faults of the API', () => {
    async function struck(kind: Parameters<WechatSim['faults']['add']>[0]['kind'], more = {}) {
      const params = orderParams()
      const rule = {
        on: 'unifiedorder',
        kind,
        times: 1,
        outTradeNo: params.out_trade_no ?? '',
        ...more,
      } as const
      const disarm = sim.faults.add(rule)
      const outcome = await call(sim.url, '/pay/unifiedorder', params).catch((error: Error) => error)
      disarm()
      return { outcome, known: sim.orders.get(params.out_trade_no ?? '') !== undefined }
    }

    it('SYSTEMERROR is signed, before the work or after it', async () => {
      const before = await struck('SYSTEMERROR')
      const afterwards = await struck('SYSTEMERROR', { afterWork: true })
      for (const { outcome } of [before, afterwards]) {
        assert.ok(!(outcome instanceof Error))
        assert.equal(outcome.err_code, 'SYSTEMERROR')
        assert.ok(isGenuine(outcome))
      }
      assert.equal(before.known, false)
      assert.equal(afterwards.known, true)
    })

    it('a reset connection loses the request; a lost reply only the answer', async () => {
      const reset = await struck('reset')
      const lost = await struck('replyLost')
      assert.ok(reset.outcome instanceof Error && lost.outcome instanceof Error)
      assert.equal(reset.known, false)
      assert.equal(lost.known, true)
    })

    it('a wrong signature and another merchant can be told from a genuine answer', async () => {
      const { outcome: forged } = await struck('wrongSignature')
      const { outcome: foreign } = await struck('otherMerchant')
      assert.ok(!(forged instanceof Error) && !(foreign instanceof Error))
      assert.ok(!isGenuine(forged))
      assert.equal(forged.mch_id, TEST_MERCHANT.mchId)
      assert.ok(isGenuine(foreign))
      assert.notEqual(foreign.mch_id, TEST_MERCHANT.mchId)
    })

    it('garbage, HTTP 500 and a chosen error come as asked', async () => {
      const { outcome: garbage } = await struck('garbage')
      const { outcome: broken } = await struck('http500')
      const { outcome: chosen } = await struck('error', { errCode: 'NOTENOUGH', errCodeDes: '余额不足' })
      assert.ok(!(garbage instanceof Error) && !(broken instanceof Error) && !(chosen instanceof Error))
      assert.equal(garbage.result_code, undefined)
      assert.equal(broken.return_code, undefined)
      assert.equal(chosen.err_code, 'NOTENOUGH')
    })

    it('a time-out never answers', async () => {
      const params = orderParams()
      const disarm = sim.faults.add({ on: '*', kind: 'timeout', outTradeNo: params.out_trade_no ?? '' })
      const struckCall = once(sim.events, 'call')
      const abort = new AbortController()
      const hanging = fetch(`${sim.url}/pay/unifiedorder`, {
        method: 'POST',
        body: toXml({ ...params, sign: sign(params) }),
        signal: abort.signal,
      }).then(
        () => 'answered',
        () => 'hung',
      )
      await struckCall
      abort.abort()
      disarm()
      assert.equal(await hanging, 'hung')
    })

    it('strikes the same orders again under the same seed, in whatever order they come', async () => {
      const numbers = Array.from({ length: 40 }, (_, n) => `SEED${String(n).padStart(4, '0')}`)
      async function strikes(order: string[]): Promise<string[]> {
        const other = await startTestWechat()
        other.faults.seed(7)
        other.faults.add({ on: 'orderquery', kind: 'SYSTEMERROR', probability: 0.5 })
        for (const out_trade_no of order)
          await call(other.url, '/pay/orderquery', callParams({ out_trade_no }))
        await other.close()
        return other.calls
          .filter(({ fault }) => fault)
          .map(({ outTradeNo }) => outTradeNo)
          .sort()
      }
      const forwards = await strikes(numbers)
      assert.deepEqual(await strikes([...numbers].reverse()), forwards)
      assert.ok(forwards.length > 5 && forwards.length < 35)
    })
  })

  describe('the backup host', () => {
    it('serves the same orders, and each host can be taken down', async () => {
      const params = orderParams()
      await call(sim.url, '/pay/unifiedorder', params)
      const number = params.out_trade_no ?? ''
      const asked = () => call(sim.backup.url, '/pay/orderquery', callParams({ out_trade_no: number }))
      assert.equal((await asked()).trade_state, 'NOTPAY')
      await sim.faults.host('primary', 'reset')
      await assert.rejects(query(number))
      await assert.rejects(securePost(sim, '/pay/orderquery', ''))
      assert.equal((await asked()).trade_state, 'NOTPAY')
      await sim.faults.host('primary', 'http502')
      assert.equal((await fetch(`${sim.url}/pay/orderquery`, { method: 'POST' })).status, 502)
      await sim.faults.host('primary', 'up')
      assert.equal((await query(number)).trade_state, 'NOTPAY')
      await sim.faults.host('backup', 'refuse')
      await assert.rejects(asked())
    })
  })

  describe("the person's controls", () => {
    const ask = (path: string, body?: object) =>
      fetch(sim.url + path, body ? { method: 'POST', body: JSON.stringify(body) } : {})

    it('list and pay orders, by number and by code, for pages of any origin', async () => {
      const [one, two] = [orderParams(), orderParams()]
      for (const params of [one, two]) await call(sim.url, '/pay/unifiedorder', params)
      const paid = await ask('/sim/pay', { out_trade_no: one.out_trade_no, coupon: 100, notify: false })
      assert.equal(paid.status, 200)
      assert.equal(paid.headers.get('access-control-allow-origin'), '*')
      const view = (await paid.json()) as { trade_state: string; cash_fee: number }
      assert.deepEqual([view.trade_state, view.cash_fee], ['SUCCESS', 49800])
      const orders = (await (await ask('/sim/orders')).json()) as { out_trade_no: string; code_url: string }[]
      const second = orders.find(({ out_trade_no }) => out_trade_no === two.out_trade_no)
      const scanned = await ask('/sim/pay', { code_url: second?.code_url, notify: false })
      assert.equal(scanned.status, 200)
      assert.equal(sim.orders.get(two.out_trade_no ?? '')?.state, 'SUCCESS')
    })

    it('refuse what cannot be paid, with the reason', async () => {
      const params = orderParams()
      await call(sim.url, '/pay/unifiedorder', params)
      await close(params.out_trade_no ?? '')
      const closed = await ask('/sim/pay', { out_trade_no: params.out_trade_no })
      assert.deepEqual([closed.status, await closed.json()], [409, { error: '订单已关闭' }])
      assert.equal((await ask('/sim/pay', { out_trade_no: 'nothing' })).status, 404)
      assert.equal((await ask('/sim/pay', {})).status, 400)
      assert.equal((await ask('/sim/nothing')).status, 404)
    })

    it('send a notify again', async () => {
      const merchant = await startMerchant()
      const params = orderParams({ notify_url: merchant.url })
      await call(sim.url, '/pay/unifiedorder', params)
      sim.pay(params.out_trade_no ?? '', { notify: false })
      const answer = await ask('/sim/notify', { out_trade_no: params.out_trade_no })
      await merchant.close()
      assert.equal(((await answer.json()) as { accepted: boolean }).accepted, true)
      assert.equal(merchant.got.length, 1)
    })

    it('set and show faults, and refuse nonsense', async () => {
      const out_trade_no = outTradeNo()
      const rule = { on: 'orderquery', kind: 'SYSTEMERROR', times: 1, outTradeNo: out_trade_no }
      assert.equal((await ask('/sim/faults', rule)).status, 200)
      assert.equal((await query(out_trade_no)).err_code, 'SYSTEMERROR')
      assert.equal((await query(out_trade_no)).err_code, 'ORDERNOTEXIST')
      const shown = (await (await ask('/sim/faults')).json()) as { rules: unknown[] }
      assert.deepEqual(shown.rules.at(-1), { ...rule, used: 1 })
      assert.equal((await ask('/sim/faults', { on: 'orderquery', kind: 'lost' })).status, 400)
      assert.equal((await ask('/sim/faults', { on: 'lunch', kind: 'lost' })).status, 400)
      const cleared = (await (await ask('/sim/faults', { clear: true })).json()) as { rules: unknown[] }
      assert.deepEqual(cleared.rules, [])
    })

    it('have a page', async () => {
      const page = await ask('/')
      assert.match(page.headers.get('content-type') ?? '', /text\/html/)
      const html = await page.text()
      assert.match(html, /支付/)
      assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//)
    })
  })
})

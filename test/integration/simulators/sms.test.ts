import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { request } from 'node:http'
import { after, before, describe, it } from 'node:test'
import sdk from 'tencentcloud-sdk-nodejs-sms'
import type { SmsSim } from '../../../simulators/sms/index.ts'
import { startTestSms, TEST_SMS_ACCOUNT } from '../../helpers/sms.ts'

const { Client } = sdk.sms.v20210111
type SendRequest = Parameters<InstanceType<typeof Client>['SendSms']>[0]

describe('SMS simulator', () => {
  let sim: SmsSim
  let aheadMs = 0
  before(async () => {
    sim = await startTestSms({ now: () => Date.now() + aheadMs })
  })
  after(() => sim.close())

  let phones = 0
  const phone = () => `138${String(++phones).padStart(8, '0')}`

  const message = (mobile: string, changes: Partial<SendRequest> = {}): SendRequest => ({
    PhoneNumberSet: [`+86${mobile}`],
    SmsSdkAppId: TEST_SMS_ACCOUNT.sdkAppId,
    SignName: TEST_SMS_ACCOUNT.signName,
    TemplateId: TEST_SMS_ACCOUNT.templateId,
    TemplateParamSet: ['123456', '5'],
    ...changes,
  })

  /** The vendor's own client. */
  function client(
    changes: { secretId?: string; secretKey?: string; host?: string; region?: string; timeout?: number } = {},
  ) {
    const { secretId = TEST_SMS_ACCOUNT.secretId, secretKey = TEST_SMS_ACCOUNT.secretKey } = changes
    const { host = '127.0.0.1', region = 'ap-guangzhou', timeout = 60 } = changes
    return new Client({
      credential: { secretId, secretKey },
      region,
      profile: { httpProfile: { endpoint: `${host}:${sim.port}`, protocol: 'http://', reqTimeout: timeout } },
    })
  }

  const send = (body: SendRequest) => client().SendSms(body)
  const codeOf = async (body: SendRequest) => (await send(body)).SendStatusSet?.[0]?.Code

  for (const host of ['127.0.0.1', 'localhost']) {
    it(`delivers what the vendor's client sends to ${host} on a port`, async () => {
      const mobile = phone()
      const answer = await client({ host }).SendSms(message(mobile))
      const [status] = answer.SendStatusSet ?? []
      assert.deepEqual([status?.Code, status?.Message, status?.Fee], ['Ok', 'send success', 1])
      assert.equal(status?.PhoneNumber, `+86${mobile}`)
      assert.ok(answer.RequestId)
      const { code, at } = await sim.waitForMessage(mobile)
      assert.equal(code, '123456')
      assert.ok(Math.abs(Date.parse(at) - Date.now()) < 60_000)
    })
  }

  it('understands the other spellings of a mainland number, and answers each number by itself', async () => {
    const [a, b, c] = [phone(), phone(), phone()]
    const answer = await send(message('', { PhoneNumberSet: [a, `86${b}`, `0086${c}`, '+8612345'] }))
    assert.deepEqual(
      answer.SendStatusSet?.map(({ Code }) => Code),
      ['Ok', 'Ok', 'Ok', 'InvalidParameterValue.IncorrectPhoneNumber'],
    )
  })

  describe('refuses by the status of the number', () => {
    const cases: [string, Partial<SendRequest>, string][] = [
      [
        'a number that is none',
        { PhoneNumberSet: ['+8623800138000'] },
        'InvalidParameterValue.IncorrectPhoneNumber',
      ],
      ['another signature', { SignName: '乐陶' }, 'FailedOperation.SignatureIncorrectOrUnapproved'],
      ['another template', { TemplateId: '1' }, 'FailedOperation.TemplateIncorrectOrUnapproved'],
      ['another application', { SmsSdkAppId: '1400000000' }, 'UnauthorizedOperation.SmsSdkAppIdVerifyFail'],
      ['no parameters', { TemplateParamSet: [] }, 'FailedOperation.TemplateParamSetNotMatchApprovedTemplate'],
      [
        'a long parameter',
        { TemplateParamSet: ['1234567'] },
        'InvalidParameterValue.TemplateParameterFormatError',
      ],
      [
        'a sentence for a code',
        { TemplateParamSet: ['你好'] },
        'InvalidParameterValue.TemplateParameterFormatError',
      ],
    ]
    for (const [what, changes, code] of cases) {
      it(what, async () => {
        const mobile = phone()
        assert.equal(await codeOf(message(mobile, changes)), code)
        assert.deepEqual(sim.messages(mobile), [])
      })
    }

    it('a second message within thirty seconds, a sixth within the hour, an eleventh within the day', async () => {
      const mobile = phone()
      const codes: (string | undefined)[] = []
      try {
        for (const aheadSec of [0, 29, 31, 62, 93, 124, 155, 3800, 3831, 3862, 3893, 3924, 7600, 86_600]) {
          aheadMs = 0
          // the clock of the service moves; the client's signature stays inside its five minutes only near the start
          const skew = aheadSec * 1000
          codes.push(await signedAt(skew, message(mobile)))
        }
      } finally {
        aheadMs = 0
      }
      const [second, hour, day] = ['ThirtySecond', 'OneHour', 'Daily'].map(
        (span) => `LimitExceeded.PhoneNumber${span}Limit`,
      )
      assert.deepEqual(codes, [
        'Ok',
        second,
        'Ok',
        'Ok',
        'Ok',
        'Ok',
        hour,
        'Ok',
        'Ok',
        'Ok',
        'Ok',
        'Ok',
        day,
        'Ok',
      ])
    })

    /** Sends with both clocks ahead. */
    async function signedAt(skewMs: number, body: SendRequest): Promise<string | undefined> {
      aheadMs = skewMs
      const answer = await raw({ timestamp: Math.floor((Date.now() + skewMs) / 1000), body })
      return answer.Response.SendStatusSet?.[0]?.Code
    }
  })

  describe('refuses the whole call', () => {
    const rejected = (promise: Promise<unknown>, code: string) => assert.rejects(promise, { code })

    it('of a credential that it does not know, or that signs with another key', async () => {
      await rejected(
        client({ secretId: 'AKIDother' }).SendSms(message(phone())),
        'AuthFailure.SecretIdNotFound',
      )
      await rejected(client({ secretKey: 'other' }).SendSms(message(phone())), 'AuthFailure.SignatureFailure')
    })

    it('of a region where there is no such service', async () => {
      await rejected(client({ region: 'ap-tokyo' }).SendSms(message(phone())), 'UnsupportedRegion')
    })

    it('of another action', async () => {
      await rejected(
        client().DescribeSmsTemplateList({ International: 0, Limit: 1, Offset: 0 }),
        'InvalidAction',
      )
    })

    const { SignName: _sign, ...unsignedMessage } = message('13800138000')
    const { TemplateId: _template, ...untemplated } = message('13800138000')
    const cases: [string, object, string][] = [
      ['without a template', untemplated, 'MissingParameter'],
      [
        'with a number instead of text',
        message('13800138000', { TemplateParamSet: [123456] as never }),
        'InvalidParameter',
      ],
      ['with an unknown parameter', { ...message('13800138000'), Urgent: true }, 'UnknownParameter'],
      [
        'with more than 200 numbers',
        message('', { PhoneNumberSet: Array(201).fill('+8613800138000') }),
        'LimitExceeded.PhoneNumberCountLimit',
      ],
      [
        'with a long SessionContext',
        message('13800138000', { SessionContext: 'x'.repeat(512) }),
        'InvalidParameter.SessionContextLengthLimit',
      ],
    ]
    for (const [what, body, code] of cases) {
      it(what, () => rejected(send(body as SendRequest), code))
    }

    it('not for a missing SignName: that is the status of the number', async () => {
      const answer = await send(unsignedMessage)
      assert.equal(answer.SendStatusSet?.[0]?.Code, 'FailedOperation.SignatureIncorrectOrUnapproved')
    })

    const tampered: [string, Parameters<typeof raw>[0], string][] = [
      [
        'with an old timestamp',
        { timestamp: Math.floor(Date.now() / 1000) - 301 },
        'AuthFailure.SignatureExpire',
      ],
      [
        'with a future timestamp',
        { timestamp: Math.floor(Date.now() / 1000) + 330 },
        'AuthFailure.SignatureExpire',
      ],
      [
        'whose body was changed',
        { sentBody: JSON.stringify(message('13900139000')) },
        'AuthFailure.SignatureFailure',
      ],
      ['signed for another host', { signedHost: 'sms.example.com' }, 'AuthFailure.SignatureFailure'],
      ['signed for another service', { service: 'cvm' }, 'AuthFailure.SignatureFailure'],
      ['signed for another day', { date: '2020-01-01' }, 'AuthFailure.SignatureFailure'],
      ['that does not sign its host', { signedHeaders: ['content-type'] }, 'AuthFailure.SignatureFailure'],
      ['without a signature', { authorization: '' }, 'AuthFailure.InvalidAuthorization'],
      ['with another algorithm', { authorization: 'TC2 Signature=0' }, 'AuthFailure.InvalidAuthorization'],
      ['of another version', { version: '2019-07-11' }, 'NoSuchVersion'],
      ['that is no JSON', { sentText: 'hello' }, 'InvalidParameter'],
    ]
    for (const [what, change, code] of tampered) {
      it(what, async () => {
        assert.equal((await raw(change)).Response.Error?.Code, code)
      })
    }

    it('but accepts what another client signs for the service sms, with its port', async () => {
      const body = message(phone())
      const answer = await raw({ service: 'sms', signedHost: `127.0.0.1:${sim.port}`, body })
      assert.equal(answer.Response.SendStatusSet?.[0]?.Code, 'Ok')
    })
  })

  describe('faults', () => {
    it('a refusal has the code and message that were asked for', async () => {
      const mobile = phone()
      sim.faults.add({
        kind: 'refuse',
        mobile,
        times: 1,
        code: 'LimitExceeded.DailyLimit',
        message: '今日已达上限',
      })
      const [status] = (await send(message(mobile))).SendStatusSet ?? []
      assert.deepEqual([status?.Code, status?.Message], ['LimitExceeded.DailyLimit', '今日已达上限'])
      assert.equal(await codeOf(message(mobile)), 'Ok')
    })

    it('an API error, HTTP 500, garbage, a reset and a lost reply reach the client as such', async () => {
      const mobile = phone()
      const struck = async (kind: Parameters<SmsSim['faults']['add']>[0]['kind']) => {
        sim.faults.add({ kind, mobile, times: 1 })
        return send(message(mobile)).then(
          () => assert.fail(`${kind} went through`),
          (error: Error & { code?: string; httpCode?: number }) => error,
        )
      }
      assert.equal((await struck('error')).code, 'InternalError')
      assert.equal((await struck('http500')).httpCode, 500)
      assert.match((await struck('garbage')).message, /JSON/i)
      await struck('reset')
      assert.deepEqual(sim.messages(mobile), [])
      await struck('replyLost')
      assert.equal(sim.messages(mobile).length, 1)
    })

    it('a time-out never answers', async () => {
      const mobile = phone()
      sim.faults.add({ kind: 'timeout', mobile, times: 1 })
      await assert.rejects(client({ timeout: 0.2 }).SendSms(message(mobile)), /timeout/i)
      assert.deepEqual(sim.messages(mobile), [])
    })

    it('can be set from another process', async () => {
      const mobile = phone()
      const set = (body: object) =>
        fetch(`${sim.url}/sim/faults`, { method: 'POST', body: JSON.stringify(body) })
      assert.equal((await set({ kind: 'refuse', mobile })).status, 200)
      assert.notEqual(await codeOf(message(mobile)), 'Ok')
      assert.equal((await set({ kind: 'lunch' })).status, 400)
      assert.equal((await set({ clear: true })).status, 200)
      assert.equal(await codeOf(message(mobile)), 'Ok')
    })
  })

  describe('the inbox', () => {
    it('lists the messages of a phone, newest first', async () => {
      const mobile = phone()
      await send(message(mobile, { TemplateParamSet: ['111111'] }))
      aheadMs = 31_000
      await send(message(mobile, { TemplateParamSet: ['222222'] }))
      aheadMs = 0
      const listed = (await (await fetch(`${sim.url}/sim/messages?mobile=${mobile}`)).json()) as object[]
      assert.deepEqual(listed, sim.messages(mobile))
      assert.deepEqual(
        sim.messages(mobile).map(({ code }) => code),
        ['222222', '111111'],
      )
      const { mobile: shown, code, at } = sim.messages(mobile)[0] ?? {}
      assert.deepEqual(Object.keys(sim.messages(mobile)[0] ?? {}), ['mobile', 'code', 'at'])
      assert.equal(shown, mobile)
      assert.equal(code, '222222')
      assert.equal(new Date(at ?? '').toISOString(), at)
    })

    it('has a page', async () => {
      const page = await fetch(sim.url)
      const html = await page.text()
      assert.match(html, /收件箱/)
      assert.doesNotMatch(html, /(src|href)="(https?:)?\/\//)
    })
  })

  interface RawOptions {
    timestamp?: number
    body?: SendRequest
    /** Sent instead of what was signed. */
    sentBody?: string
    /** Signed and sent as it is. */
    sentText?: string
    signedHost?: string
    service?: string
    date?: string
    signedHeaders?: string[]
    authorization?: string
    version?: string
  }

  interface RawAnswer {
    Response: { Error?: { Code: string }; SendStatusSet?: { Code: string }[] }
  }

  /** A client of the tests' own, which can be wrong on purpose. */
  function raw(options: RawOptions): Promise<RawAnswer> {
    const { timestamp = Math.floor(Date.now() / 1000), signedHost = '127.0.0.1', service = '127' } = options
    const { signedHeaders = ['content-type', 'host'], version = '2021-01-11' } = options
    const payload = options.sentText ?? JSON.stringify(options.body ?? message('13700137000'))
    const date = options.date ?? new Date(timestamp * 1000).toISOString().slice(0, 10)
    const values: Record<string, string> = { 'content-type': 'application/json', host: signedHost }
    const sha = (text: string) => createHash('sha256').update(text).digest('hex')
    const mac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest()
    const lines = signedHeaders.map((name) => `${name}:${values[name]}\n`).join('')
    const canonical = `POST\n/\n\n${lines}\n${signedHeaders.join(';')}\n${sha(payload)}`
    const scope = `${date}/${service}/tc3_request`
    const text = `TC3-HMAC-SHA256\n${timestamp}\n${scope}\n${sha(canonical)}`
    const key = ['tc3_request'].reduce(mac, mac(mac(`TC3${TEST_SMS_ACCOUNT.secretKey}`, date), service))
    const signature = mac(key, text).toString('hex')
    const authorization =
      options.authorization ??
      `TC3-HMAC-SHA256 Credential=${TEST_SMS_ACCOUNT.secretId}/${scope}, SignedHeaders=${signedHeaders.join(';')}, Signature=${signature}`
    return new Promise((resolve, reject) => {
      const sent = request(`${sim.url}/`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          authorization,
          'x-tc-action': 'SendSms',
          'x-tc-version': version,
          'x-tc-region': 'ap-guangzhou',
          'x-tc-timestamp': timestamp,
        },
      })
      sent.on('error', reject)
      sent.on('response', async (response) => {
        const chunks: Buffer[] = []
        for await (const chunk of response as AsyncIterable<Buffer>) chunks.push(chunk)
        resolve(JSON.parse(Buffer.concat(chunks).toString()) as RawAnswer)
      })
      sent.end(options.sentBody ?? payload)
    })
  }
})

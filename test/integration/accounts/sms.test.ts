import assert from 'node:assert/strict'
import { afterEach, describe, test } from 'node:test'
import {
  assertRefused,
  atOnce,
  countOf,
  newAddress,
  newMobile,
  newPerson,
  openAccountsShop,
  statuses,
  withClock,
} from '../../helpers/accounts-shop.ts'
import { withEnv } from '../../helpers/direct-shop.ts'
import type { Reply } from '../../helpers/functions.ts'

const shop = await openAccountsShop()
afterEach(() => shop.sim.faults.clear())

interface CodeRow {
  mobile: string
  purpose: string
  code_hash: string
}

const codesOf = (mobile: string) =>
  shop.db.query<CodeRow>('SELECT mobile, purpose, code_hash FROM sms_code WHERE mobile = ? ORDER BY id', [
    mobile,
  ])

function assertSent({ statusCode, json, body }: Reply): void {
  assert.equal(statusCode, 200)
  assert.deepEqual(json, { status: 200, msg: '短信发送成功' }, body)
}

function assertTooMany({ statusCode, json, headers }: Reply, waitSec: number): void {
  assert.equal(statusCode, 429)
  assert.equal(json.status, 429)
  assert.match(json.msg, /频繁/)
  assert.equal(headers['Retry-After'], String(waitSec))
}

/** How often the provider was called meanwhile. */
async function providerCalls(work: () => Promise<unknown>): Promise<number> {
  const before = shop.sim.calls.length
  await work()
  return shop.sim.calls.length - before
}

describe('a message', () => {
  test('reaches the phone with a code of six digits, and the answer does not say it', async () => {
    const mobile = newMobile()
    const reply = await shop.sms(mobile)
    assertSent(reply)
    const messages = shop.sim.messages(mobile)
    assert.equal(messages.length, 1)
    assert.match(messages[0]?.code ?? '', /^\d{6}$/)
    assert.doesNotMatch(JSON.stringify(reply.headers) + reply.body, new RegExp(messages[0]?.code ?? '-'))
  })

  test('leaves the code hashed in the table, bound to mobile and purpose, and in no log line', async () => {
    const mobile = newMobile()
    shop.logs.clear()
    const code = await shop.codeFor(mobile)
    const rows = await codesOf(mobile)
    assert.equal(rows.length, 1)
    assert.equal(rows[0]?.mobile, mobile)
    assert.equal(rows[0]?.purpose, 'register')
    assert.match(rows[0]?.code_hash ?? '', /^scrypt\$4096\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    const { length } = shop.logs.entries
    assert.ok(length > 0)
    assert.ok(!JSON.stringify(shop.logs.entries).includes(code))
    assert.ok(!JSON.stringify(shop.logs.entries).includes(mobile))
  })

  test('has as many digits as SMS_CODE_LENGTH says', async () => {
    for (const SMS_CODE_LENGTH of ['4', '5']) {
      await withEnv({ SMS_CODE_LENGTH, RATE_LIMIT: 'off' }, async () => {
        const person = newPerson()
        const digits = new RegExp(`^\\d{${SMS_CODE_LENGTH}}$`)
        const smscode = await shop.codeFor(person.mobile)
        assert.match(smscode, digits)
        assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
      })
    }
  })

  test('has its code in the answer, too, where SMS_ECHO_CODE=true, and still in no log line', async () => {
    await withEnv({ SMS_ECHO_CODE: 'true' }, async () => {
      const mobile = newMobile()
      shop.logs.clear()
      const { json } = await shop.sms(mobile)
      const code = shop.sim.messages(mobile)[0]?.code ?? ''
      assert.deepEqual(json, { status: 200, msg: '短信发送成功', code, smscode: code })
      assert.ok(!JSON.stringify(shop.logs.entries).includes(code))
    })
  })

  test('is refused with 1010 for what is no mobile of the mainland, and the provider is not called', async () => {
    const wrong = [
      undefined,
      null,
      '',
      '1380013800',
      '12800138000',
      '+8613800138000',
      13800138000,
      ['13800138000'],
    ]
    const calls = await providerCalls(async () => {
      for (const mobile of wrong) assertRefused(await shop.sms(mobile as string), 1010, /mobile/)
    })
    assert.equal(calls, 0)
  })
})

describe('messages to one mobile', () => {
  test('are one a minute, five an hour and ten a day, and the provider is called for no more', async () => {
    await withClock(async (pass) => {
      const mobile = newMobile()
      const calls = await providerCalls(async () => {
        // Five in four minutes, each as early as it may come.
        for (let i = 0; i < 5; i++) {
          if (i > 0) {
            assertTooMany(await shop.sms(mobile), 60)
            pass(59)
            assertTooMany(await shop.sms(mobile), 1)
            pass(1)
          }
          assertSent(await shop.sms(mobile))
        }
        pass(60)
        assertTooMany(await shop.sms(mobile), 3600 - 5 * 60)
        pass(3600 - 5 * 60)
        // The second hour: again one for each that is an hour old.
        for (let i = 0; i < 5; i++) {
          if (i > 0) pass(60)
          assertSent(await shop.sms(mobile))
        }
        pass(3600)
        const sinceFirst = 3600 + 4 * 60 + 3600
        assertTooMany(await shop.sms(mobile), 86_400 - sinceFirst)
        pass(86_400 - sinceFirst - 1)
        assertTooMany(await shop.sms(mobile), 1)
        pass(1)
        assertSent(await shop.sms(mobile))
      })
      assert.equal(calls, 11)
      assert.equal(shop.sim.messages(mobile).length, 11)
    })
  })

  test('are counted together over both paths and all addresses, and others are not held up', async () => {
    const mobile = newMobile()
    assertSent(await shop.sms(mobile))
    assert.equal((await shop.sms(mobile, { path: '/sendSms', shape: 'apiGateway' })).statusCode, 429)
    assertSent(await shop.sms(newMobile(), { path: '/sendSms' }))
  })

  test('are one when 20 are asked for at once', async () => {
    const mobile = newMobile()
    let replies: Reply[] = []
    const calls = await providerCalls(async () => {
      replies = await atOnce(
        'sms',
        Array.from({ length: 20 }, () => ({ path: '/sms', body: { mobile } })),
      )
    })
    assert.equal(countOf(replies, 200), 1, statuses(replies).join())
    assert.equal(countOf(replies, 429), 19, statuses(replies).join())
    assert.equal(calls, 1)
    assert.equal(shop.sim.messages(mobile).length, 1)
    assert.equal((await codesOf(mobile)).length, 1)
  })
})

test('messages from one address are 20 an hour, whatever their mobiles', async () => {
  await withClock(async (pass) => {
    const address = newAddress()
    const calls = await providerCalls(async () => {
      for (let i = 0; i < 20; i++) assertSent(await shop.sms(newMobile(), { address }))
      pass(600)
      const headers = { 'x-forwarded-for': '198.51.100.7' }
      const mobile = newMobile()
      assertTooMany(await shop.sms(mobile, { address, headers }), 3000)
      // A refusal costs the mobile nothing.
      assertSent(await shop.sms(mobile))
      pass(2999)
      assertTooMany(await shop.sms(newMobile(), { address }), 1)
      pass(1)
      assertSent(await shop.sms(newMobile(), { address }))
    })
    assert.equal(calls, 22)
  })
})

describe('what the provider does not send', () => {
  test('is 1040 with its reason, and costs the mobile no minute', async () => {
    const reason = '发送短信触发日限制'
    for (const fault of [
      { kind: 'refuse', code: 'LimitExceeded.PhoneNumberDailyLimit', message: reason },
      { kind: 'error', code: 'FailedOperation.InsufficientBalanceInSmsPackage', message: reason },
    ] as const) {
      const mobile = newMobile()
      shop.sim.faults.add({ ...fault, times: 1 })
      assertRefused(await shop.sms(mobile), 1040, reason)
      assert.deepEqual(await codesOf(mobile), [])
      assertSent(await shop.sms(mobile))
    }
  })

  for (const fault of ['http500', 'garbage', 'reset', 'error'] as const) {
    test(`or perhaps does (${fault}) is 502, and code and minute stay`, async () => {
      const mobile = newMobile()
      shop.sim.faults.add({ kind: fault, code: 'InternalError', times: 1 })
      const { statusCode, json, body } = await shop.sms(mobile)
      assert.equal(statusCode, 502, body)
      assert.deepEqual(Object.keys(json), ['status', 'msg', 'message', 'requestId'])
      assert.equal(json.status, 502)
      assert.match(json.msg, /\p{Script=Han}/u)
      assert.equal((await codesOf(mobile)).length, 1)
      assert.equal((await shop.sms(mobile)).statusCode, 429)
    })
  }

  test('because it never answers is 502, and costs the mobile its minute', async () => {
    const mobile = newMobile()
    shop.sim.faults.add({ kind: 'timeout', times: 1 })
    const { statusCode, json } = await shop.sms(mobile)
    assert.equal(statusCode, 502)
    assert.equal(json.status, 502)
    assert.equal((await shop.sms(mobile)).statusCode, 429)
  })

  test('CDT-Monitor#13, audit 13: a code whose reply was lost serves, and the mobile’s limits hold', async () => {
    const person = newPerson()
    shop.sim.faults.add({ kind: 'replyLost', times: 3, mobile: person.mobile })
    const replies = [
      await shop.sms(person.mobile),
      await shop.sms(person.mobile),
      await shop.sms(person.mobile),
    ]
    assert.deepEqual(
      replies.map(({ statusCode }) => statusCode),
      [502, 429, 429],
    )
    const messages = shop.sim.messages(person.mobile)
    assert.equal(messages.length, 1)
    const smscode = messages[0]?.code
    assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
  })

  test('because nobody listens there is 502, and counts for nobody', async () => {
    const [mobile, address] = [newMobile(), newAddress()]
    for (const endpoint of ['http://127.0.0.1:9', 'http://nobody.invalid']) {
      await withEnv({ SMS_ENDPOINT: endpoint }, async () => {
        for (let i = 0; i < 11; i++) assert.equal((await shop.sms(mobile, { address })).statusCode, 502)
      })
    }
    assert.deepEqual(await codesOf(mobile), [])
    assertSent(await shop.sms(mobile, { address }))
  })

  test('leaves the code that the phone has in force', async () => {
    await withClock(async (pass) => {
      const person = newPerson()
      const smscode = await shop.codeFor(person.mobile)
      pass(60)
      shop.sim.faults.add({ kind: 'refuse', code: 'LimitExceeded.PhoneNumberDailyLimit', times: 1 })
      assert.equal((await shop.sms(person.mobile)).json.status, 1040)
      assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
    })
  })

  test('counts for its address, so that nobody hammers the provider', async () => {
    const address = newAddress()
    shop.sim.faults.add({ kind: 'refuse', code: 'FailedOperation.ContainSensitiveWord' })
    const mobile = newMobile()
    const calls = await providerCalls(async () => {
      for (let i = 0; i < 20; i++) assert.equal((await shop.sms(mobile, { address })).json.status, 1040)
      for (let i = 0; i < 5; i++) assert.equal((await shop.sms(mobile, { address })).statusCode, 429)
    })
    assert.equal(calls, 20)
  })
})

/** What abuse costs, and whom: numbers of the audit of 2026-11-26, for registration, login and SMS. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertRefused,
  atOnce,
  countOf,
  newAddress,
  newMobile,
  newPerson,
  openAccountsShop,
  scryptRuns,
  statuses,
  withClock,
} from '../../helpers/accounts-shop.ts'
import { withEnv } from '../../helpers/direct-shop.ts'
import { call, loadFunction, type Reply } from '../../helpers/functions.ts'
import { holdRows } from '../../helpers/hold-rows.ts'

const shop = await openAccountsShop()

const DAY = 86_400

const otherCode = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')

/** Five failures of this name from somewhere. */
async function fail(username: string, from: () => string = newAddress): Promise<Reply[]> {
  const replies: Reply[] = []
  for (let i = 0; i < 5; i++)
    replies.push(await shop.login({ username, password: 'wrong1' }, { address: from() }))
  return replies
}

describe('registration', () => {
  test('audit 9: a code that is wrong is answered before anything costly, and 30 are tried from one address', async () => {
    const address = newAddress()
    const person = newPerson()
    const register = () => shop.register({ ...person, smscode: '000000' }, { address })
    const replies: Reply[] = []
    // Nobody asked for a code: nothing at all is computed.
    const runs = await scryptRuns(async () => {
      for (let i = 0; i < 32; i++) replies.push(await register())
    })
    assert.deepEqual(runs, [])
    assert.equal(countOf(replies, 1030), 30)
    assert.equal(countOf(replies, 429), 2)
    assert.ok(Number(replies.at(-1)?.headers['Retry-After']) > 3500)
    assert.equal((await shop.register(person)).json.status, false)
  })

  test('audit 9: a wrong code costs one cheap hash, and no password is hashed for it', async () => {
    const person = newPerson()
    const smscode = otherCode(await shop.codeFor(person.mobile))
    const runs = await scryptRuns(() => shop.register({ ...person, smscode }))
    assert.deepEqual(runs, ['4096/8/1/32'])
  })

  test('audit 17: with one good code 30 names are asked about, and not one more', async () => {
    const { username } = await shop.registered()
    const address = newAddress()
    const mobile = newMobile()
    const smscode = await shop.codeFor(mobile)
    const replies: Reply[] = []
    for (let i = 0; i < 33; i++)
      replies.push(await shop.register({ ...newPerson(), username, mobile, smscode }, { address }))
    assert.equal(countOf(replies, 0), 30, statuses(replies).join())
    assert.equal(countOf(replies, 429), 3)
    // The code is still good for its owner.
    assert.equal((await shop.register({ ...newPerson(), mobile, smscode })).json.status, 200)
  })

  test('audit 16: faults of ours count neither as tried codes nor as registrations', async () => {
    const address = newAddress()
    await shop.db.query('RENAME TABLE user TO user_away')
    try {
      for (let i = 0; i < 32; i++) {
        const person = newPerson()
        const smscode = i === 0 ? await shop.codeFor(person.mobile) : '000000'
        const { statusCode } = await shop.register({ ...person, smscode }, { address })
        if (i === 0) assert.equal(statusCode, 500)
        else if (i === 31) assert.equal(statusCode, 429)
      }
    } finally {
      await shop.db.query('RENAME TABLE user_away TO user')
    }
    const other = newAddress()
    await withEnv({ REGISTER_REQUIRES_SMS: 'false' }, async () => {
      await shop.db.query('RENAME TABLE user TO user_away')
      for (let i = 0; i < 12; i++)
        assert.equal((await shop.register(newPerson(), { address: other })).statusCode, 500)
      await shop.db.query('RENAME TABLE user_away TO user')
      assert.equal((await shop.register(newPerson(), { address: other })).json.status, 200)
    })
  })
})

describe('login', () => {
  test('audit 15: strangers do not lock a shopper out of where he logged in before, and he is still limited there', async () => {
    const person = await shop.registered()
    const home = newAddress()
    assert.equal((await shop.login(person, { address: home })).json.status, 200)
    assert.equal(countOf(await fail(person.username), 1040), 5)
    // Everywhere else the name is closed, at home it is not.
    assert.equal((await shop.login(person)).statusCode, 429)
    assert.equal((await shop.login(person, { address: home })).json.status, 200)
    assert.equal(countOf(await fail(person.username, () => home), 1040), 5)
    assert.equal((await shop.login(person, { address: home })).statusCode, 429)
  })

  test('audit 15: failures at home do not close the name elsewhere, and each home counts alone', async () => {
    const person = await shop.registered()
    const [home, work] = [newAddress(), newAddress()]
    for (const address of [home, work]) assert.equal((await shop.login(person, { address })).json.status, 200)
    await fail(person.username, () => home)
    assert.equal((await shop.login(person, { address: home })).statusCode, 429)
    assert.equal((await shop.login(person, { address: work })).json.status, 200)
    assert.equal((await shop.login(person)).json.status, 200)
  })

  test('audit 15: an address is his for 30 days from the last login there', async () => {
    await withClock(async (pass) => {
      const person = await shop.registered()
      const home = newAddress()
      assert.equal((await shop.login(person, { address: home })).json.status, 200)
      pass(20 * DAY)
      assert.equal((await shop.login(person, { address: home })).json.status, 200)
      pass(20 * DAY)
      await fail(person.username)
      assert.equal((await shop.login(person, { address: home })).json.status, 200)
      pass(31 * DAY)
      await fail(person.username)
      assert.equal((await shop.login(person, { address: home })).statusCode, 429)
    })
  })

  test('audit 15: a home of IPv6 is its /64', async () => {
    const person = await shop.registered()
    assert.equal((await shop.login(person, { address: '2001:db8:7:7::1' })).json.status, 200)
    await fail(person.username)
    assert.equal((await shop.login(person, { address: '2001:db8:7:7:abcd::9' })).json.status, 200)
    assert.equal((await shop.login(person, { address: '2001:db8:7:8::1' })).statusCode, 429)
  })

  test('audit 16: faults of ours are no failures, neither of the name nor of the address', async () => {
    const person = await shop.registered()
    const address = newAddress()
    await shop.db.query('RENAME TABLE login_address TO login_address_away')
    try {
      for (let i = 0; i < 35; i++) assert.equal((await shop.login(person, { address })).statusCode, 500)
    } finally {
      await shop.db.query('RENAME TABLE login_address_away TO login_address')
    }
    assert.equal((await shop.login(person, { address })).json.status, 200)
  })

  test('audit 17: spellings tell nothing: a name that nobody has is counted like one that somebody has', async () => {
    const { username: known } = await shop.registered({ username: 'Alicé17王' })
    const spellings = (name: string) => [name, name.toUpperCase(), name.replace('é', 'e'), `${name} `, name]
    const sixth = (name: string) => name.replace('é', 'É')
    for (const name of [known, 'Alicé18王']) {
      for (const username of spellings(name))
        assertRefused(await shop.login({ username, password: 'wrong1' }), 1040, /用户名或密码错误/)
      const { statusCode } = await shop.login({ username: sixth(name), password: 'wrong1' })
      assert.equal(statusCode, 429, name)
    }
  })

  test('LinkAce#206: names that differ beyond U+FFFF are two, for registration, login and limits', async () => {
    const one = await shop.registered({ username: '王𠮷𠮷1' })
    const other = await shop.registered({ username: '王𡃁𡃁1', password: 'other123' })
    await shop.registered({ username: '小明😀1' })
    await shop.registered({ username: '小明😎1' })
    assertRefused(await shop.login({ ...one, username: '王😀😀1' }), 1040, /用户名或密码错误/)
    await fail(one.username)
    assert.equal((await shop.login(one)).statusCode, 429)
    assert.equal((await shop.login(other)).json.status, 200)
  })

  test('audit 19: ten logins of one instance at once do not wait for a name whose row is busy', async () => {
    const person = await shop.registered()
    const login = loadFunction('login')
    const ask = (body: object) => call(login, { path: '/login', body, address: newAddress() })
    await withEnv({ DB_POOL_SIZE: '10' }, async () => {
      await ask(person)
      const order: string[] = []
      const note = (name: string) => (reply: Reply) => {
        order.push(name)
        return reply
      }
      // Nine who have to count a failure in a row that somebody holds, then one who is right.
      const held = await holdRows(shop.db.url, 'SELECT * FROM rate_limit FOR UPDATE')
      const wrong = Array.from({ length: 9 }, () =>
        ask({ ...newPerson(), password: 'wrong1' }).then(note('wrong')),
      )
      const right = ask(person).then(note('right'))
      assert.equal((await right).json.status, 200)
      assert.deepEqual(order, ['right'])
      await held.release()
      await Promise.all(wrong)
    })
  })
})

describe('SMS', () => {
  const toNew = (address: string) => shop.sms(newMobile(), { address })

  test('audit 14: a /48 of IPv6 gets 60 an hour, however many /64 it has', async () => {
    await withClock(async (pass) => {
      const replies: Reply[] = []
      for (let i = 0; i < 62; i++) replies.push(await toNew(`2001:db8:9:${i.toString(16)}::1`))
      assert.equal(countOf(replies, 200), 60)
      assert.equal(countOf(replies, 429), 2)
      assert.equal((await toNew('2001:db8:a:1::1')).json.status, 200)
      assert.equal((await toNew('203.0.113.77')).json.status, 200)
      pass(3600)
      assert.equal((await toNew('2001:db8:9:ff::1')).json.status, 200)
    })
  })

  test('audit 14: the whole shop sends SMS_HOURLY_LIMIT an hour, and ops hear of it before', async () => {
    await shop.db.query("DELETE FROM rate_limit WHERE bucket LIKE 'sms:shop:%'")
    await withEnv({ SMS_HOURLY_LIMIT: '10' }, async () => {
      const before = shop.logs.of('sms_hourly_limit_near').length
      const near = () => shop.logs.of('sms_hourly_limit_near').length - before
      for (let i = 0; i < 7; i++) assert.equal((await toNew(newAddress())).json.status, 200)
      assert.equal(near(), 0)
      assert.equal((await toNew(newAddress())).json.status, 200)
      assert.equal(near(), 1)
      const [line] = shop.logs.of('sms_hourly_limit_near').slice(-1)
      assert.deepEqual([line?.level, line?.share], ['error', 80])
      // What the provider refuses was not sent.
      shop.sim.faults.add({ kind: 'refuse', code: 'LimitExceeded.PhoneNumberDailyLimit', times: 1 })
      assert.equal((await toNew(newAddress())).json.status, 1040)
      for (let i = 0; i < 2; i++) assert.equal((await toNew(newAddress())).json.status, 200)
      const over = await toNew(newAddress())
      assert.equal(over.statusCode, 429)
      assert.match(over.json.msg, /频繁/)
    })
    await shop.db.query("DELETE FROM rate_limit WHERE bucket LIKE 'sms:shop:%'")
  })

  test('audit 14: of many at once no more are sent than the limit of the shop allows', async () => {
    await shop.db.query("DELETE FROM rate_limit WHERE bucket LIKE 'sms:shop:%'")
    await withEnv({ SMS_HOURLY_LIMIT: '5' }, async () => {
      const sent = shop.sim.calls.length
      const replies = await atOnce(
        'sms',
        Array.from({ length: 12 }, () => ({ path: '/sms', body: { mobile: newMobile() } })),
      )
      assert.equal(countOf(replies, 200), 5, statuses(replies).join())
      assert.equal(shop.sim.calls.length - sent, 5)
    })
    await shop.db.query("DELETE FROM rate_limit WHERE bucket LIKE 'sms:shop:%'")
  })
})

describe('an address that nobody knows', () => {
  const ask = (name: string, path: string, body: object) =>
    call(loadFunction(name), { path, body, headers: { 'x-scf-remote-addr': '' } })

  test('limits nobody, and the log says so: strangers never share one counter', async () => {
    const before = shop.logs.of('client_address_unknown').length
    for (let i = 0; i < 32; i++)
      assert.equal((await ask('login', '/login', { ...newPerson(), password: 'wrong1' })).json.status, 1040)
    assert.equal(shop.logs.of('client_address_unknown').length - before, 32)
    const person = await shop.registered()
    assert.equal((await ask('login', '/login', person)).json.status, 200)
    // The name is limited all the same.
    for (let i = 0; i < 5; i++) await ask('login', '/login', { ...person, password: 'wrong1' })
    assert.equal((await ask('login', '/login', person)).statusCode, 429)
  })
})

describe('five seconds', () => {
  const shopperRoutes: [name: string, path: string, body: () => object][] = [
    ['login', '/login', () => newPerson()],
    ['register', '/register', () => ({ ...newPerson(), smscode: '123456' })],
    ['sms', '/sms', () => ({ mobile: newMobile() })],
  ]
  for (const [name, path, body] of shopperRoutes) {
    test(`audit 24: ${name} answers 503 with Retry-After when a counter's row stays busy, and nothing is left behind`, async () => {
      const address = newAddress()
      await call(loadFunction(name), { path, body: body(), address })
      const held = await holdRows(shop.db.url, 'SELECT * FROM rate_limit FOR UPDATE')
      const reply = await call(loadFunction(name), { path, body: body(), address })
      await held.release()
      assert.equal(reply.statusCode, 503, reply.body)
      assert.match(reply.headers['Retry-After'] ?? '', /^\d+$/)
    })
  }
})

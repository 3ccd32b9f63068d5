import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { describe, mock, test } from 'node:test'
import {
  assertRefused,
  atOnce,
  countOf,
  newAddress,
  newPerson,
  openAccountsShop,
  statuses,
  withClock,
} from '../helpers/accounts-shop.ts'
import { JWT_SECRET, withEnv } from '../helpers/direct-shop.ts'
import type { Reply } from '../helpers/functions.ts'

const shop = await openAccountsShop()

const WRONG = '登录失败，用户名或密码错误'
const QUARTER_HOUR = 900

const md5 = (text: string) => crypto.createHash('md5').update(text).digest('hex')
const passwordOf = async (username: string) =>
  (await shop.db.query<{ password: string }>('SELECT password FROM user WHERE username = ?', [username])).map(
    ({ password }) => password,
  )

/** A user as the Koa shop left one behind. */
async function koaUser(password: string, changes: { username?: string; hash?: string | null } = {}) {
  const { username, mobile } = { ...newPerson(), ...changes }
  const { hash = md5(`${password}letaoSecret`) } = changes
  const [{ repeats } = { repeats: 0 }] = await shop.db.query<{ repeats: number }>(
    'SELECT COUNT(*) AS repeats FROM user WHERE username = ?',
    [username],
  )
  await shop.db.query('INSERT INTO user (username, password, mobile, username_repeat) VALUES (?, ?, ?, ?)', [
    username,
    hash,
    mobile,
    repeats,
  ])
  return { username, password, mobile }
}

function assertLoggedIn({ json, body }: Reply, username?: string): void {
  assert.equal(json.status, 200, body)
  if (username) assert.equal((json.userInfo as { username: string }).username, username)
}

function assertLocked({ statusCode, json, headers }: Reply, waitSec: number): void {
  assert.equal(statusCode, 429)
  assert.equal(json.status, 429)
  assert.match(json.msg, /频繁/)
  assert.equal(headers['Retry-After'], String(waitSec))
  assert.equal(json.token, undefined)
}

/** The costs of the scrypt runs that `work` caused. */
async function scryptRuns(work: () => Promise<unknown>): Promise<string[]> {
  const spy = mock.method(crypto, 'scrypt')
  try {
    await work()
    return spy.mock.calls.map(({ arguments: [, , bytes, cost] }) => {
      const { N, r, p } = cost as crypto.ScryptOptions
      return `${N}/${r}/${p}/${bytes}`
    })
  } finally {
    spy.mock.restore()
  }
}

describe('a login', () => {
  test('answers a token, and the user with the mobile masked', async () => {
    const person = await shop.registered()
    const { statusCode, json } = await shop.login(person)
    assert.equal(statusCode, 200)
    const { token } = json
    const mobile = `${person.mobile.slice(0, 3)}****${person.mobile.slice(-4)}`
    assert.deepEqual(json, {
      status: 200,
      token,
      msg: '登录成功',
      userInfo: { token, username: person.username, mobile },
    })
  })

  test('signs with HS256: who, since when, until when, and nothing else', async () => {
    await withClock(async (pass) => {
      const person = await shop.registered()
      pass(0.75)
      const read = async () => {
        const { json } = await shop.login(person)
        const [header = '', claims = '', signature] = String(json.token).split('.')
        const own = crypto.createHmac('sha256', JWT_SECRET).update(`${header}.${claims}`).digest('base64url')
        assert.equal(signature, own)
        assert.deepEqual(JSON.parse(Buffer.from(header, 'base64url').toString()), {
          alg: 'HS256',
          typ: 'JWT',
        })
        return JSON.parse(Buffer.from(claims, 'base64url').toString())
      }
      const [user] = await shop.db.query<{ id: number }>('SELECT id FROM user WHERE username = ?', [
        person.username,
      ])
      const iat = Math.floor(Date.now() / 1000)
      const claims = { sub: String(user?.id), username: person.username, iat, exp: iat + 36 * 3600 }
      assert.deepEqual(await read(), claims)
      await withEnv({ JWT_EXPIRES_IN: '15m' }, async () => {
        assert.deepEqual(await read(), { ...claims, exp: iat + QUARTER_HOUR })
      })
    })
  })

  test('does not mind the case of the name, nor more fields than it reads', async () => {
    const person = await shop.registered({ username: 'MixedCase' })
    const body = { ...person, username: 'mixedCASE', admin: true, repeat_password: 'x' }
    assertLoggedIn(await shop.login(body), 'MixedCase')
  })

  test('is refused with 1040 in the same words for a wrong password and for an unknown name', async () => {
    const { username, password } = await shop.registered()
    const tries = [
      { username, password: 'wrong' },
      { username, password: password.toLowerCase() },
      { username, password: `${password} ` },
      { username: 'nobody', password },
    ]
    for (const body of tries) {
      const reply = await shop.login(body)
      assertRefused(reply, 1040, WRONG)
      assert.deepEqual(Object.keys(reply.json), ['status', 'msg', 'requestId'])
    }
  })

  test('is refused with 1010 when a parameter is missing or is no text', async () => {
    const wrong: [field: string, values: unknown[]][] = [
      ['username', [undefined, null, '', 'a'.repeat(51), 1, ['tom'], { $ne: '' }, true, 'to\u0000m']],
      ['password', [undefined, null, '', 'a'.repeat(129), 1, ['abc123'], { $ne: '' }, true]],
    ]
    for (const [field, values] of wrong) {
      for (const value of values) {
        const body = { username: 'somebody', password: 'abc123', [field]: value }
        assertRefused(await shop.login(body), 1010, new RegExp(field))
      }
    }
  })
})

describe('a user of the Koa shop', () => {
  test('logs in with the old password and is upgraded, once', async () => {
    const person = await koaUser('abc123')
    assertLoggedIn(await shop.login(person), person.username)
    const [upgraded = ''] = await passwordOf(person.username)
    assert.match(upgraded, /^scrypt\$16384\$8\$1\$/)
    assertLoggedIn(await shop.login(person), person.username)
    assert.deepEqual(await passwordOf(person.username), [upgraded])
    assertRefused(await shop.login({ ...person, password: 'abc1234' }), 1040, WRONG)
  })

  test('may have any password and any name that the tutorial let through', async () => {
    const people = [
      await koaUser('密码 with blanks & "quotes"'),
      await koaUser('a'),
      await koaUser('x'.repeat(128)),
      await koaUser('abc123', { username: 'a' }),
      await koaUser('abc123', { username: '长'.repeat(50) }),
      await koaUser('abc123', { hash: md5('abc123letaoSecret').toUpperCase() }),
    ]
    for (const person of people) assertLoggedIn(await shop.login(person), person.username)
  })

  test('keeps the old hash after a wrong password, and the hash itself opens nothing', async () => {
    const person = await koaUser('abc123')
    const [hash = ''] = await passwordOf(person.username)
    for (const password of ['abc124', hash, 'abc123letaoSecret', 'letaoSecret'])
      assertRefused(await shop.login({ ...person, password }), 1040, WRONG)
    assert.deepEqual(await passwordOf(person.username), [hash])
  })

  test('is refused where LEGACY_PASSWORD_SALT is empty, and under another salt', async () => {
    const person = await koaUser('abc123')
    const unsalted = await koaUser('abc123', { hash: md5('abc123') })
    const [hash = ''] = await passwordOf(person.username)
    await withEnv({ LEGACY_PASSWORD_SALT: '' }, async () => {
      assertRefused(await shop.login(person), 1040, WRONG)
      assertRefused(await shop.login(unsalted), 1040, WRONG)
    })
    await withEnv({ LEGACY_PASSWORD_SALT: 'another' }, async () => {
      assertRefused(await shop.login(person), 1040, WRONG)
      const own = await koaUser('abc123', { hash: md5('abc123another') })
      assertLoggedIn(await shop.login(own), own.username)
    })
    assert.deepEqual(await passwordOf(person.username), [hash])
    assertLoggedIn(await shop.login(person), person.username)
  })

  test('who shares a name with others gets in by the own password', async () => {
    const first = await koaUser('first1')
    const second = await koaUser('second2', { username: first.username })
    const third = await koaUser('third3', { username: first.username })
    for (const person of [second, first, third, second]) {
      const reply = await shop.login(person)
      assertLoggedIn(reply, first.username)
      assert.equal((reply.json.userInfo as { mobile: string }).mobile.slice(-4), person.mobile.slice(-4))
    }
    assertRefused(await shop.login({ ...first, password: 'fourth4' }), 1040, WRONG)
  })

  test('who logs in ten times at once gets in each time, and has one hash afterwards', async () => {
    const person = await koaUser('abc123')
    const replies = await atOnce(
      'login',
      Array.from({ length: 10 }, () => ({ path: '/login', body: person })),
    )
    for (const reply of replies) assertLoggedIn(reply, person.username)
    assertLoggedIn(await shop.login(person), person.username)
  })
})

test('every answer costs one hash of the same cost, whoever the user is and whatever was wrong', async () => {
  const modern = await shop.registered()
  const koa = await koaUser('abc123')
  const plain = await koaUser('abc123', { hash: 'abc123' })
  const none = await koaUser('abc123', { hash: null })
  const once = ['16384/8/1/32']
  const wrong = { password: 'wrong1' }
  const cases: [name: string, body: object, status: number][] = [
    ['a wrong password', { ...modern, ...wrong }, 1040],
    ['the right one', modern, 200],
    ['a name that nobody has', { ...newPerson() }, 1040],
    ['a wrong password of a Koa user', { ...koa, ...wrong }, 1040],
    ['a password that is stored as it is', plain, 1040],
    ['a user without password', none, 1040],
    ['the right password of a Koa user', koa, 200],
  ]
  for (const [name, body, status] of cases) {
    const runs = await scryptRuns(async () =>
      assert.equal((await shop.login(body)).json.status, status, name),
    )
    assert.deepEqual(runs, once, name)
  }
  await withEnv({ LEGACY_PASSWORD_SALT: '' }, async () => {
    const retired = await koaUser('abc123')
    assert.deepEqual(await scryptRuns(() => shop.login(retired)), once)
  })
})

describe('failed logins of one name', () => {
  test('are five in 15 minutes, then 429 for 15 minutes, also with the right password', async () => {
    await withClock(async (pass) => {
      const person = await shop.registered()
      const wrong = { ...person, password: 'wrong1' }
      for (let i = 0; i < 5; i++) {
        pass(60)
        assertRefused(await shop.login(wrong), 1040, WRONG)
      }
      assertLocked(await shop.login(person), QUARTER_HOUR)
      pass(600)
      // Tries meanwhile do not make it longer.
      assertLocked(await shop.login(wrong), 300)
      assertLocked(await shop.login(person), 300)
      assertLoggedIn(await shop.login(await shop.registered()))
      pass(299.5)
      assertLocked(await shop.login(person), 1)
      pass(0.5)
      assertLoggedIn(await shop.login(person), person.username)
    })
  })

  test('are not forgotten because one login between them succeeds', async () => {
    const person = await shop.registered()
    const wrong = { ...person, password: 'wrong1' }
    for (let i = 0; i < 4; i++) await shop.login(wrong)
    assertLoggedIn(await shop.login(person))
    assertRefused(await shop.login(wrong), 1040, WRONG)
    assert.equal((await shop.login(person)).statusCode, 429)
  })

  test('that are older than 15 minutes do not count', async () => {
    await withClock(async (pass) => {
      const person = await shop.registered()
      for (let i = 0; i < 4; i++) await shop.login({ ...person, password: 'wrong1' })
      pass(QUARTER_HOUR)
      for (let i = 0; i < 4; i++) await shop.login({ ...person, password: 'wrong1' })
      assertLoggedIn(await shop.login(person))
    })
  })

  test('count together in every spelling that the database takes for the same', async () => {
    const person = await shop.registered({ username: 'Spelling' })
    for (const username of ['spelling', 'SPELLING', 'Spélling', 'spelling', 'Spelling'])
      assertRefused(await shop.login({ username, password: 'wrong1' }), 1040, WRONG)
    for (const username of ['sPELLING', 'Spellíng']) {
      const { statusCode } = await shop.login({ ...person, username })
      assert.equal(statusCode, 429)
    }
  })

  test('count for a name that nobody has as well, so that 429 betrays nothing', async () => {
    const { username } = newPerson()
    for (let i = 0; i < 5; i++) await shop.login({ username, password: 'wrong1' })
    assert.equal((await shop.login({ username, password: 'wrong1' })).statusCode, 429)
  })

  test('cannot be outrun by 20 guesses at once: five are looked at', async () => {
    for (const { username } of [await shop.registered(), await koaUser('abc123'), newPerson()]) {
      let replies: Reply[] = []
      const runs = await scryptRuns(async () => {
        replies = await atOnce(
          'login',
          Array.from({ length: 20 }, (_, i) => ({
            path: '/login',
            body: { username, password: `guess${i}` },
          })),
        )
      })
      assert.equal(countOf(replies, 1040), 5, statuses(replies).join())
      assert.equal(countOf(replies, 429), 15, statuses(replies).join())
      assert.equal(runs.length, 5)
    }
  })
})

describe('failed logins from one address', () => {
  test('are 30 in 15 minutes, over all names; those that succeed do not count', async () => {
    await withClock(async (pass) => {
      const person = await shop.registered()
      const address = newAddress()
      for (let i = 0; i < 3; i++) assertLoggedIn(await shop.login(person, { address }))
      for (let i = 0; i < 30; i++) {
        if (i === 1) pass(300)
        assertRefused(await shop.login({ ...newPerson(), password: 'wrong1' }, { address }), 1040, WRONG)
      }
      // What a client says about itself is no way around, and a port is no other address.
      const headers = { 'x-forwarded-for': '198.51.100.7', 'x-real-ip': '198.51.100.7' }
      assertLocked(await shop.login(person, { address, headers }), 600)
      assertLocked(await shop.login(person, { address, shape: 'apiGateway', headers }), 600)
      assertLoggedIn(await shop.login(person))
      pass(599)
      assertLocked(await shop.login(person, { address }), 1)
      pass(1)
      assertLoggedIn(await shop.login(person, { address }))
    })
  })

  test('are counted for the client behind the proxies that TRUSTED_PROXIES names', async () => {
    await withEnv({ TRUSTED_PROXIES: '1' }, async () => {
      const person = await shop.registered()
      const address = newAddress()
      const from = (client: string) => ({ address, headers: { 'x-forwarded-for': `9.9.9.9, ${client}` } })
      const [guesser, stranger] = [newAddress(), newAddress()]
      for (let i = 0; i < 30; i++) await shop.login({ ...newPerson(), password: 'wrong1' }, from(guesser))
      assert.equal((await shop.login(person, from(guesser))).statusCode, 429)
      assertLoggedIn(await shop.login(person, from(stranger)))
    })
  })

  test('are not counted where the name is locked, and cannot be outrun by 40 at once', async () => {
    const address = newAddress()
    const locked = newPerson()
    for (let i = 0; i < 5; i++) await shop.login({ ...locked, password: 'wrong1' })
    for (let i = 0; i < 31; i++) assert.equal((await shop.login(locked, { address })).statusCode, 429)
    const replies = await atOnce(
      'login',
      Array.from({ length: 40 }, () => ({ path: '/login', body: newPerson(), address })),
    )
    assert.equal(countOf(replies, 1040), 30, statuses(replies).join())
    assert.equal(countOf(replies, 429), 10, statuses(replies).join())
  })
})

import assert from 'node:assert/strict'
import crypto from 'node:crypto'
import { describe, test } from 'node:test'
import {
  assertRefused,
  atOnce,
  newPerson,
  openAccountsShop,
  scryptRuns,
  withClock,
} from '../../helpers/accounts-shop.ts'
import { JWT_SECRET, withEnv } from '../../helpers/direct-shop.ts'
import type { Reply } from '../../helpers/functions.ts'
import { addKoaUser } from '../../helpers/koa-database.ts'

const shop = await openAccountsShop()

const WRONG = '登录失败，用户名或密码错误'

const md5 = (text: string) => crypto.createHash('md5').update(text).digest('hex')
const passwordOf = async (username: string) =>
  (await shop.db.query<{ password: string }>('SELECT password FROM user WHERE username = ?', [username])).map(
    ({ password }) => password,
  )

function assertLoggedIn({ json, body }: Reply, username?: string): void {
  assert.equal(json.status, 200, body)
  if (username) assert.equal((json.userInfo as { username: string }).username, username)
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
      data: { token, username: person.username, mobile },
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
        assert.deepEqual(await read(), { ...claims, exp: iat + 900 })
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
      assert.deepEqual(Object.keys(reply.json), ['status', 'msg', 'message', 'requestId'])
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
    const person = await addKoaUser(shop.db, 'abc123')
    assertLoggedIn(await shop.login(person), person.username)
    const [upgraded = ''] = await passwordOf(person.username)
    assert.match(upgraded, /^scrypt\$16384\$8\$1\$/)
    assertLoggedIn(await shop.login(person), person.username)
    assert.deepEqual(await passwordOf(person.username), [upgraded])
    assertRefused(await shop.login({ ...person, password: 'abc1234' }), 1040, WRONG)
  })

  test('may have any password and any name that the tutorial let through', async () => {
    const people = [
      await addKoaUser(shop.db, '密码 with blanks & "quotes"'),
      await addKoaUser(shop.db, 'a'),
      await addKoaUser(shop.db, 'x'.repeat(128)),
      await addKoaUser(shop.db, 'abc123', { username: 'a' }),
      await addKoaUser(shop.db, 'abc123', { username: '长'.repeat(50) }),
      await addKoaUser(shop.db, 'abc123', { hash: md5('abc123letaoSecret').toUpperCase() }),
    ]
    for (const person of people) assertLoggedIn(await shop.login(person), person.username)
  })

  test('keeps the old hash after a wrong password, and the hash itself opens nothing', async () => {
    const person = await addKoaUser(shop.db, 'abc123')
    const [hash = ''] = await passwordOf(person.username)
    for (const password of ['abc124', hash, 'abc123letaoSecret', 'letaoSecret'])
      assertRefused(await shop.login({ ...person, password }), 1040, WRONG)
    assert.deepEqual(await passwordOf(person.username), [hash])
  })

  test('is refused where LEGACY_PASSWORD_SALT is empty, and under another salt', async () => {
    const person = await addKoaUser(shop.db, 'abc123')
    const unsalted = await addKoaUser(shop.db, 'abc123', { hash: md5('abc123') })
    const [hash = ''] = await passwordOf(person.username)
    await withEnv({ LEGACY_PASSWORD_SALT: '' }, async () => {
      assertRefused(await shop.login(person), 1040, WRONG)
      assertRefused(await shop.login(unsalted), 1040, WRONG)
    })
    await withEnv({ LEGACY_PASSWORD_SALT: 'another' }, async () => {
      assertRefused(await shop.login(person), 1040, WRONG)
      const own = await addKoaUser(shop.db, 'abc123', { hash: md5('abc123another') })
      assertLoggedIn(await shop.login(own), own.username)
    })
    assert.deepEqual(await passwordOf(person.username), [hash])
    assertLoggedIn(await shop.login(person), person.username)
  })

  test('who shares a name with others gets in by the own password', async () => {
    const first = await addKoaUser(shop.db, 'first1')
    const second = await addKoaUser(shop.db, 'second2', { username: first.username })
    const third = await addKoaUser(shop.db, 'third3', { username: first.username })
    for (const person of [second, first, third, second]) {
      const reply = await shop.login(person)
      assertLoggedIn(reply, first.username)
      assert.equal((reply.json.userInfo as { mobile: string }).mobile.slice(-4), person.mobile.slice(-4))
    }
    assertRefused(await shop.login({ ...first, password: 'fourth4' }), 1040, WRONG)
  })

  test('who logs in ten times at once gets in each time, and has one hash afterwards', async () => {
    const person = await addKoaUser(shop.db, 'abc123')
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
  const koa = await addKoaUser(shop.db, 'abc123')
  const plain = await addKoaUser(shop.db, 'abc123', { hash: 'abc123' })
  const none = await addKoaUser(shop.db, 'abc123', { hash: null })
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
    const retired = await addKoaUser(shop.db, 'abc123')
    assert.deepEqual(await scryptRuns(() => shop.login(retired)), once)
  })
})

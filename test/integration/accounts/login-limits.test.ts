import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  assertRefused,
  atOnce,
  countOf,
  newAddress,
  newPerson,
  openAccountsShop,
  scryptRuns,
  statuses,
  withClock,
} from '../../helpers/accounts-shop.ts'
import { withEnv } from '../../helpers/direct-shop.ts'
import type { Reply } from '../../helpers/functions.ts'
import { addKoaUser } from '../../helpers/koa-database.ts'

const shop = await openAccountsShop()

const WRONG = '登录失败，用户名或密码错误'
const QUARTER_HOUR = 900

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

  test('cannot be outrun by 20 guesses at once: five are answered, and a locked name costs nothing more', async () => {
    for (const { username } of [await shop.registered(), await addKoaUser(shop.db, 'abc123'), newPerson()]) {
      const guesses = Array.from({ length: 20 }, (_, i) => ({
        path: '/login',
        body: { username, password: `guess${i}` },
      }))
      const replies = await atOnce('login', guesses)
      assert.equal(countOf(replies, 1040), 5, statuses(replies).join())
      assert.equal(countOf(replies, 429), 15, statuses(replies).join())
      assert.deepEqual(await scryptRuns(() => atOnce('login', guesses.slice(0, 5))), [])
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

  test('audit 15: are counted where the name is locked, too: such tries are not free', async () => {
    const address = newAddress()
    const locked = newPerson()
    for (let i = 0; i < 5; i++) await shop.login({ ...locked, password: 'wrong1' })
    for (let i = 0; i < 30; i++) assert.equal((await shop.login(locked, { address })).statusCode, 429)
    assertLocked(await shop.login(newPerson(), { address }), QUARTER_HOUR)
  })

  test('cannot be outrun by 20 guesses at once: of those, as many are looked at as are left', async () => {
    const address = newAddress()
    for (let i = 0; i < 22; i++) await shop.login(newPerson(), { address })
    const replies = await atOnce(
      'login',
      Array.from({ length: 20 }, () => ({ path: '/login', body: newPerson(), address })),
    )
    assert.equal(countOf(replies, 1040), 8, statuses(replies).join())
    assert.equal(countOf(replies, 429), 12, statuses(replies).join())
  })
})

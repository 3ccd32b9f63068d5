import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { assertRefused, atOnce, newPerson, openAccountsShop, withClock } from '../../helpers/accounts-shop.ts'
import { withEnv } from '../../helpers/direct-shop.ts'
import type { Reply } from '../../helpers/functions.ts'

const shop = await openAccountsShop()

const withoutCodes = <T>(work: () => Promise<T>) => withEnv({ REGISTER_REQUIRES_SMS: 'false' }, work)
/** A code of as many digits that is another one. */
const other = (code: string) => String((Number(code) + 1) % 10 ** code.length).padStart(code.length, '0')

describe('the code', () => {
  const refusedCode = (reply: Reply) => assertRefused(reply, 1030, '短信验证码错误或已失效，请重新获取')

  test('opens one registration of the mobile that it was sent to', async () => {
    const [first, second] = [newPerson(), newPerson()]
    const smscode = await shop.codeFor(first.mobile)
    refusedCode(await shop.register({ ...second, smscode }))
    assert.equal((await shop.register({ ...first, smscode })).json.status, 200)
    refusedCode(await shop.register({ ...newPerson(), mobile: first.mobile, smscode }))
    // Even when nothing else stands in its way.
    await shop.db.query('DELETE FROM user WHERE mobile = ?', [first.mobile])
    refusedCode(await shop.register({ ...first, smscode }))
  })

  test('opens nothing when it was issued for another purpose', async () => {
    const person = newPerson()
    const smscode = await shop.codeFor(person.mobile)
    await shop.db.query("UPDATE sms_code SET purpose = 'reset' WHERE mobile = ?", [person.mobile])
    refusedCode(await shop.register({ ...person, smscode }))
    await shop.db.query("UPDATE sms_code SET purpose = 'register' WHERE mobile = ?", [person.mobile])
    assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
  })

  test('is wrong when it was never sent, and for texts that are no code', async () => {
    const person = newPerson()
    refusedCode(await shop.register({ ...person, smscode: '123456' }))
    const smscode = await shop.codeFor(person.mobile)
    for (const text of [` ${smscode}`, `${smscode}0`, smscode.slice(1), "' OR '1'='1", '％'.repeat(6)]) {
      await shop.db.query('UPDATE sms_code SET wrong_tries = 0 WHERE mobile = ?', [person.mobile])
      refusedCode(await shop.register({ ...person, smscode: text }))
    }
  })

  test('still serves after four wrong tries, whoever made them', async () => {
    const person = newPerson()
    const smscode = await shop.codeFor(person.mobile)
    for (let i = 0; i < 4; i++) refusedCode(await shop.register({ ...person, smscode: other(smscode) }))
    assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
  })

  test('is void after five wrong tries, until the next one is sent', async () => {
    await withClock(async (pass) => {
      const person = newPerson()
      const smscode = await shop.codeFor(person.mobile)
      for (let i = 0; i < 5; i++)
        refusedCode(await shop.register({ ...newPerson(), mobile: person.mobile, smscode: other(smscode) }))
      refusedCode(await shop.register({ ...person, smscode }))
      pass(60)
      const next = await shop.codeFor(person.mobile)
      assert.equal((await shop.register({ ...person, smscode: next })).json.status, 200)
    })
  })

  test('cannot be guessed faster by many tries at once: five count, then it is void', async () => {
    const person = newPerson()
    const smscode = await shop.codeFor(person.mobile)
    const guesses = Array.from({ length: 20 }, (_, i) =>
      String((Number(smscode) + 1 + i) % 1e6).padStart(6, '0'),
    )
    const replies = await atOnce(
      'register',
      guesses.map((guess) => ({ path: '/register', body: { ...person, smscode: guess } })),
    )
    for (const reply of replies) refusedCode(reply)
    assert.deepEqual(
      await shop.db.query('SELECT wrong_tries FROM sms_code WHERE mobile = ?', [person.mobile]),
      [{ wrong_tries: 5 }],
    )
    refusedCode(await shop.register({ ...person, smscode }))
  })

  test('lives for SMS_CODE_TTL and not a moment longer', async () => {
    await withClock(async (pass) => {
      const [early, late, short] = [newPerson(), newPerson(), newPerson()]
      const [earlyCode, lateCode] = [await shop.codeFor(early.mobile), await shop.codeFor(late.mobile)]
      const shortCode = await withEnv({ SMS_CODE_TTL: '30' }, () => shop.codeFor(short.mobile))
      pass(30)
      refusedCode(await shop.register({ ...short, smscode: shortCode }))
      pass(269.999)
      assert.equal((await shop.register({ ...early, smscode: earlyCode })).json.status, 200)
      pass(0.001)
      refusedCode(await shop.register({ ...late, smscode: lateCode }))
    })
  })

  test('of the latest message counts, earlier ones do not', async () => {
    await withClock(async (pass) => {
      const person = newPerson()
      const first = await shop.codeFor(person.mobile)
      let second = first
      while (second === first) {
        pass(60)
        second = await shop.codeFor(person.mobile)
      }
      refusedCode(await shop.register({ ...person, smscode: first }))
      assert.equal((await shop.register({ ...person, smscode: second })).json.status, 200)
    })
  })

  test('is not used up by a registration that was refused', async () => {
    const taken = await shop.registered()
    const person = newPerson()
    const smscode = await shop.codeFor(person.mobile)
    assertRefused(await shop.register({ ...person, username: taken.username, smscode }), 0, '用户名已存在')
    assertRefused(await shop.register({ ...person, password: 'no', smscode }), false, /password/)
    assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
  })

  test('may be left out where REGISTER_REQUIRES_SMS=false, but one that is sent must be right', async () => {
    await withoutCodes(async () => {
      assert.equal((await shop.register(newPerson())).json.status, 200)
      assert.equal((await shop.register({ ...newPerson(), smscode: '' })).json.status, 200)
      refusedCode(await shop.register({ ...newPerson(), smscode: '123456' }))
      const person = newPerson()
      const smscode = await shop.codeFor(person.mobile)
      refusedCode(await shop.register({ ...person, smscode: other(smscode) }))
      assert.equal((await shop.register({ ...person, smscode })).json.status, 200)
      refusedCode(await shop.register({ ...person, smscode }))
    })
  })
})

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
  type Person,
  statuses,
  withClock,
} from '../../helpers/accounts-shop.ts'
import { withEnv } from '../../helpers/direct-shop.ts'

const shop = await openAccountsShop()

interface UserRow {
  id: number
  password: string
  mobile: string
  smscode: string | null
}

const usersNamed = (username: string) =>
  shop.db.query<UserRow>('SELECT * FROM user WHERE username = ? ORDER BY id', [username])
const usersWith = (mobile: string) => shop.db.query<UserRow>('SELECT * FROM user WHERE mobile = ?', [mobile])
const withoutCodes = <T>(work: () => Promise<T>) => withEnv({ REGISTER_REQUIRES_SMS: 'false' }, work)
describe('a registration', () => {
  test('makes a user whose password is kept as scrypt with its parameters', async () => {
    const person = newPerson()
    const smscode = await shop.codeFor(person.mobile)
    const { statusCode, json } = await shop.register({
      ...person,
      repeat_password: person.password,
      smscode,
    })
    assert.equal(statusCode, 200)
    assert.deepEqual(json, { status: 200, msg: '注册成功' })
    const [row, ...others] = await usersNamed(person.username)
    assert.deepEqual(others, [])
    assert.match(row?.password ?? '', /^scrypt\$16384\$8\$1\$[\w-]{22}\$[\w-]{43}$/)
    assert.equal(row?.mobile, person.mobile)
    assert.equal(row?.smscode, null)
  })

  test('takes names of 3 to 20 characters in any script, and passwords of 3 to 20 letters and digits', async () => {
    await withoutCodes(async () => {
      const accepted: Partial<Person>[] = [
        { username: 'abc' },
        { username: 'a'.repeat(20) },
        { username: '李小明' },
        { username: '👟🥾👞' },
        { username: '👟'.repeat(20) },
        { username: "o'hara; --" },
        { username: 'two words' },
        { password: 'abc' },
        { password: 'Z9'.repeat(10) },
      ]
      for (const changes of accepted) {
        const person = { ...newPerson(), ...changes }
        const { json } = await shop.register(person)
        assert.equal(json.status, 200, `${JSON.stringify(changes)}: ${json.msg}`)
        assert.equal((await usersWith(person.mobile)).length, 1)
        assert.equal((await shop.login(person)).json.status, 200)
      }
    })
  })

  test('is refused with false for each parameter that breaks its rule, and the message names it', async () => {
    const before = await shop.db.query('SELECT COUNT(*) AS users FROM user')
    const wrong: [field: string, values: unknown[]][] = [
      [
        'username',
        [
          undefined,
          null,
          '',
          'ab',
          '李明',
          '👟👟',
          'a'.repeat(21),
          '👟'.repeat(21),
          123456,
          ['tom'],
          {},
          true,
        ].concat([' tom', 'tom ', 'to\nm', 'to\u0000m', '\ud800tom', '   ']),
      ],
      [
        'password',
        [
          undefined,
          null,
          '',
          'ab',
          'a'.repeat(21),
          'abc 123',
          'abc-123',
          '密码密码',
          'abc123\n',
          123456,
          {},
          ['abc123'],
        ],
      ],
      ['repeat_password', ['abc123', '', 'ABC123xyz', null, 1]],
      [
        'mobile',
        [
          undefined,
          null,
          '',
          '1380013800',
          '138001380000',
          '12800138000',
          '+8613800138000',
          '138 0013 8000',
          13800138000,
        ].concat([
          '14400138000',
          '15400138000',
          '16100138000',
          '17900138000',
          '19400138000',
          '１３８00138000',
          '13800138000\n',
        ]),
      ],
      ['smscode', [undefined, '', null, 123456, {}, ['123456'], '1'.repeat(21)]],
    ]
    for (const [field, values] of wrong) {
      for (const value of values) {
        const body = { ...newPerson(), smscode: '123456', [field]: value }
        const reply = await shop.register(body)
        assert.equal(reply.json.status, false, `${field} = ${JSON.stringify(value)}`)
        assertRefused(reply, false, new RegExp(field))
        assert.match(reply.json.msg, /\p{Script=Han}/u)
      }
    }
    assert.deepEqual(await shop.db.query('SELECT COUNT(*) AS users FROM user'), before)
  })

  test('is refused in plain words when the two passwords differ', async () => {
    const body = { ...newPerson(), repeat_password: 'abc123XYz', smscode: '123456' }
    assertRefused(await shop.register(body), false, '确认密码repeat_password与密码不一致')
  })

  test('takes the fields under the other names of the tutorial’s storefronts, checked like their own', async () => {
    for (const [codeName, repeatName] of [
      ['smsCode', 'repeatPassword'],
      ['sms', 'repeatPassword'],
      ['smscode', 'repeat_password'],
    ] as const) {
      const person = newPerson()
      const code = await shop.codeFor(person.mobile)
      const body = (changes: object) => ({
        ...person,
        [codeName]: code,
        [repeatName]: person.password,
        ...changes,
      })
      assertRefused(await shop.register(body({ [repeatName]: 'other123' })), false, /密码不一致/)
      assertRefused(await shop.register(body({ [codeName]: '' })), false, /smscode不能为空/)
      assertRefused(await shop.register(body({ [codeName]: `${code}9` })), 1030, /验证码/)
      // The first name that is there counts.
      assertRefused(await shop.register(body({ smscode: `${code}9` })), 1030, /验证码/)
      assert.equal((await shop.register(body({}))).json.status, 200)
    }
  })

  test('is refused for a password that a stricter policy does not allow', async () => {
    await withEnv(
      { REGISTER_REQUIRES_SMS: 'false', PASSWORD_PATTERN: '^(?=.*\\d)(?=.*[a-z]).{8,}$' },
      async () => {
        for (const password of ['abcdefgh', '12345678', 'abc1234'])
          assertRefused(await shop.register({ ...newPerson(), password }), false, /password/)
        assert.equal((await shop.register({ ...newPerson(), password: 'abcd1234' })).json.status, 200)
      },
    )
  })

  test('is refused with 0 for a name that is taken, however it is spelled', async () => {
    const { username } = await shop.registered({ username: 'TakenName' })
    for (const spelling of [username, 'takenname', 'TAKENNAME', 'TákenName']) {
      const person = { ...newPerson(), username: spelling }
      const smscode = await shop.codeFor(person.mobile)
      assertRefused(await shop.register({ ...person, smscode }), 0, '用户名已存在')
    }
    assert.equal((await usersNamed(username)).length, 1)
  })

  test('is refused with 0 for a mobile that has an account', async () => {
    await withClock(async (pass) => {
      const { mobile } = await shop.registered()
      pass(60)
      const smscode = await shop.codeFor(mobile)
      assertRefused(await shop.register({ ...newPerson(), mobile, smscode }), 0, '手机号已注册')
      assert.equal((await usersWith(mobile)).length, 1)
    })
  })
})

describe('of 20 registrations at once', () => {
  test('with one code, one wins', async () => {
    const mobile = newMobile()
    const smscode = await shop.codeFor(mobile)
    const people = Array.from({ length: 20 }, () => ({ ...newPerson(), mobile, smscode }))
    const replies = await atOnce(
      'register',
      people.map((body) => ({ path: '/register', body })),
    )
    assert.equal(countOf(replies, 200), 1, statuses(replies).join())
    // Who comes when the winner is there already is told so.
    assert.equal(countOf(replies, 1030) + countOf(replies, 0), 19, statuses(replies).join())
    assert.equal((await usersWith(mobile)).length, 1)
  })

  test('under one name, one wins, and the codes of the others still serve', async () => {
    const { username, password } = newPerson()
    const people: (Person & { smscode: string })[] = []
    for (let i = 0; i < 20; i++) {
      const mobile = newMobile()
      people.push({ username, password, mobile, smscode: await shop.codeFor(mobile) })
    }
    const replies = await atOnce(
      'register',
      people.map((body) => ({ path: '/register', body })),
    )
    assert.equal(countOf(replies, 200), 1, statuses(replies).join())
    for (const reply of replies.filter(({ json }) => json.status !== 200))
      assertRefused(reply, 0, '用户名已存在')
    assert.equal((await usersNamed(username)).length, 1)
    const loser = people[statuses(replies).indexOf(0)]
    assert.equal((await shop.register({ ...loser, username: newPerson().username })).json.status, 200)
  })

  test('of one mobile without codes, one wins', async () => {
    await withoutCodes(async () => {
      const mobile = newMobile()
      const replies = await atOnce(
        'register',
        Array.from({ length: 20 }, () => ({ path: '/register', body: { ...newPerson(), mobile } })),
      )
      assert.equal(countOf(replies, 200), 1, statuses(replies).join())
      for (const reply of replies.filter(({ json }) => json.status !== 200))
        assertRefused(reply, 0, '手机号已注册')
      assert.equal((await usersWith(mobile)).length, 1)
    })
  })

  test('from one address, ten are admitted', async () => {
    await withoutCodes(async () => {
      const address = newAddress()
      const replies = await atOnce(
        'register',
        Array.from({ length: 20 }, () => ({ path: '/register', body: newPerson(), address })),
      )
      assert.equal(countOf(replies, 200), 10, statuses(replies).join())
      assert.equal(countOf(replies, 429), 10, statuses(replies).join())
    })
  })
})

describe('registrations from one address', () => {
  test('are ten an hour, then 429 with Retry-After; refused ones do not count', async () => {
    await withEnv({ REGISTER_REQUIRES_SMS: 'false' }, () =>
      withClock(async (pass) => {
        const address = newAddress()
        const taken = await shop.registered()
        for (let i = 0; i < 12; i++) {
          const body = { ...newPerson(), username: taken.username }
          assertRefused(await shop.register(body, { address }), 0, '用户名已存在')
          assertRefused(
            await shop.register({ ...newPerson(), smscode: '000000' }, { address }),
            1030,
            /验证码/,
          )
        }
        assert.equal((await shop.register(newPerson(), { address })).json.status, 200)
        pass(600)
        for (let i = 1; i < 10; i++)
          assert.equal((await shop.register(newPerson(), { address })).json.status, 200)
        const late = newPerson()
        const { statusCode, json, headers } = await shop.register(late, { address })
        assert.equal(statusCode, 429)
        assert.equal(json.status, 429)
        assert.match(json.msg, /频繁/)
        assert.equal(headers['Retry-After'], '3000')
        assert.deepEqual(await usersNamed(late.username), [])
        // Others are not held up, and whoever waits as long as told is admitted.
        assert.equal((await shop.register(newPerson())).json.status, 200)
        pass(2999)
        assert.equal((await shop.register(late, { address })).headers['Retry-After'], '1')
        pass(1)
        assert.equal((await shop.register(late, { address })).json.status, 200)
        assert.equal((await shop.register(newPerson(), { address })).json.status, 429)
      }),
    )
  })

  test('are not limited where RATE_LIMIT=off', async () => {
    await withEnv({ REGISTER_REQUIRES_SMS: 'false', RATE_LIMIT: 'off' }, async () => {
      const address = newAddress()
      for (let i = 0; i < 12; i++)
        assert.equal((await shop.register(newPerson(), { address })).json.status, 200)
    })
  })
})

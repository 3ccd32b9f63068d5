import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { newAddress, newMobile, newPerson } from '../../helpers/accounts-shop.ts'
import { type DatabaseProxy, type Fate, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { call, loadFunction, type MainHandler, type Reply, scfContext } from '../../helpers/functions.ts'
import { tokenOf } from '../../helpers/pay-shop.ts'
import {
  type HttpFunction,
  httpFunctions,
  openWholeShop,
  outcome,
  send,
  type WholeShop,
} from '../../helpers/whole-shop.ts'

/** The contract says 5 s; this only has to tell that from the drivers' own patience, which begins at 10 s. */
const PATIENCE_MS = 8000

let shop: WholeShop
let wire: DatabaseProxy

before(async () => {
  shop = await openWholeShop()
  wire = await startDatabaseProxy(shop.database.url)
  process.env.DATABASE_URL = wire.url
  warm = newInstances()
  // The second time they say what they will go on saying: by then the order is paid.
  await askAll(warm)
})
after(async () => {
  await wire.close()
  await shop.close()
})
afterEach(() => {
  wire.onStatement = undefined
  wire.onExecute = undefined
  wire.thaw()
})

type Instance = readonly [name: HttpFunction, handler: MainHandler]

/** New instances, one of each function. */
const newInstances = (): Instance[] => httpFunctions.map((name) => [name, loadFunction(name)])

/** Instances that have served before. */
let warm: Instance[]

/** What each function says to its own request, one after the other: some change what others read. */
async function askAll(handlers: readonly Instance[]): Promise<Record<string, string>> {
  const said: Record<string, string> = {}
  for (const [name, handler] of handlers) said[name] = outcome(await send(shop, name, handler))
  return said
}

function assertUnavailable(name: HttpFunction, { statusCode, headers, json, body }: Reply): void {
  if (name === 'wxNotify' || name === 'refundNotify') {
    assert.equal(statusCode, 200, name)
    assert.match(body, /<return_code><!\[CDATA\[FAIL\]\]><\/return_code>/)
    assert.match(body, /系统繁忙/)
    return
  }
  assert.equal(statusCode, 503, `${name}: ${body}`)
  assert.deepEqual(Object.keys(json), ['status', 'msg', 'message', 'requestId'])
  assert.equal(json.status, 503)
  assert.equal(json.msg, '系统繁忙，请稍后再试')
  assert.equal(headers['Cache-Control'], 'no-store')
}

/** All at once, for each may take its seconds; none longer than the contract allows. */
async function assertAllUnavailable(handlers: readonly Instance[]): Promise<void> {
  shop.logs.clear()
  await Promise.all(
    handlers.map(async ([name, handler]) => assertUnavailable(name, await send(shop, name, handler))),
  )
  const lines = shop.logs.of('invocation')
  assert.equal(lines.length, handlers.length)
  for (const { route, durationMs } of lines)
    assert.ok(Number(durationMs) < PATIENCE_MS, `${route} ${durationMs}`)
}

test('a connection that the server ends between two calls costs nobody anything', async () => {
  const expected = await askAll(warm)
  assert.deepEqual(
    Object.entries(expected).filter(([, said]) => said !== '200 200' && said !== '200 SUCCESS'),
    // The shop's own words: what is paid cannot be closed, and nobody knows that refund.
    [
      ['closeOrder', '200 1051'],
      ['refundNotify', '200 FAIL'],
    ],
  )
  await shop.database.killConnections()
  assert.deepEqual(await askAll(warm), expected)
})

test('a connection that the network drops between two calls costs nobody anything', async () => {
  const expected = await askAll(warm)
  const before = wire.connections
  wire.cut()
  assert.deepEqual(await askAll(warm), expected)
  assert.equal(wire.connections, before + warm.length)
})

test('a connection that went dead without a word costs a feed some time, and nothing else', async () => {
  const handler = loadFunction('homeFeeds')
  assert.equal(outcome(await send(shop, 'homeFeeds', handler)), '200 200')
  let held = 0
  wire.onExecute = () => (held++ === 0 ? 'hold' : 'pass')
  assert.equal(outcome(await send(shop, 'homeFeeds', handler)), '200 200')
  wire.onExecute = undefined
  assert.equal(held, 2)
})

describe('while the database', () => {
  test('refuses connections, every function says so; when it is back, the same instances work', async () => {
    const expected = await askAll(warm)
    await wire.close()
    const cold = newInstances()
    await assertAllUnavailable([...warm, ...cold])
    await wire.reopen()
    assert.deepEqual(await askAll(warm), expected)
    assert.deepEqual(await askAll(cold), expected)
  })

  test('accepts and never answers, every function says so in time; when it is back, the same instances work', async () => {
    const expected = await askAll(warm)
    wire.freeze()
    const cold = newInstances()
    await assertAllUnavailable([...warm, ...cold])
    wire.thaw()
    assert.deepEqual(await askAll(warm), expected)
    assert.deepEqual(await askAll(cold), expected)
  })

  test('falls silent in the middle of a call, the call ends in time, and the next one works', async () => {
    for (const name of ['login', 'wxOrder'] as const) {
      const handler = loadFunction(name)
      await send(shop, name, handler)
      let statements = 0
      // For good: a read alone would be done again on another connection.
      wire.onExecute = () => (++statements >= 2 ? 'hold' : 'pass')
      shop.logs.clear()
      assertUnavailable(name, await send(shop, name, handler))
      assert.ok(Number(shop.logs.of('invocation')[0]?.durationMs) < PATIENCE_MS)
      wire.onExecute = undefined
      assert.equal(outcome(await send(shop, name, handler)), '200 200', name)
    }
  })

  for (const slowMs of [400, 1000])
    test(`needs ${slowMs} ms for every statement, each function answers in time, whatever it says`, async () => {
      const slow = () => new Promise<Fate>((done) => setTimeout(done, slowMs, 'pass'))
      await askAll(warm)
      wire.onStatement = (sql) => (/^(START|COMMIT|ROLLBACK)/.test(sql) ? slow() : 'pass')
      wire.onExecute = slow
      shop.logs.clear()
      const said = await Promise.all(
        warm.map(async ([name, handler]) => outcome(await send(shop, name, handler))),
      )
      wire.onExecute = undefined
      for (const line of said) assert.match(line, /^(200|503) /)
      for (const { route, durationMs } of shop.logs.of('invocation'))
        assert.ok(Number(durationMs) < PATIENCE_MS, `${route} ${durationMs}`)
      wire.cut()
      assert.deepEqual(
        Object.values(await askAll(warm)).filter((line) => line.startsWith('503')),
        [],
      )
    })

  test('has no connection left for this account, every function says so', async () => {
    const account = `few${process.pid}`
    await shop.database.query(
      `CREATE USER ${account}@'127.0.0.1' IDENTIFIED BY 'few-of-them' WITH MAX_USER_CONNECTIONS 1`,
    )
    await shop.database.query(`GRANT ALL ON ${shop.database.name}.* TO ${account}@'127.0.0.1'`)
    const url = new URL(shop.database.url)
    url.username = account
    url.password = 'few-of-them'
    const only = await createConnection({ uri: url.href })
    try {
      await shop.with({ DATABASE_URL: url.href }, () => assertAllUnavailable(newInstances()))
    } finally {
      await only.end()
      await shop.database.query(`DROP USER ${account}@'127.0.0.1'`)
    }
  })

  test('is away, jobs fail with words for ops, and work when it is back', async () => {
    const jobs = ['migrate', 'reconcile'].map(loadFunction)
    for (const job of jobs) await job({}, scfContext())
    await wire.close()
    for (const job of jobs) await assert.rejects(job({}, scfContext()) as Promise<unknown>)
    await wire.reopen()
    for (const job of jobs) assert.equal(typeof (await job({}, scfContext())), 'string')
  })
})

describe('while somebody holds the row', () => {
  /** Locks what the statement finds until `work` is done. */
  async function whileLocked(sql: string, values: unknown[], work: () => Promise<void>): Promise<void> {
    const other = await createConnection({ uri: shop.database.url })
    try {
      await other.beginTransaction()
      const [rows] = await other.query(sql, values)
      assert.ok((rows as unknown[]).length > 0, 'nothing is locked')
      await work()
    } finally {
      await other.end()
    }
  }

  test('of a name, its failed logins say 503, all others go on, and it is free again afterwards', async () => {
    const [login, register] = [loadFunction('login'), loadFunction('register')]
    const [held, free] = [newPerson(), newPerson()]
    for (const body of [held, free]) await call(register, { path: '/register', body, address: newAddress() })
    // A failed login makes the counter that is locked then.
    const wrong = { path: '/login', body: { ...held, password: 'wrong1' }, address: newAddress() }
    assert.equal(outcome(await call(login, wrong)), '200 1040')
    await whileLocked(
      "SELECT * FROM rate_limit WHERE bucket LIKE 'login:username:%' FOR UPDATE",
      [],
      async () => {
        assertUnavailable('login', await call(login, wrong))
        for (const body of [held, free])
          assert.equal(outcome(await call(login, { path: '/login', body })), '200 200')
      },
    )
    assert.equal(outcome(await call(login, wrong)), '200 1040')
  })

  test('of a code, the registration says 503 and uses nothing up', async () => {
    const register = loadFunction('register')
    const person = newPerson()
    await call(loadFunction('sms'), { path: '/sms', body: { mobile: person.mobile }, address: newAddress() })
    const body = { ...person, smscode: shop.sms.messages(person.mobile)[0]?.code }
    const request = () => ({ path: '/register', body, address: newAddress() })
    await whileLocked('SELECT * FROM sms_code WHERE mobile = ? FOR UPDATE', [person.mobile], async () => {
      assertUnavailable('register', await call(register, request()))
    })
    assert.equal(outcome(await call(register, request())), '200 200')
  })

  test('of an order, closing it says 503 and leaves it open; a feed of the same shop goes on', async () => {
    const [closeOrder, feeds] = [loadFunction('closeOrder'), loadFunction('homeFeeds')]
    const { out_trade_no } = await shop.buy(loadFunction('wxOrder'), shop.shopper())
    const { user_id } = await shop.order(out_trade_no)
    const token = tokenOf(Number(user_id))
    const request = { path: '/closeOrder', body: { out_trade_no }, token }
    await whileLocked(
      'SELECT * FROM payorder WHERE out_trade_no = ? FOR UPDATE',
      [out_trade_no],
      async () => {
        assertUnavailable('closeOrder', await call(closeOrder, request))
        assert.equal(outcome(await send(shop, 'homeFeeds', feeds)), '200 200')
      },
    )
    assert.equal(outcome(await call(closeOrder, request)), '200 200')
    assert.equal((await shop.order(out_trade_no)).trade_state, 'CLOSED')
  })
})

/** Cuts the wire at the statement of that number, counted from now; says how many there were. */
async function breakAt(
  number: number,
  fate: Fate,
  work: () => Promise<Reply>,
): Promise<[said: string, seen: number]> {
  let seen = 0
  wire.onStatement = (sql) => (/^(START|COMMIT|ROLLBACK)/.test(sql) && ++seen === number ? fate : 'pass')
  wire.onExecute = () => (++seen === number ? fate : 'pass')
  const said = outcome(await work())
  wire.onStatement = undefined
  wire.onExecute = undefined
  return [said, seen]
}

describe('a registration whose connection breaks', () => {
  for (const [when, fate] of [
    ['before the database sees it', 'drop'],
    ['before the database has answered it', 'dropAnswer'],
  ] as const) {
    test(`at any statement, ${when}, leaves a user whose code is used, or neither`, async () => {
      const [sms, register] = [loadFunction('sms'), loadFunction('register')]
      let refused = 0
      for (let number = 1; ; number++) {
        const person = newPerson()
        await call(sms, { path: '/sms', body: { mobile: person.mobile }, address: newAddress() })
        const body = { ...person, smscode: shop.sms.messages(person.mobile)[0]?.code }
        const attempt = () => call(register, { path: '/register', body, address: newAddress() })
        const [said, seen] = await breakAt(number, fate, attempt)
        const [row] = await shop.database.query<{ users: number; used: number }>(
          `SELECT (SELECT COUNT(*) FROM user WHERE mobile = ?) AS users,
             (SELECT COUNT(*) FROM sms_code WHERE mobile = ? AND used_at IS NOT NULL) AS used`,
          [person.mobile, person.mobile],
        )
        assert.equal(row?.users, row?.used, `statement ${number}`)
        if (seen < number) {
          assert.equal(said, '200 200')
          assert.ok(number > 10 && refused > 5, `${refused} of ${number} statements`)
          break
        }
        if (said === '200 200') {
          // A read was done again on another connection.
          assert.equal(row?.users, 1, `statement ${number}`)
          continue
        }
        assert.equal(said, '503 503', `statement ${number}`)
        refused++
        // Whoever was told 503 tries again, and has an account either way.
        const again = outcome(await attempt())
        assert.equal(again, row?.users === 1 ? '200 1030' : '200 200', `statement ${number}`)
      }
    })
  }
})

test('a message whose connection breaks at any statement is sent once at most', async () => {
  const sms = loadFunction('sms')
  for (let number = 1; ; number++) {
    const mobile = newMobile()
    const [said, seen] = await breakAt(number, 'drop', () =>
      call(sms, { path: '/sms', body: { mobile }, address: newAddress() }),
    )
    const sent = shop.sms.messages(mobile).length
    if (seen < number) {
      assert.deepEqual([said, sent], ['200 200', 1])
      assert.ok(number > 5, `only ${number} statements`)
      break
    }
    assert.deepEqual([said, sent], ['503 503', 0], `statement ${number}`)
  }
})

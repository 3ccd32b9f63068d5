import assert from 'node:assert/strict'
import { after, before as beforeAll, describe, test } from 'node:test'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { JWT_SECRET, migrateDatabase, setEnv } from '../../helpers/direct-shop.ts'
import { call, loadFunction } from '../../helpers/functions.ts'
import {
  createKoaTables,
  fill,
  type KoaOptions,
  koaHash,
  notifiedRow,
  placedRow,
} from '../../helpers/koa-database.ts'

after(setEnv({ JWT_SECRET, LOG_LEVEL: 'error', REGISTER_REQUIRES_SMS: 'false' }))

async function koaDatabase(options: KoaOptions): Promise<TestDatabase> {
  const database = await createTestDatabase()
  await createKoaTables(database, options)
  return database
}

const rowsOf = (database: TestDatabase, table: string) => database.query(`SELECT * FROM ${table} ORDER BY id`)

/** Each row has every value that it had before, whatever columns were added. */
function assertCarriedOver(after: Record<string, unknown>[], before: Record<string, unknown>[]): void {
  const names = Object.keys(before[0] ?? {})
  assert.deepEqual(
    after.map((row) => Object.fromEntries(names.map((name) => [name, row[name]]))),
    before,
  )
}

/** New instances on this database; a client address for each call. */
function shopOn(database: TestDatabase) {
  let calls = 0
  const send = (name: string, path: string) => {
    const restore = setEnv({ DATABASE_URL: database.url })
    const handler = loadFunction(name)
    restore()
    return async (body: object) => {
      const back = setEnv({ DATABASE_URL: database.url })
      try {
        return (await call(handler, { path, body, address: `10.9.0.${++calls}` })).json
      } finally {
        back()
      }
    }
  }
  return { login: send('login', '/login'), register: send('register', '/register') }
}

const people = (charset: KoaOptions['charset']) => [
  { username: 'tom', password: koaHash('abc123'), mobile: '13800138000', smscode: '1234' },
  {
    username: charset === 'latin1' ? 'José Müller' : '李小明',
    password: koaHash('密码'),
    mobile: '13800138001',
    smscode: '',
  },
  // The tutorial never checked.
  { username: 'tom', password: koaHash('second'), mobile: '13800138002', smscode: '1' },
  { username: 'Tom', password: koaHash('third'), mobile: '13800138000', smscode: '1' },
  { username: 'tom ', password: koaHash('fourth'), mobile: '13800138000', smscode: '1' },
  { username: 'anna', password: koaHash('abc123').toUpperCase(), mobile: '', smscode: '1' },
  { username: '', password: koaHash('abc123'), mobile: '', smscode: '1' },
]

const categories = (charset: KoaOptions['charset']) =>
  (charset === 'latin1' ? ['Sport', 'Ladies', 'Gents'] : ['运动馆', '女士馆', '男士馆']).map(
    (categoryName) => ({
      categoryName,
    }),
  )

const kinds: KoaOptions[] = [
  { payorder: 'order', charset: 'utf8' },
  { payorder: 'notify', charset: 'utf8' },
  { payorder: 'order', charset: 'latin1' },
  { payorder: 'notify', charset: 'latin1', strict: true },
  { payorder: 'order', charset: 'utf8mb4', strict: true },
  { payorder: 'order', charset: 'utf8', engine: 'MyISAM' },
  { payorder: 'order', charset: 'utf8', rowFormat: 'COMPACT', strict: true },
  { payorder: 'notify', charset: 'latin1', rowFormat: 'REDUNDANT' },
]

for (const kind of kinds) {
  const { payorder, charset, engine, strict, rowFormat } = kind
  const name = [
    `a payorder in the shape of the ${payorder}`,
    charset,
    engine,
    rowFormat,
    strict && 'every column NOT NULL',
  ]
  describe(`a Koa shop’s database: ${name.filter(Boolean).join(', ')}`, () => {
    let database: TestDatabase
    let before: Record<'category' | 'user' | 'payorder', Record<string, unknown>[]>

    beforeAll(async () => {
      database = await koaDatabase(kind)
      await fill(database, 'category', categories(charset))
      await fill(database, 'user', people(charset))
      const body = charset === 'latin1' ? 'café' : '乐淘运动鞋'
      const [next, transaction_id] = ['1636959135848', '4200001242202111155921338872']
      await fill(
        database,
        'payorder',
        payorder === 'order'
          ? [placedRow(), placedRow({ out_trade_no: next, trade_state: 'SUCCESS' }), placedRow({ body })]
          : [notifiedRow(), notifiedRow({ out_trade_no: next, transaction_id }), notifiedRow()],
      )
      before = {
        category: await rowsOf(database, 'category'),
        user: await rowsOf(database, 'user'),
        payorder: await rowsOf(database, 'payorder'),
      }
      await migrateDatabase(database.url, { seed: true })
    })
    after(() => database.drop())

    test('is carried over with all its rows into tables of ours, and stays as it is then', async () => {
      assertCarriedOver(await rowsOf(database, 'category'), before.category)
      assertCarriedOver(await rowsOf(database, 'user'), before.user)
      const orders = await rowsOf(database, 'payorder')
      assertCarriedOver(
        // Amounts are numbers now.
        orders.map((row) => ({
          ...row,
          total_fee: String(row.total_fee),
          cash_fee: row.cash_fee && String(row.cash_fee),
        })),
        before.payorder,
      )
      const odd = await database.query(
        `SELECT TABLE_NAME FROM information_schema.TABLES
         WHERE TABLE_SCHEMA = ? AND (ENGINE <> 'InnoDB' OR TABLE_COLLATION NOT LIKE 'utf8mb4%')`,
        [database.name],
      )
      assert.deepEqual(odd, [])
      assert.match(String(await migrateDatabase(database.url)), /^migrations: 0 applied now/)
      assert.deepEqual(await rowsOf(database, 'payorder'), orders)
    })

    test('takes no new repetition of a name or a mobile, not even of one that repeats already', async () => {
      const { register } = shopOn(database)
      const fresh = { username: 'newcomer', password: 'abc123', mobile: '13900139001' }
      for (const username of ['tom', 'TOM', 'anna', 'tóm'])
        assert.equal((await register({ ...fresh, username })).msg, '用户名已存在')
      for (const mobile of ['13800138000', '13800138001', '13800138002'])
        assert.equal((await register({ ...fresh, mobile })).msg, '手机号已注册')
      // The keys alone hold as well.
      for (const sql of [
        "INSERT INTO user (username, mobile) VALUES ('tom', '13900139001')",
        "INSERT INTO user (username, mobile) VALUES ('newcomer', '13800138000')",
      ])
        await assert.rejects(database.query(sql), { code: 'ER_DUP_ENTRY' })
      assertCarriedOver(await rowsOf(database, 'user'), before.user)
    })

    test('takes new orders, but no order number again', async () => {
      const order = (number: string) =>
        database.query(
          "INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee) VALUES ('a', 'm', 'n', ?, 1)",
          [number],
        )
      await order('1636959135900')
      for (const number of ['1636959135900', '1636959135847', '1636959135848'])
        await assert.rejects(order(number), { code: 'ER_DUP_ENTRY' })
    })

    test('lets its users log in with their old passwords, and takes new ones', async () => {
      const { login, register } = shopOn(database)
      const known: [username: string, password: string, mobile: string][] = [
        ['tom', 'abc123', '138****8000'],
        [charset === 'latin1' ? 'José Müller' : '李小明', '密码', '138****8001'],
        ['tom', 'fourth', '138****8000'],
        ['tom', 'third', '138****8000'],
        ['tom', 'second', '138****8002'],
        ['anna', 'abc123', ''],
      ]
      for (const [username, password, mobile] of known) {
        const { status, userInfo } = await login({ username, password })
        assert.equal(status, 200, `${username} ${password}`)
        assert.equal((userInfo as unknown as { mobile: string }).mobile, mobile)
      }
      const left = await database.query("SELECT username FROM user WHERE password NOT LIKE 'scrypt$%'")
      assert.deepEqual(left, [{ username: '' }])
      assert.equal((await login({ username: 'tom', password: 'fifth' })).status, 1040)
      const fresh = { username: 'newcomer', password: 'abc123', mobile: '13900139000' }
      assert.equal((await register(fresh)).status, 200)
      assert.equal((await login(fresh)).status, 200)
    })
  })
}

describe('odd values of a Koa shop', () => {
  const opened: TestDatabase[] = []
  const openOdd = async (options: KoaOptions) => {
    const database = await koaDatabase(options)
    opened.push(database)
    return database
  }
  after(() => Promise.all(opened.map((database) => database.drop())))

  test('in orders are kept as rows: what is no amount is 0, what is no transaction is none', async () => {
    const database = await openOdd({ payorder: 'notify', charset: 'utf8' })
    await fill(database, 'payorder', [
      notifiedRow({ total_fee: '', out_trade_no: '1' }),
      notifiedRow({ total_fee: '1.5', cash_fee: 'abc', out_trade_no: '2', transaction_id: '' }),
      notifiedRow({ total_fee: '-1', cash_fee: null, out_trade_no: '3', transaction_id: 'undefined' }),
      notifiedRow({ total_fee: '99999999999999999999', out_trade_no: '4', transaction_id: 'null' }),
      notifiedRow({ total_fee: null, out_trade_no: null, trade_type: null, transaction_id: null }),
      notifiedRow({ total_fee: '007', out_trade_no: null, transaction_id: null }),
      notifiedRow({ out_trade_no: 'abc', transaction_id: 'T' }),
      notifiedRow({ out_trade_no: 'ABC', transaction_id: 't' }),
    ])
    await migrateDatabase(database.url, {})
    const rows = await database.query(
      `SELECT out_trade_no AS number, total_fee AS total, cash_fee AS cash, transaction_id AS transaction, trade_state AS state,
         trade_type AS type, out_trade_no_repeat > 0 AS again FROM payorder ORDER BY id`,
    )
    const paid = { state: 'SUCCESS', type: 'NATIVE', again: 0 }
    const open = { state: 'NOTPAY', type: 'NATIVE', again: 0 }
    assert.deepEqual(rows, [
      { number: '1', total: 0, cash: 100, transaction: notifiedRow().transaction_id, ...paid },
      { number: '2', total: 0, cash: null, transaction: null, ...open },
      { number: '3', total: 0, cash: null, transaction: null, ...open },
      { number: '4', total: 0, cash: 100, transaction: null, ...open },
      { number: '', total: 0, cash: 100, transaction: null, ...open },
      { number: '', total: 7, cash: 100, transaction: null, ...open, again: 1 },
      { number: 'abc', total: 100, cash: 100, transaction: 'T', ...paid },
      { number: 'ABC', total: 100, cash: 100, transaction: 't', ...paid },
    ])
    // No new row may repeat a number or a transaction.
    for (const [number, transaction] of [
      ['1', null],
      ['5', 'T'],
    ]) {
      const insert = database.query(
        "INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee, transaction_id) VALUES ('a', 'm', 'n', ?, 1, ?)",
        [number, transaction],
      )
      await assert.rejects(insert, { code: 'ER_DUP_ENTRY' })
    }
  })

  test('in users: names and mobiles that are absent, and passwords that are none, open for nobody', async () => {
    const database = await openOdd({ payorder: 'order', charset: 'utf8' })
    const none = { username: null, password: null, mobile: null, smscode: null }
    await fill(database, 'user', [
      none,
      none,
      { ...none, username: 'plain', password: 'abc123' },
      { ...none, username: 'nobody', password: '' },
    ])
    const before = await rowsOf(database, 'user')
    await migrateDatabase(database.url, {})
    assertCarriedOver(await rowsOf(database, 'user'), before)
    const { login } = shopOn(database)
    for (const [username, password] of [
      ['plain', 'abc123'],
      ['nobody', 'letaoSecret'],
      ['null', 'null'],
    ])
      assert.equal((await login({ username, password })).status, 1040)
  })

  test('in tables of its own stay untouched', async () => {
    const database = await openOdd({ payorder: 'order', charset: 'utf8' })
    await database.query('CREATE TABLE cart (id INT PRIMARY KEY, note VARCHAR(20)) DEFAULT CHARSET = latin1')
    await database.query("INSERT INTO cart VALUES (1, 'mine')")
    await database.query('ALTER TABLE user ADD COLUMN nick VARCHAR(20) NOT NULL')
    await fill(database, 'user', [{ ...people('utf8')[0], nick: 'tommy' }])
    await migrateDatabase(database.url, { seed: true })
    assert.deepEqual(await database.query('SELECT * FROM cart'), [{ id: 1, note: 'mine' }])
    assert.deepEqual(await database.query('SELECT username, nick FROM user'), [
      { username: 'tom', nick: 'tommy' },
    ])
    const fresh = { username: 'newcomer', password: 'abc123', mobile: '13900139000' }
    assert.equal((await shopOn(database).register(fresh)).status, 200)
  })

  test('and a catalogue that has rows is not mixed with the demo’s', async () => {
    const database = await openOdd({ payorder: 'order', charset: 'utf8' })
    await fill(database, 'category', categories('utf8'))
    await migrateDatabase(database.url, { seed: true })
    assert.equal((await rowsOf(database, 'category')).length, 3)
    assert.ok((await rowsOf(database, 'product')).length > 0)
  })
})

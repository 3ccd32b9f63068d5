import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { createTestDatabase } from '../../helpers/database.ts'
import { startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { migrateDatabase, withEnv } from '../../helpers/direct-shop.ts'
import { applyEarlierRelease, migrations } from '../../helpers/earlier-release.ts'
import { loadFunction, scfContext } from '../../helpers/functions.ts'
import { catchLogs } from '../../helpers/logs.ts'

const logs = catchLogs()
after(() => logs.release())

const folder = join(import.meta.dirname, '../../../sql')
const seedTables = readdirSync(join(folder, 'seed'))
  .map((name) => name.replace(/\.sql$/, ''))
  .sort()

interface Report {
  applied: string[]
  alreadyApplied: number
  seeded: string[]
}

async function emptyDatabase() {
  const database = await createTestDatabase()
  after(() => database.drop())
  return database
}

const migrate = (url: string, event: object = {}) =>
  migrateDatabase(url, { json: true, ...event }) as Promise<Report>

/** Every table as it is, without what counts the rows. */
async function schemaOf(database: {
  name: string
  query: Awaited<ReturnType<typeof createTestDatabase>>['query']
}) {
  const tables = await database.query<{ name: string }>(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1',
    [database.name],
  )
  const schema: Record<string, string> = {}
  for (const { name } of tables) {
    const [row] = await database.query(`SHOW CREATE TABLE ${name}`)
    schema[name] = String(row?.['Create Table']).replace(/ AUTO_INCREMENT=\d+/, '')
  }
  return schema
}

/** Every column and key, whatever order they came in. */
async function columnsOf(database: Parameters<typeof schemaOf>[0]) {
  const columns = await database.query(
    `SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE, IS_NULLABLE, COLUMN_DEFAULT, COLLATION_NAME, EXTRA
     FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME <> 'schema_migration' ORDER BY 1, 2`,
    [database.name],
  )
  const keys = await database.query(
    `SELECT TABLE_NAME, INDEX_NAME, SEQ_IN_INDEX, COLUMN_NAME, NON_UNIQUE
     FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = ? ORDER BY 1, 2, 3`,
    [database.name],
  )
  return { columns, keys }
}

/** How many rows each seeded table has. */
async function demoRows(database: Pick<Awaited<ReturnType<typeof createTestDatabase>>, 'query'>) {
  const counts: Record<string, number> = {}
  for (const table of seedTables) {
    const [row] = await database.query<{ n: number }>(`SELECT COUNT(*) AS n FROM ${table}`)
    counts[table] = row?.n ?? 0
  }
  return counts
}

const plain = await emptyDatabase()

describe('on an empty database', () => {
  test('the first run applies every file in order, the second one does nothing and says so', async () => {
    assert.deepEqual(await migrate(plain.url), {
      applied: migrations,
      alreadyApplied: 0,
      seeded: [],
      indexed: 0,
    })
    const before = await schemaOf(plain)
    assert.deepEqual(await migrate(plain.url), {
      applied: [],
      alreadyApplied: migrations.length,
      seeded: [],
      indexed: 0,
    })
    assert.equal(
      await migrateDatabase(plain.url, {}),
      `migrations: 0 applied now, ${migrations.length} before`,
    )
    assert.deepEqual(await schemaOf(plain), before)
  })

  test('the tables are InnoDB and utf8mb4 with the columns and unique keys of the contract', async () => {
    const tables = await plain.query(
      `SELECT TABLE_NAME AS name FROM information_schema.TABLES
       WHERE TABLE_SCHEMA = ? AND (ENGINE <> 'InnoDB' OR TABLE_COLLATION NOT LIKE 'utf8mb4%')`,
      [plain.name],
    )
    assert.deepEqual(tables, [])
    const contract: Record<string, string[]> = {
      category: ['id', 'categoryName'],
      brand: ['id', 'brandName', 'categoryId', 'brandLogo', 'hot'],
      user: ['id', 'username', 'password', 'mobile', 'smscode'],
      payorder: [
        'id',
        'appid',
        'mch_id',
        'nonce_str',
        'body',
        'out_trade_no',
        'total_fee',
        'spbill_create_ip',
      ]
        .concat(['trade_type', 'trade_state', 'bank_type', 'cash_fee', 'fee_type', 'is_subscribe', 'openid'])
        .concat(['time_end', 'transaction_id']),
      product: ['id', 'name', 'img', 'price_fen', 'old_price_fen'],
    }
    for (const [table, wanted] of Object.entries(contract)) {
      const columns = await plain.query<{ name: string }>(
        'SELECT COLUMN_NAME AS name FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? AND TABLE_NAME = ?',
        [plain.name, table],
      )
      const names = columns.map(({ name }) => name)
      assert.deepEqual(
        wanted.filter((name) => !names.includes(name)),
        [],
        table,
      )
    }
    const insert: Record<string, string> = {
      username: "INSERT INTO user (username, mobile) VALUES ('tom', NULL)",
      mobile: "INSERT INTO user (username, mobile) VALUES (NULL, '13800138000')",
      out_trade_no:
        "INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee) VALUES ('a', 'm', 'n', '1', 1)",
    }
    for (const [column, sql] of Object.entries(insert)) {
      await plain.query(sql)
      await assert.rejects(plain.query(sql), { code: 'ER_DUP_ENTRY' }, column)
    }
    await plain.query('DELETE FROM user')
    await plain.query('DELETE FROM payorder')
  })

  test('several runs at once share the work: each file is applied by one of them', async () => {
    const database = await emptyDatabase()
    const reports = await withEnv({ DATABASE_URL: database.url, LOG_LEVEL: 'error' }, () =>
      Promise.all(
        [1, 2, 3].map(
          () => loadFunction('migrate')({ json: true, seed: true }, scfContext()) as Promise<Report>,
        ),
      ),
    )
    assert.deepEqual(
      reports.flatMap(({ applied }) => applied),
      migrations,
    )
    assert.deepEqual(reports.flatMap(({ seeded }) => seeded).sort(), seedTables)
    assert.deepEqual(await schemaOf(database), await schemaOf(plain))
  })

  test('a shop beside it on the same server does not wait for its lock', async () => {
    const [one, other] = [await emptyDatabase(), await emptyDatabase()]
    const reports = await Promise.all([migrate(one.url), migrate(other.url)])
    for (const { applied } of reports) assert.deepEqual(applied, migrations)
  })
})

describe('a file that was changed after it was applied', () => {
  test('is refused by name, nothing else is applied, and the invocation fails', async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    const changed = migrations[5] ?? ''
    await database.query('UPDATE schema_migration SET checksum = ? WHERE name = ?', ['0'.repeat(64), changed])
    await database.query('DELETE FROM schema_migration WHERE name = ?', [migrations.at(-1)])
    const before = await schemaOf(database)
    await assert.rejects(migrate(database.url, { seed: true }), (error: Error) => {
      assert.match(error.message, new RegExp(`${changed} was changed`))
      return true
    })
    assert.deepEqual(await schemaOf(database), before)
    assert.deepEqual(new Set(Object.values(await demoRows(database))), new Set([0]))
  })
})

describe('a run that was interrupted', () => {
  for (const [when, fate] of [
    ['before the statement reached the server', 'drop'],
    ['after the server had carried it out', 'dropAnswer'],
  ] as const) {
    test(`at any file, ${when}, is completed by the next ones`, { timeout: 300_000 }, async () => {
      const database = await emptyDatabase()
      const wire = await startDatabaseProxy(database.url)
      after(() => wire.close())
      const texts = new Set(migrations.map((name) => readFileSync(join(folder, name), 'utf8')))
      const interrupted = new Set<string>()
      wire.onStatement = (sql) => {
        if (!texts.has(sql) || interrupted.has(sql)) return 'pass'
        interrupted.add(sql)
        return fate
      }
      let runs = 0
      const applied: string[] = []
      for (; ; runs++) {
        const report = await migrate(wire.url).catch(() => undefined)
        if (!report) continue
        applied.push(...report.applied)
        break
      }
      assert.equal(runs, texts.size)
      assert.deepEqual(applied, migrations.slice(-1))
      assert.deepEqual(await schemaOf(database), await schemaOf(plain))
      assert.deepEqual((await migrate(database.url)).applied, [])
    })
  }

  test('is completed by a release that brings the file in another wording', async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    const last = migrations.at(-1)
    await database.query('UPDATE schema_migration SET checksum = ?, finished_at = NULL WHERE name = ?', [
      '0'.repeat(64),
      last,
    ])
    assert.deepEqual((await migrate(database.url)).applied, [last])
    assert.deepEqual((await migrate(database.url)).applied, [])
  })
})

describe('a run that fails', () => {
  test('says which file and why, and the invocation fails', async () => {
    const database = await emptyDatabase()
    // Somebody made a table of that name by hand: it is not taken for ours.
    await database.query('CREATE TABLE product (id INT)')
    await assert.rejects(migrate(database.url), /migration 030_product\.sql: .*already exists/)
    await database.query('DROP TABLE product')
    const { applied } = await migrate(database.url)
    assert.equal(applied[0], '030_product.sql')
    assert.deepEqual(await schemaOf(database), await schemaOf(plain))
  })

  test('because the database is away or refuses the password fails, and the password is not told', async () => {
    const url = new URL(plain.url)
    url.password = 'not-the-password-4711'
    logs.clear()
    for (const [wrong, words] of [
      [url.href, /Access denied/],
      ['mysql://root:not-the-password-4711@127.0.0.1:9/letao', /ECONNREFUSED|cannot be reached/],
    ] as const) {
      await assert.rejects(migrate(wrong), (error: Error) => {
        assert.match(error.message, words)
        assert.doesNotMatch(error.message + error.stack, /not-the-password/)
        return true
      })
    }
    assert.ok(logs.of('job_failed').length >= 2)
    assert.ok(!JSON.stringify(logs.entries).includes('not-the-password'))
  })

  test('an event that came over HTTP is refused: the public must not run it', async () => {
    const database = await emptyDatabase()
    const event = { httpMethod: 'POST', path: '/', headers: {}, queryString: {}, body: '{"seed":true}' }
    await assert.rejects(migrateDatabase(database.url, event), /no URL/)
    assert.deepEqual(await schemaOf(database), {})
  })
})

describe('the demo catalogue', () => {
  test('fills empty tables only when asked, and once', async () => {
    const database = await emptyDatabase()
    assert.deepEqual((await migrate(database.url, { seed: false })).seeded, [])
    await assert.rejects(migrate(database.url, { seed: 'true' }), /seed must be true or false/)
    await assert.rejects(migrate(database.url, { seeds: true }), /unknown fields: "seeds"; known are seed/)
    assert.deepEqual((await migrate(database.url, { seed: true })).seeded.sort(), seedTables)
    const before = await demoRows(database)
    assert.ok(Object.values(before).every((rows) => rows > 0))
    assert.equal(before.category, 5)
    assert.deepEqual((await migrate(database.url, { seed: true })).seeded, [])
    assert.deepEqual(await demoRows(database), before)
  })

  test('leaves a table alone that has a row, and fills the others', async () => {
    const database = await emptyDatabase()
    await migrate(database.url)
    await database.query(
      "INSERT INTO product (name, img, price_fen, old_price_fen) VALUES ('own', '/own.png', 1, 1)",
    )
    const text = await migrateDatabase(database.url, { seed: true })
    const others = seedTables.filter((table) => table !== 'product')
    assert.match(String(text), new RegExp(`demo rows: ${others.join(', ')}$`))
    assert.deepEqual(await database.query('SELECT name FROM product'), [{ name: 'own' }])
  })
})

describe('on a database of an earlier release', () => {
  async function earlierDatabase() {
    const database = await emptyDatabase()
    return { database, known: await applyEarlierRelease(database) }
  }

  test('early files that are new are applied, too, and the schema is that of a new database', async () => {
    const { database, known } = await earlierDatabase()
    const report = await migrate(database.url)
    assert.deepEqual(
      report.applied,
      migrations.filter((name) => !known.includes(name)),
    )
    assert.equal(report.alreadyApplied, known.length)
    assert.deepEqual(await columnsOf(database), await columnsOf(plain))
  })

  test('audit 25: a run that had stopped at the key of an old table goes on', async () => {
    const { database } = await earlierDatabase()
    await database.query('ALTER TABLE payorder DROP KEY payorder_idempotency_key, DROP KEY payorder_of_user')
    await database.query(
      'ALTER TABLE payorder DROP KEY payorder_out_trade_no, DROP KEY payorder_transaction_id',
    )
    await database.query('ALTER TABLE payorder DROP KEY payorder_by_state, ROW_FORMAT = COMPACT')
    await database.query(
      "UPDATE schema_migration SET finished_at = NULL WHERE name = '026_payorder_keys.sql'",
    )
    await migrate(database.url)
    const [{ format = '' } = {}] = await database.query<{ format: string }>(
      "SELECT ROW_FORMAT AS format FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'payorder'",
      [database.name],
    )
    assert.equal(format.toUpperCase(), 'DYNAMIC')
    assert.deepEqual(await columnsOf(database), await columnsOf(plain))
  })

  test('texts and ids become wider in place: every row stays, names that are one now stand side by side', async () => {
    const { database } = await earlierDatabase()
    const names = ['tom', '王𠮷', 'ß', 'ss', 'あ', 'ア', '👟', 'ＬＴ', 'lt']
    for (const [index, name] of names.entries())
      await database.query('INSERT INTO user (username, password, mobile) VALUES (?, ?, ?)', [
        name,
        'x',
        `1380013800${index}`,
      ])
    await database.query(
      `INSERT INTO payorder (user_id, appid, mch_id, nonce_str, out_trade_no, total_fee, idempotency_key)
       VALUES (1, 'a', 'm', 'n', 'N1', 1, 'k'), (1, 'a', 'm', 'n', 'n1', 1, 'K')`,
    )
    await database.query(
      "ALTER TABLE user ADD COLUMN nick VARCHAR(20) NOT NULL DEFAULT 'it''s' COMMENT 'a name'",
    )
    await migrate(database.url)
    const rows = await database.query(
      'SELECT username, username_repeat > 0 AS again, nick FROM user ORDER BY id',
    )
    assert.deepEqual(
      rows,
      names.map((username, index) => ({ username, again: [3, 5, 8].includes(index) ? 1 : 0, nick: "it's" })),
    )
    // Every name finds its own row, and no other one beyond U+FFFF.
    for (const other of ['王𡃁', '😀', '王😀']) {
      assert.deepEqual(await database.query('SELECT id FROM user WHERE username = ?', [other]), [], other)
      await database.query('INSERT INTO user (username) VALUES (?)', [other])
    }
    assert.equal((await database.query("SELECT id FROM user WHERE username = 'TÓM'")).length, 1)
    const [nick] = await database.query<{ given: string; said: string }>(
      `SELECT COLUMN_DEFAULT AS given, COLUMN_COMMENT AS said FROM information_schema.COLUMNS
       WHERE TABLE_SCHEMA = ? AND TABLE_NAME = 'user' AND COLUMN_NAME = 'nick'`,
      [database.name],
    )
    assert.match(String(nick?.given), /^'?it\\?'+s'?$/)
    assert.equal(nick?.said, 'a name')
    // Beyond the old limit.
    await database.query('ALTER TABLE order_item AUTO_INCREMENT = 3000000000')
    await database.query('ALTER TABLE payorder AUTO_INCREMENT = 3000000000')
    await database.query(
      "INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee) VALUES ('a', 'm', 'n', '3', 1)",
    )
    await database.query(
      "INSERT INTO order_item (order_id, product_id, name, img, price_fen, quantity) VALUES (3000000000, 1, '', '', 1, 1)",
    )
    await assert.rejects(
      database.query(
        "INSERT INTO payorder (appid, mch_id, nonce_str, out_trade_no, total_fee) VALUES ('a', 'm', 'n', 'N1', 1)",
      ),
      { code: 'ER_DUP_ENTRY' },
    )
  })
})

test('no text compares by a collation that takes two characters for one', async () => {
  const changed = migrations
    .filter((name) => /^(065|19[01])_/.test(name))
    .flatMap((name) => [...readFileSync(join(folder, name), 'utf8').matchAll(/^SET @table = '(\w+)'/gm)])
    .map(([, table]) => table as string)
  assert.ok(changed.includes('user') && changed.includes('sms_code'))
  const rows = await plain.query<{ name: string }>(
    `SELECT CONCAT(TABLE_NAME, '.', COLUMN_NAME) AS name FROM information_schema.COLUMNS
     WHERE TABLE_SCHEMA = ? AND COLLATION_NAME NOT IN ('utf8mb4_unicode_520_ci', 'utf8mb4_bin', 'ascii_bin')
       AND TABLE_NAME IN (?)`,
    [plain.name, changed],
  )
  assert.deepEqual(rows, [])
  // What comes later names the right one itself.
  for (const name of migrations.filter((name) => name > '192'))
    assert.doesNotMatch(readFileSync(join(folder, name), 'utf8'), /COLLATE[ =]+utf8mb4_general_ci/, name)
})

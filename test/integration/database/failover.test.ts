/** A primary that is demoted and lives on, statements that are ended, and servers that are full: with real servers. */
import assert from 'node:assert/strict'
import { after, afterEach, before, describe, test } from 'node:test'
import { type Connection, createConnection } from 'mysql2/promise'
import { openDatabase } from '#shared/db'
import type { AppError } from '#shared/errors'
import { type DatabaseProxy, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { JWT_SECRET, migrateDatabase, setEnv } from '../../helpers/direct-shop.ts'
import { call, loadFunction } from '../../helpers/functions.ts'
import { type PrivateServer, startPrivateServer } from '../../helpers/private-server.ts'

/** Two servers with the same shop on them, and an account that `read_only` binds. */
const servers: PrivateServer[] = []
const admins: Connection[] = []
const urls: string[] = []
/** The address that the shop knows. */
let vip: DatabaseProxy
let restore: () => void

before(async () => {
  for (let i = 0; i < 2; i++) {
    const server = await startPrivateServer()
    const admin = await createConnection({ uri: server.url, multipleStatements: true })
    await admin.query(`CREATE DATABASE shop CHARACTER SET utf8mb4;
      CREATE USER 'shop'@'127.0.0.1' IDENTIFIED BY 'of-the-shop'; GRANT ALL ON shop.* TO 'shop'@'127.0.0.1'`)
    servers.push(server)
    admins.push(admin)
    urls.push(`mysql://shop:of-the-shop@127.0.0.1:${server.port}/shop`)
    await migrateDatabase(urls[i] as string)
  }
  vip = await startDatabaseProxy(urls[0] as string)
  restore = setEnv({
    DATABASE_URL: vip.url,
    JWT_SECRET,
    LOG_LEVEL: 'error',
    REGISTER_REQUIRES_SMS: 'false',
  })
})
after(async () => {
  restore?.()
  await vip?.close()
  for (const admin of admins) admin.destroy()
  for (const server of servers) await server.stop()
})
afterEach(async () => {
  vip.onExecute = undefined
  vip.leadTo(urls[0] as string)
  vip.cut()
  for (const admin of admins) await admin.query('SET GLOBAL read_only = 0; SET GLOBAL max_connections = 300')
})

let people = 0
const person = () => {
  people++
  return { username: `anna${people}`, password: 'abc123', mobile: `1380013${8000 + people}` }
}
const opened = (t: { after(work: () => Promise<void>): void }, url = vip.url) => {
  const db = openDatabase(url)
  t.after(() => db.close())
  return db
}
const unavailable = { code: 'DATABASE_UNAVAILABLE' }

describe('after a failover that leaves the old primary alive and read-only', () => {
  test('field report 17: a warm instance writes to the new primary at its next call', async () => {
    const [login, register] = [loadFunction('login'), loadFunction('register')]
    const newcomer = () => call(register, { path: '/register', body: person(), address: `10.1.0.${people}` })
    const attempt = () => call(login, { path: '/login', body: { username: 'nobody', password: 'x' } })
    assert.equal((await newcomer()).json.status, 200)
    assert.equal((await attempt()).json.status, 1040)
    await admins[0]?.query('SET GLOBAL read_only = 1')
    vip.leadTo(urls[1] as string)
    assert.equal((await newcomer()).json.status, 200)
    assert.equal((await attempt()).json.status, 1040)
    const [row] = await ask(admins[1], 'SELECT COUNT(*) AS n FROM shop.user')
    assert.equal(row?.n, 1)
  })

  test('each kind of write is done again on the new one, once', async (t) => {
    const db = opened(t)
    await db.run("INSERT INTO banner (img_src, link) VALUES ('/a', '/a')")
    await admins[0]?.query('SET GLOBAL read_only = 1')
    vip.leadTo(urls[1] as string)
    let tries = 0
    await db.transaction(async (tx) => {
      tries++
      await tx.run("INSERT INTO grid (name, img_src, link) VALUES ('failover', '/a', '/a')")
    })
    assert.equal(tries, 2)
    const [written] = await ask(admins[1], "SELECT COUNT(*) AS n FROM shop.grid WHERE name = 'failover'")
    assert.equal(written?.n, 1)
    await db.withLock('failover', 1, (session) => session.run("DELETE FROM grid WHERE name = 'failover'"))
  })

  test('what was to be committed when it became read-only is committed on the new one', async (t) => {
    const db = opened(t)
    let tries = 0
    await db.transaction(async (tx) => {
      await tx.run("INSERT INTO grid (name, img_src, link) VALUES ('commit', '/a', '/a')")
      if (tries++ > 0) return
      // FLUSH and read_only wait for nobody who only holds an open transaction.
      await admins[0]?.query('SET GLOBAL read_only = 1')
      vip.leadTo(urls[1] as string)
    })
    const counts = []
    for (const admin of admins) {
      const [row] = await ask(admin, "SELECT COUNT(*) AS n FROM shop.grid WHERE name = 'commit'")
      counts.push(row?.n)
    }
    assert.deepEqual([tries, counts], [2, [0, 1]])
  })

  test('work under a lock, which may have asked others, is not done twice; the next one is', async (t) => {
    const db = opened(t)
    await db.rows('SELECT 1')
    await admins[0]?.query('SET GLOBAL read_only = 1')
    let done = 0
    const work = () =>
      db.withLock('order', 1, async (session) => {
        done++
        await session.run("INSERT INTO banner (img_src, link) VALUES ('/l', '/l')")
      })
    await assert.rejects(work(), unavailable)
    assert.equal(done, 1)
    vip.leadTo(urls[1] as string)
    await work()
    assert.equal(done, 2)
  })

  test('a reader who never writes finds out, too', async (t) => {
    const db = opened(t)
    await db.run("UPDATE banner SET link = '/new' ORDER BY id LIMIT 1")
    const here = async () => (await db.row<{ port: number }>('SELECT @@port AS port'))?.port
    assert.equal(await here(), servers[0]?.port)
    await admins[0]?.query('SET GLOBAL read_only = 1')
    vip.leadTo(urls[1] as string)
    assert.equal(await here(), servers[0]?.port, 'reads do not ask every time')
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() + 31_000 })
    assert.equal(await here(), servers[1]?.port)
  })

  test('while there is no new one, callers are told 503 and when to come again', async () => {
    await admins[0]?.query('SET GLOBAL read_only = 1')
    const register = loadFunction('register')
    const reply = await call(register, { path: '/register', body: person(), address: '10.1.1.1' })
    assert.equal(reply.statusCode, 503)
    assert.match(reply.headers['Retry-After'] ?? '', /^\d+$/)
    await admins[0]?.query('SET GLOBAL read_only = 0')
    const again = await call(register, { path: '/register', body: person(), address: '10.1.1.1' })
    assert.equal(again.json.status, 200)
  })
})

describe('a statement that the server ends', () => {
  /** Ends the statement that matches while it runs, the first `times` times. */
  function killing(pattern: RegExp, times: number): () => number {
    let killed = 0
    vip.onExecute = (sql) => {
      if (!pattern.test(sql) || killed >= times) return 'pass'
      killed++
      void (async () => {
        for (;;) {
          const [row] = await ask(
            admins[0],
            "SELECT ID AS id FROM information_schema.PROCESSLIST WHERE USER = 'shop' AND INFO LIKE '%SLEEP%'",
          )
          if (!row) continue
          await admins[0]?.query(`KILL QUERY ${row.id}`)
          return
        }
      })()
      return 'pass'
    }
    return () => killed
  }
  const slowWrite = "UPDATE grid SET link = IF(SLEEP(1.5), '/x', '/y') ORDER BY id LIMIT 1"

  test('by KILL QUERY is done again on another connection, once', async (t) => {
    const db = opened(t)
    await db.rows('SELECT 1')
    const made = vip.connections
    const killed = killing(/SLEEP/, 1)
    let tries = 0
    await db.transaction(async (tx) => {
      tries++
      await tx.run(slowWrite)
    })
    assert.deepEqual([killed(), tries, vip.connections - made], [1, 2, 1])
  })

  test('each time it is tried is 503, and the next call works', async (t) => {
    const db = opened(t)
    const killed = killing(/SLEEP/, 2)
    await assert.rejects(
      db.transaction((tx) => tx.run(slowWrite)),
      unavailable,
    )
    assert.equal(killed(), 2)
    await db.transaction((tx) => tx.run("UPDATE grid SET link = '/z' ORDER BY id LIMIT 1"))
  })

  test('by its own limit of time is 503, not a fault of the shop', async (t) => {
    const admin = admins[0] as Connection
    const isMariaDb = (await version(admin)).includes('MariaDB')
    const [name, limit] = isMariaDb ? ['max_statement_time', '0.2'] : ['max_execution_time', '200']
    await admin.query(`SET GLOBAL ${name} = ${limit}`)
    try {
      const db = opened(t)
      // MySQL's limit is for reads; its SLEEP ends early instead of failing, a join does not.
      const numbers = Array.from(
        { length: 9 },
        (_, i) =>
          `(SELECT 1 AS n UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7) AS t${i}`,
      )
      await assert.rejects(
        db.rows(`SELECT SUM(RAND()) AS s FROM ${numbers.join(' CROSS JOIN ')}`),
        unavailable,
      )
      assert.equal((await db.rows('SELECT 1')).length, 1)
    } finally {
      await admin.query(`SET GLOBAL ${name} = 0`)
    }
  })
})

describe('a server that has nothing left', () => {
  test('field report 19: no prepared statement: 503, and it works again afterwards', async () => {
    const admin = admins[0] as Connection
    const login = loadFunction('login')
    const attempt = () => call(login, { path: '/login', body: { username: 'nobody', password: 'x' } })
    await admin.query('SET GLOBAL max_prepared_stmt_count = 0')
    try {
      const reply = await attempt()
      assert.equal(reply.statusCode, 503, reply.body)
      assert.match(reply.headers['Retry-After'] ?? '', /^\d+$/)
    } finally {
      await admin.query('SET GLOBAL max_prepared_stmt_count = 16382')
    }
    assert.equal((await attempt()).json.status, 1040)
  })

  test('a connection gives its oldest statements back, however many texts it has seen', async (t) => {
    const db = opened(t)
    for (let i = 0; i < 60; i++) await db.rows(`SELECT ${i} + ? AS n`, [1])
    const [row] = await ask(admins[0], "SHOW GLOBAL STATUS LIKE 'Prepared_stmt_count'")
    assert.ok(Number(row?.Value) <= 45, `${row?.Value} statements`)
  })

  test('no connection: 503 at once, and it works again afterwards', async (t) => {
    const admin = admins[0] as Connection
    await admin.query('SET GLOBAL max_connections = 10')
    const others: Connection[] = []
    try {
      for (;;) others.push(await createConnection({ uri: urls[0] as string }))
    } catch (error) {
      assert.equal((error as { errno: number }).errno, 1040)
    }
    const db = opened(t)
    await assert.rejects(db.rows('SELECT 1'), (error: AppError) => {
      assert.equal(error.code, 'DATABASE_UNAVAILABLE')
      assert.ok(error.headers['Retry-After'])
      return true
    })
    for (const other of others) await other.end()
    await admin.query('SET GLOBAL max_connections = 300')
    assert.equal((await db.rows('SELECT 1')).length, 1)
  })

  test('no room for a row: 503, and it works again afterwards', async (t) => {
    const db = opened(t)
    const admin = admins[0] as Connection
    // A table that is full says what a full disk says.
    await admin.query('CREATE TABLE shop.full (text CHAR(250) NOT NULL) ENGINE = MEMORY MAX_ROWS = 1')
    t.after(() => admin.query('DROP TABLE shop.full').then(() => undefined))
    await admin.query(
      'SET SESSION max_heap_table_size = 16384; ALTER TABLE shop.full ENGINE = MEMORY, MAX_ROWS = 1',
    )
    const fill = async () => {
      for (let i = 0; i < 2000; i++) await db.run("INSERT INTO full (text) VALUES (REPEAT('x', 250))")
    }
    await assert.rejects(fill(), unavailable)
    assert.equal((await db.rows('SELECT 1')).length, 1)
  })
})

describe('a session', () => {
  test('audit 31: commits by itself, whatever the server’s default is', async (t) => {
    const admin = admins[0] as Connection
    await admin.query('SET GLOBAL autocommit = 0')
    try {
      const db = opened(t)
      await db.run("INSERT INTO banner (img_src, link) VALUES ('/auto', '/auto')")
      const [row] = await ask(admin, "SELECT COUNT(*) AS n FROM shop.banner WHERE link = '/auto'")
      assert.equal(row?.n, 1)
    } finally {
      await admin.query('SET GLOBAL autocommit = 1; SET SESSION autocommit = 1')
    }
  })

  test('audit 18: that is left without a word ends within a minute, an open transaction with it', async (t) => {
    const db = opened(t)
    const settings = await db.row<Record<string, unknown>>(
      `SELECT @@wait_timeout AS idle, @@innodb_lock_wait_timeout AS lockWait, @@autocommit AS autocommit,
         @@time_zone AS zone`,
    )
    assert.deepEqual(settings, { idle: 60, lockWait: 2, autocommit: 1, zone: '+00:00' })
    if ((await version(admins[0] as Connection)).includes('MariaDB')) {
      const own = await db.row<{ s: number }>('SELECT @@idle_transaction_timeout AS s')
      assert.ok(own && own.s > 0 && own.s <= 60)
    }
    const [isolation] = await db.rows<{ Value: string }>(
      "SHOW VARIABLES WHERE Variable_name IN ('tx_isolation', 'transaction_isolation')",
    )
    assert.equal(isolation?.Value, 'READ-COMMITTED')
  })

  test('is set up in one round trip, and a request asks nothing that it knows', async (t) => {
    const db = opened(t)
    vip.count()
    await db.rows('SELECT 1')
    const [setUp = '', ...others] = vip.traffic.statements
    assert.match(setUp, /^SET SESSION .*READ-COMMITTED/)
    assert.deepEqual(others, ['SELECT 1'])
    // The greeting, the login, the set-up, the statement; MySQL may ask for its public key once.
    assert.ok([4, 5].includes(vip.traffic.roundTrips), String(vip.traffic.roundTrips))
    vip.count()
    const request = db.within(4000)
    await request.rows('SELECT 1')
    await request.transaction((tx) => tx.rows('SELECT 1'))
    await request.run('UPDATE banner SET link = ? ORDER BY id LIMIT 1', ['/counted'])
    assert.deepEqual(vip.traffic.statements, [
      'SELECT 1',
      'START TRANSACTION',
      'SELECT 1',
      'COMMIT',
      'UPDATE banner SET link = ? ORDER BY id LIMIT 1',
    ])
    // The one with a value had to be prepared.
    assert.equal(vip.traffic.roundTrips, 6)
  })

  test('audit 24: a lock is not given back on a connection that just failed', async (t) => {
    const db = opened(t)
    vip.onExecute = (sql) => (sql.startsWith('UPDATE banner') ? 'hold' : 'pass')
    vip.count()
    const work = db.withLock('silent', 1, (session) => session.run("UPDATE banner SET link = '/n'"))
    await assert.rejects(work, unavailable)
    assert.ok(!vip.traffic.statements.some((sql) => sql.includes('RELEASE_LOCK')))
  })

  test('of a caller with a deadline ends at it, however many statements are slow', async (t) => {
    const db = opened(t)
    await db.rows('SELECT 1')
    vip.onExecute = () => new Promise((done) => setTimeout(done, 300, 'pass'))
    const asked: number[] = []
    const work = db.within(1000).transaction(async (tx) => {
      for (let i = 0; i < 20; i++) {
        asked.push(i)
        await tx.rows('SELECT 1')
      }
    })
    await assert.rejects(work, unavailable)
    assert.ok(asked.length < 6, `${asked.length} statements`)
  })
})

/** The rows of one of the administrators' statements. */
async function ask(admin: Connection | undefined, sql: string): Promise<Record<string, unknown>[]> {
  assert.ok(admin)
  const [rows] = await admin.query(sql)
  return rows as Record<string, unknown>[]
}

async function version(connection: Connection): Promise<string> {
  return String((await ask(connection, 'SELECT VERSION() AS v'))[0]?.v)
}

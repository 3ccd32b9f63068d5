import assert from 'node:assert/strict'
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { createDataFolder } from '../../../local/database/data-folder.ts'
import { findServer } from '../../../local/database/find-server.ts'
import { findOrInstallServer } from '../../../local/database/install-server.ts'
import { engineFolder, findOrBringMysql } from '../../../local/database/mysql-engine.ts'
import { endPrivateDatabase, openDatabase } from '../../../local/database/open-database.ts'
import { openReplicated, replicatedFolder } from '../../../local/database/open-replicated.ts'
import { endLeftover } from '../../../local/database/private-server.ts'
import { pidOf, serverPlace } from '../../../local/database/server.ts'
import { isAlive } from '../../../local/lock.mjs'
import { createTestDatabase } from '../../helpers/database.ts'
import { setEnv } from '../../helpers/direct-shop.ts'
import { startPrivateServer } from '../../helpers/private-server.ts'

const env = {}

function folder(t: TestContext): string {
  const dir = mkdtempSync(join(tmpdir(), 'letao-private-'))
  const own = join(dir, 'mysql')
  t.after(async () => {
    await endLeftover(serverPlace(own)) // of a test that failed
    rmSync(dir, { recursive: true, force: true })
  })
  return own
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const connection = await createConnection({ uri: url, connectTimeout: 5000 })
  try {
    const [rows] = await connection.query(sql)
    return rows as Record<string, unknown>[]
  } finally {
    connection.destroy()
  }
}

async function untilGone(pid: number): Promise<void> {
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
}

test('opens a database of its own, keeps the data, and ends the server', async (t) => {
  const dir = folder(t)
  const first = await openDatabase({ dir, env })
  await query(first.url, 'CREATE TABLE kept (id INT)')
  const pid = pidOf(serverPlace(dir)) as number
  await first.stop()
  assert.equal(isAlive(pid), false)

  const second = await openDatabase({ dir, env })
  assert.deepEqual(await query(second.url, 'SHOW TABLES'), [{ Tables_in_letao: 'kept' }])
  assert.equal(second.url, first.url, 'port and password stay')
  await second.stop()
})

test('listens on this machine only, below the system’s own ports, and lets nobody in without a password', async (t) => {
  const dir = folder(t)
  const database = await openDatabase({ dir, env })
  t.after(() => database.stop())
  const { port } = new URL(database.url)
  const [settings] = await query(database.url, 'SELECT @@bind_address AS address, @@port AS port')
  assert.deepEqual(settings, { address: '127.0.0.1', port: Number(port) })
  assert.ok(Number(port) < 32_768)
  for (const user of ['root', 'letao', '']) {
    await assert.rejects(query(`mysql://${user}@127.0.0.1:${port}/`, 'SELECT 1'), /Access denied/, user)
  }
  await assert.rejects(
    query(database.url.replace('/letao', '/mysql').replace(/letao$/, ''), 'SELECT * FROM mysql.db'),
    /denied/,
  )
  for (const name of ['', 'secrets.json', 'init.sql']) {
    assert.equal(statSync(join(dir, name)).mode & 0o077, 0, `${name || 'the folder'} is for its owner alone`)
  }
})

test('goes on with a server that was left running', async (t) => {
  const dir = folder(t)
  const server = await openDatabase({ dir, env })
  const pid = pidOf(serverPlace(dir)) as number
  const again = await openDatabase({ dir, env })
  assert.equal(pidOf(serverPlace(dir)), pid)

  await server.stop()
  assert.equal(isAlive(pid), true, 'the other shop still uses it')
  await assert.rejects(endPrivateDatabase(dir), /is open/)
  await again.stop()
  assert.equal(isAlive(pid), false)
})

test('recovers after the server was killed', async (t) => {
  const dir = folder(t)
  const first = await openDatabase({ dir, env })
  await query(first.url, 'CREATE TABLE kept (id INT PRIMARY KEY)')
  await query(first.url, 'INSERT INTO kept VALUES (1)')
  const pid = pidOf(serverPlace(dir)) as number
  process.kill(pid, 'SIGKILL')
  await untilGone(pid)

  const second = await openDatabase({ dir, env })
  assert.deepEqual(await query(second.url, 'SELECT id FROM kept'), [{ id: 1 }])
  await second.stop()
  await first.stop() // nothing is left to stop, and that is no error
})

test('replaces a server that hangs', async (t) => {
  const dir = folder(t)
  await openDatabase({ dir, env })
  const pid = pidOf(serverPlace(dir)) as number
  process.kill(pid, 'SIGSTOP')
  const database = await openDatabase({ dir, env })
  assert.equal(isAlive(pid), false)
  assert.deepEqual(await query(database.url, 'SELECT 1 AS one'), [{ one: 1 }])
  await database.stop()
})

test('gives shops of different names databases of their own', async (t) => {
  const dir = folder(t)
  const [one, two] = await Promise.all([
    openDatabase({ dir, env }),
    openDatabase({ dir, env, name: 'letao_3100' }),
  ])
  await query(one.url, 'CREATE TABLE here (id INT)')
  assert.deepEqual(await query(two.url, 'SHOW TABLES'), [])
  await Promise.all([one.stop(), two.stop()])
})

test('works in a folder whose name is too long for a socket', async (t) => {
  const dir = join(folder(t), 'deep'.repeat(12), 'deeper'.repeat(10))
  const server = await startPrivateServer({ dir })
  assert.deepEqual(await query(server.url, 'SELECT 1 AS one'), [{ one: 1 }])
  await server.stop()
})

test('uses the database that DATABASE_URL names, and makes it when it is missing', async (t) => {
  const existing = await createTestDatabase()
  t.after(() => existing.drop())
  const opened = await openDatabase({ env: { DATABASE_URL: existing.url } })
  assert.equal(opened.url, existing.url)
  await opened.stop()

  const missing = `${existing.url}_missing`
  await openDatabase({ env: { DATABASE_URL: missing } })
  assert.deepEqual(await query(missing, 'SHOW TABLES'), [])
  await query(existing.url, `DROP DATABASE ${existing.name}_missing`)
})

test('says in one line that DATABASE_URL does not work, without its password', async () => {
  const error: Error = await openDatabase({
    env: { DATABASE_URL: 'mysql://u:hidden@127.0.0.1:1/shop' },
  }).then(
    () => assert.fail('it opened'),
    (reason) => reason,
  )
  assert.match(error.message, /^DATABASE_URL \(127\.0\.0\.1:1\/shop\) cannot be used: .*ECONNREFUSED/)
  assert.ok(!error.message.includes('hidden'))
})

test('says where a MySQL comes from when it cannot be brought', async (t) => {
  const cache = folder(t)
  const bring = (env: NodeJS.ProcessEnv) => findOrBringMysql(() => {}, { XDG_CACHE_HOME: cache, ...env })
  await assert.rejects(
    bring({ MYSQL_BIN: process.execPath }),
    /MYSQL_BIN .* does not start[\s\S]*MYSQL_BIN=\/path/,
  )
  // What was unpacked before is used as it is, and said to be broken when it is.
  mkdirSync(engineFolder({ XDG_CACHE_HOME: cache }), { recursive: true })
  await assert.rejects(bring({}), /the unpacked server .* does not start/)
})

test('refuses a MARIADB_BIN that is no server', async () => {
  await assert.rejects(findServer({ MARIADB_BIN: process.execPath }), /MARIADB_BIN=.* is no MariaDB/)
})

test('stops a test server, its data with it, also while it is suspended', async () => {
  const server = await startPrivateServer()
  server.kill('SIGSTOP')
  await server.stop()
  assert.equal(isAlive(server.pid), false)
  assert.throws(() => statSync(server.dir), /ENOENT/)
})

test('starts a test server again in its place after a crash', async (t) => {
  const dir = folder(t)
  const first = await startPrivateServer({ dir })
  await query(first.url, 'CREATE DATABASE kept')
  first.kill('SIGKILL')
  await untilGone(first.pid)
  const second = await startPrivateServer({ dir, port: first.port })
  assert.equal(second.url, first.url)
  assert.deepEqual(await query(second.url, "SHOW DATABASES LIKE 'kept'"), [{ 'Database (kept)': 'kept' }])
  await second.stop()
})

test('keeps its hands off the temporary tables of other servers', async (t) => {
  // A server that starts removes what looks like a leftover from its temporary folder; others may be using it.
  const foreign = join(tmpdir(), `#sql-temptable-letao-${process.pid}.MAI`)
  writeFileSync(foreign, '')
  t.after(() => rmSync(foreign, { force: true }))
  const dir = folder(t)
  await createDataFolder(await findOrInstallServer(() => {}), join(dir, 'data'))
  assert.ok(existsSync(foreign), 'removed while a data folder was made')
  const server = await startPrivateServer({ dir })
  assert.ok(existsSync(foreign), 'removed by a server that started')
  await server.stop()
})

test('opens a primary with a replica that follows it, and goes on with both', async (t) => {
  const restore = setEnv({ LETAO_DATA: folder(t) })
  t.after(restore)
  const open = () => openReplicated({ name: 'letao', engine: 'default', replicas: 1, onProgress: () => {} })
  const first = await open()
  t.after(() => first.stop())
  await query(first.url, 'CREATE TABLE kept (id INT PRIMARY KEY)')
  await query(first.url, 'INSERT INTO kept VALUES (1)')
  await first.stop()
  const second = await open()
  t.after(() => second.stop())
  const [replicaUrl = ''] = second.replicaUrls ?? []
  // Opened when it had caught up.
  assert.deepEqual(await query(replicaUrl, 'SELECT id FROM kept'), [{ id: 1 }])
  await assert.rejects(query(replicaUrl, 'INSERT INTO kept VALUES (2)'), /read-only/)
  const [status] = await query(replicaUrl, 'SHOW REPLICA STATUS')
  assert.notEqual(status, undefined, 'the shop’s account may ask how far it is behind')
  await second.stop()
  for (const id of ['1', '2'])
    assert.equal(pidOf(serverPlace(join(replicatedFolder('default'), id))), undefined)
})

/** Reads from real replicas that follow a real primary by GTID, and what happens when one of them does not. */
import assert from 'node:assert/strict'
import { after, before, beforeEach, describe, test } from 'node:test'
import type { Connection } from 'mysql2/promise'
import { openDatabase, Replicas } from '#shared/db'
import { isAlive } from '../../../local/lock.mjs'
import { type DatabaseProxy, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { migrateDatabase, setEnv } from '../../helpers/direct-shop.ts'
import { call, loadFunction } from '../../helpers/functions.ts'
import { JWT_SECRET, tokenOf } from '../../helpers/pay-shop.ts'
import { type ReplicaServer, type ReplicatedShop, startReplicatedShop } from '../../helpers/replication.ts'
import { startTestWechat, wechatEnv } from '../../helpers/wechat.ts'

let shop: ReplicatedShop
let replica: ReplicaServer
/** The ways to both, which see what is asked. */
let wires: { primary: DatabaseProxy; replica: DatabaseProxy }
let isMariaDb: boolean
const ends: (() => unknown)[] = []

before(async () => {
  shop = await startReplicatedShop(1)
  replica = shop.replicas[0] as ReplicaServer
  isMariaDb = shop.program.flavor === 'mariadb'
  await migrateDatabase(shop.primary.url)
  await shop.sync()
  wires = {
    primary: await startDatabaseProxy(shop.primary.url),
    replica: await startDatabaseProxy(replica.url),
  }
  const wechat = await startTestWechat()
  const restore = setEnv({
    DATABASE_URL: wires.primary.url,
    DATABASE_REPLICA_URLS: wires.replica.url,
    REPLICA_MAX_LAG_SECONDS: '2',
    JWT_SECRET,
    LOG_LEVEL: 'error',
    REGISTER_REQUIRES_SMS: 'false',
    ...wechatEnv(wechat, 'http://127.0.0.1:1/pay/notify'),
  })
  ends.push(restore, () => wechat.close())
})
after(async () => {
  for (const end of ends) await end()
  await Promise.all(Object.values(wires ?? {}).map((wire) => wire.close()))
  await shop?.close()
})
beforeEach(() => {
  for (const wire of Object.values(wires)) wire.count()
})

let links = 0
/** Changes the first banner on the primary. */
async function publish(): Promise<string> {
  const link = `/published/${++links}`
  await shop.primary.admin.query('UPDATE shop.banner SET link = ? ORDER BY id LIMIT 1', [link])
  return link
}
const linkOf = async (handler: ReturnType<typeof loadFunction>) => {
  const { json, body } = await call(handler, { path: '/banners' })
  assert.equal(json.status, 200, body)
  return (json.data as { link: string }[])[0]?.link
}
const sql = (connection: Connection, maria: string, mysql: string) =>
  connection.query(isMariaDb ? maria : mysql)
const stopApplying = () => sql(replica.admin, 'STOP SLAVE SQL_THREAD', 'STOP REPLICA SQL_THREAD')
const startApplying = () => sql(replica.admin, 'START SLAVE SQL_THREAD', 'START REPLICA SQL_THREAD')

/** Asks until the answer is there: how long that takes is the machine's business. */
async function until(ask: () => Promise<unknown>, wanted: unknown): Promise<void> {
  for (;;) {
    if ((await ask()) === wanted) return
    await new Promise((done) => setTimeout(done, 100))
  }
}

test('what is written on the primary arrives at the replica, and feeds are read there alone', async () => {
  const link = await publish()
  await shop.sync()
  const feeds = loadFunction('homeFeeds')
  assert.equal(await linkOf(feeds), link)
  assert.equal(wires.primary.traffic.statements.length, 0)
  assert.ok(wires.replica.traffic.statements.some((statement) => statement.includes('FROM banner')))
  const [threads] = (await sql(replica.admin, 'SHOW SLAVE STATUS', 'SHOW REPLICA STATUS')) as unknown as [
    Record<string, unknown>[],
  ]
  // By GTID, not by the position in a file.
  assert.equal(
    String(isMariaDb ? threads[0]?.Using_Gtid : threads[0]?.Auto_Position),
    isMariaDb ? 'Slave_Pos' : '1',
  )
})

test('a shopper who has just written reads it, also at another instance while the replica is behind', async () => {
  await stopApplying()
  try {
    const person = { username: 'reader', password: 'abc123', mobile: '13800138555' }
    const registered = await call(loadFunction('register'), { path: '/register', body: person })
    assert.equal(registered.json.status, 200, registered.body)
    const login = await call(loadFunction('login'), { path: '/login', body: person })
    assert.equal(login.json.status, 200, login.body)
    const token = String(login.json.token)
    const order = await call(loadFunction('wxOrder'), {
      path: '/wx/order',
      body: { items: [{ productId: 1, quantity: 1 }] },
      token,
    })
    assert.equal(order.json.status, 200, order.body)
    const { out_trade_no } = order.json.data as { out_trade_no: string }
    const orders = await call(loadFunction('orders'), { path: '/orders', query: { out_trade_no }, token })
    assert.ok(orders.body.includes(out_trade_no), orders.body)
    const asked = await call(loadFunction('queryOrder'), {
      path: '/queryOrder',
      body: { out_trade_no },
      token,
    })
    assert.equal(asked.json.status, 200, asked.body)
  } finally {
    await startApplying()
    await shop.sync()
  }
  // Nothing of all that went to the replica.
  assert.deepEqual(wires.replica.traffic.statements, [])
})

test('no write reaches a replica, not even where it would take one', async (t) => {
  await replica.admin.query('SET GLOBAL read_only = 0')
  t.after(() => replica.admin.query('SET GLOBAL read_only = 1').then(() => undefined))
  const db = openDatabase(replica.url, { isReplica: true })
  t.after(() => db.close())
  await db.rows('SELECT 1')
  for (const write of [
    () => db.run("UPDATE banner SET link = '/written-at-the-replica'"),
    () => db.transaction((tx) => tx.run('DELETE FROM banner')),
    () => db.rows("INSERT INTO banner (img_src, link) VALUES ('/w', '/w')"),
  ])
    await assert.rejects(write, { code: 'DATABASE_UNAVAILABLE' })
  const [rows] = await replica.admin.query("SELECT id FROM shop.banner WHERE link LIKE '/w%'")
  assert.deepEqual(rows, [])
})

describe('a replica that', () => {
  test('is behind is left alone within a second of being asked, and comes back by itself', async () => {
    const feeds = loadFunction('homeFeeds')
    await linkOf(feeds)
    await stopApplying()
    const link = await publish()
    await until(() => linkOf(feeds), link)
    await startApplying()
    await shop.sync()
    const before = wires.primary.traffic.statements.length
    await until(async () => {
      wires.primary.count()
      await linkOf(feeds)
      return wires.primary.traffic.statements.length
    }, 0)
    assert.ok(before > 0, 'the primary had answered meanwhile')
  })

  test('is behind by less than it may is read from', async (t) => {
    const replicas = new Replicas([wires.replica.url], { maxLagSec: 3600 })
    const primary = openDatabase(wires.primary.url)
    t.after(() => Promise.all([replicas.close(), primary.close()]).then(() => undefined))
    await delay(2)
    t.after(() => delay(0))
    const old = await linkOf(loadFunction('homeFeeds'))
    await publish()
    const [row] = await replicas
      .reader(primary)
      .rows<{ link: string }>('SELECT link FROM banner ORDER BY id LIMIT 1')
    assert.equal(row?.link, old)
    await shop.sync()
  })

  test('hangs costs a caller less than a second, once; it comes back by itself', async () => {
    const feeds = loadFunction('homeFeeds')
    const link = await publish()
    await shop.sync()
    assert.equal(await linkOf(feeds), link)
    wires.replica.freeze()
    const startedAt = performance.now()
    assert.equal(await linkOf(feeds), link)
    assert.ok(performance.now() - startedAt < 3000, 'the drivers’ own patience is ten seconds')
    wires.replica.count()
    // Within its pause nobody even tries.
    assert.equal(await linkOf(feeds), link)
    assert.equal(wires.replica.traffic.roundTrips, 0)
    wires.replica.thaw()
    await until(async () => {
      wires.replica.count()
      await linkOf(feeds)
      return wires.replica.traffic.statements.some((statement) => statement.includes('FROM banner'))
    }, true)
  })

  test('is killed is replaced by the primary; restarted, it follows and is read from again', async () => {
    const feeds = loadFunction('homeFeeds')
    assert.ok(await linkOf(feeds))
    const { server } = replica
    server.kill('SIGKILL')
    while (isAlive(server.pid)) await new Promise((done) => setTimeout(done, 10))
    const link = await publish()
    assert.equal(await linkOf(feeds), link)
    await shop.restart(replica)
    await shop.sync()
    await until(async () => {
      wires.replica.count()
      assert.equal(await linkOf(feeds), link)
      return wires.replica.traffic.statements.some((statement) => statement.includes('FROM banner'))
    }, true)
  })
})

test('a replica that was promoted is read from as it is: nobody is behind then', async (t) => {
  const other = await startReplicatedShop(1)
  t.after(() => other.close())
  await migrateDatabase(other.primary.url)
  await other.sync()
  const promoted = other.replicas[0] as ReplicaServer
  await other.primary.server.stop()
  await sql(promoted.admin, 'STOP SLAVE', 'STOP REPLICA')
  await sql(promoted.admin, 'RESET SLAVE ALL', 'RESET REPLICA ALL')
  await promoted.admin.query('SET GLOBAL read_only = 0')
  const restore = setEnv({ DATABASE_URL: promoted.url, DATABASE_REPLICA_URLS: promoted.url })
  t.after(restore)
  assert.ok(await linkOf(loadFunction('homeFeeds')))
  const body = { username: 'promoted', password: 'abc123', mobile: '13800138777' }
  const registered = await call(loadFunction('register'), { path: '/register', body })
  assert.equal(registered.json.status, 200, registered.body)
})

test('while the primary is gone, feeds are served, however old, and orders are 503', async () => {
  const link = await publish()
  await shop.sync()
  const [feeds, order] = [loadFunction('homeFeeds'), loadFunction('wxOrder')]
  const placed = () =>
    call(order, { path: '/wx/order', body: { items: [{ productId: 1, quantity: 1 }] }, token: tokenOf(4711) })
  assert.equal(await linkOf(feeds), link)
  const { server } = shop.primary
  server.kill('SIGKILL')
  await wires.primary.close()
  while (isAlive(server.pid)) await new Promise((done) => setTimeout(done, 10))
  for (let i = 0; i < 3; i++) assert.equal(await linkOf(feeds), link)
  // The replica notices that nobody feeds it any more: it is still better than nothing.
  await until(async () => {
    const [rows] = (await sql(replica.admin, 'SHOW SLAVE STATUS', 'SHOW REPLICA STATUS')) as unknown as [
      Record<string, unknown>[],
    ]
    return (rows[0]?.Seconds_Behind_Master ?? rows[0]?.Seconds_Behind_Source ?? null) === null
  }, true)
  assert.equal(await linkOf(loadFunction('homeFeeds')), link)
  const refused = await placed()
  assert.equal(refused.statusCode, 503)
  assert.match(refused.headers['Retry-After'] ?? '', /^\d+$/)
})

/** Lets the replica apply everything so many seconds late. */
async function delay(seconds: number): Promise<void> {
  await sql(replica.admin, 'STOP SLAVE', 'STOP REPLICA')
  await sql(
    replica.admin,
    `CHANGE MASTER TO MASTER_DELAY = ${seconds}`,
    `CHANGE REPLICATION SOURCE TO SOURCE_DELAY = ${seconds}`,
  )
  await sql(replica.admin, 'START SLAVE', 'START REPLICA')
}

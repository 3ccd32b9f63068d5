import assert from 'node:assert/strict'
import type { AddressInfo } from 'node:net'
import { createServer, type Socket } from 'node:net'
import { after, test } from 'node:test'
import { openDatabase, Replicas } from '#shared/db'
import { createTestDatabase } from '../../helpers/database.ts'
import { startDatabaseProxy } from '../../helpers/database-proxy.ts'
import { migrateDatabase, openDirectShop, setEnv, withEnv } from '../../helpers/direct-shop.ts'

const shop = await openDirectShop()

/** A second database in the part of a replica; its rows tell it from the primary. */
const replica = await createTestDatabase()
await migrateDatabase(replica.url)
await replica.query("UPDATE banner SET link = '/from-the-replica'")
await replica.query("UPDATE category SET categoryName = '副本'")
await replica.query('DELETE FROM user')
after(() => replica.drop())

/** Accepts connections and never says a word. */
async function startSilentServer(): Promise<{ url: string; connections: () => number }> {
  const sockets = new Set<Socket>()
  let count = 0
  const server = createServer((socket) => {
    sockets.add(socket)
    count++
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  after(() => {
    for (const socket of sockets) socket.destroy()
    server.close()
  })
  return {
    url: `mysql://u:p@127.0.0.1:${(server.address() as AddressInfo).port}/letao`,
    connections: () => count,
  }
}

/** Nothing listens there. */
const NOWHERE = 'mysql://u:p@127.0.0.1:9/letao'

const linkOf = async (banners: ReturnType<typeof shop.instance>) => {
  const { json, body } = await banners({ path: '/banners' })
  assert.equal(json.status, 200, body)
  return (json.data as { link: string }[])[0]?.link
}

test('feeds are read from the replica', async () => {
  await withEnv({ DATABASE_REPLICA_URLS: replica.url }, async () => {
    const banners = shop.instance('homeFeeds')
    assert.equal(await linkOf(banners), '/from-the-replica')
    assert.equal(await linkOf(banners), '/from-the-replica')
    const { json } = await shop.instance('categories')({ path: '/oneCategory' })
    assert.equal((json.data as { categoryName: string }[])[0]?.categoryName, '副本')
  })
})

test('feeds come from the primary while the replica is down', async () => {
  await withEnv({ DATABASE_REPLICA_URLS: NOWHERE }, async () => {
    const banners = shop.instance('homeFeeds')
    assert.equal(await linkOf(banners), '/product/1')
    assert.equal(await linkOf(banners), '/product/1')
  })
})

test('feeds come from the primary while the replica accepts and never answers, and it is left alone then', async () => {
  const silent = await startSilentServer()
  await withEnv({ DATABASE_REPLICA_URLS: silent.url }, async () => {
    const banners = shop.instance('homeFeeds')
    assert.equal(await linkOf(banners), '/product/1')
    const tries = silent.connections()
    assert.ok(tries >= 1)
    for (let i = 0; i < 5; i++) assert.equal(await linkOf(banners), '/product/1')
    assert.equal(silent.connections(), tries)
  })
})

test('a replica that lacks a table is no reason to fail', async () => {
  const bare = await createTestDatabase()
  after(() => bare.drop())
  await withEnv({ DATABASE_REPLICA_URLS: bare.url }, async () => {
    assert.equal(await linkOf(shop.instance('homeFeeds')), '/product/1')
  })
})

test('one of two replicas is enough', async () => {
  await withEnv({ DATABASE_REPLICA_URLS: `${NOWHERE},${replica.url}` }, async () => {
    const banners = shop.instance('homeFeeds')
    const links = []
    for (let i = 0; i < 4; i++) links.push(await linkOf(banners))
    assert.ok(
      links.slice(1).every((link) => link === '/from-the-replica'),
      links.join(),
    )
  })
})

test('feeds are 503 when the replica and the primary are gone', async () => {
  await withEnv({ DATABASE_REPLICA_URLS: NOWHERE, DATABASE_URL: NOWHERE }, async () => {
    const reply = await shop.instance('homeFeeds')({ path: '/banners' })
    assert.equal(reply.statusCode, 503)
    assert.equal(reply.json.status, 503)
  })
})

test('feeds do not wait for the primary as long as it may take when the replica is silent, too', {
  timeout: 30_000,
}, async () => {
  const [replicaWire, primaryWire] = [
    await startDatabaseProxy(replica.url),
    await startDatabaseProxy(shop.db.url),
  ]
  // A primary with the patience of a job: without a limit of their own, the feeds would have it, too.
  const primary = openDatabase(primaryWire.url, { statementTimeoutMs: 300_000 })
  const replicas = new Replicas([replicaWire.url], { maxLagSec: 10 })
  const reader = replicas.reader(primary)
  assert.equal((await reader.rows('SELECT link FROM banner')).length, 4)
  await primary.rows('SELECT 1')
  replicaWire.freeze()
  primaryWire.freeze()
  await assert.rejects(reader.rows('SELECT link FROM banner'), { code: 'DATABASE_UNAVAILABLE' })
  replicaWire.thaw()
  primaryWire.thaw()
  assert.equal((await reader.rows('SELECT link FROM banner')).length, 4)
  await Promise.all([replicas.close(), primary.close()])
  await Promise.all([replicaWire.close(), primaryWire.close()])
})

test('a connection to the replica that died costs nobody anything', async () => {
  await withEnv({ DATABASE_REPLICA_URLS: replica.url }, async () => {
    const banners = shop.instance('homeFeeds')
    assert.equal(await linkOf(banners), '/from-the-replica')
    await replica.killConnections()
    assert.equal(await linkOf(banners), '/from-the-replica')
  })
})

test('nothing but feeds is read from a replica: a user whom it does not have logs in', async () => {
  const restore = setEnv({ DATABASE_REPLICA_URLS: replica.url, REGISTER_REQUIRES_SMS: 'false' })
  try {
    const body = { username: 'replica', password: 'abc123', mobile: '13800138111' }
    assert.equal((await shop.instance('register')({ path: '/register', body })).json.status, 200)
    const login = await shop.instance('login')({ path: '/login', body })
    assert.equal(login.json.status, 200, login.body)
    // Whose name is taken decides the primary, too.
    assert.equal((await shop.instance('register')({ path: '/register', body })).json.status, 0)
    assert.deepEqual(await replica.query('SELECT id FROM user'), [])
  } finally {
    restore()
  }
})

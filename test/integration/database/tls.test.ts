/** `ssl` and `ssl-mode` of DATABASE_URL, against a server that talks TLS. */
import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { createConnection } from 'mysql2/promise'
import { openDatabase } from '#shared/db'
import { migrateDatabase, withEnv } from '../../helpers/direct-shop.ts'
import { call, loadFunction } from '../../helpers/functions.ts'
import { makePemPair } from '../../helpers/pem.ts'
import { type PrivateServer, startPrivateServer } from '../../helpers/private-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'letao-tls-'))
const pem = makePemPair()
let server: PrivateServer
let url: string

before(async () => {
  const [certificate, key] = [join(folder, 'server.pem'), join(folder, 'server-key.pem')]
  writeFileSync(certificate, pem.certificate)
  writeFileSync(key, pem.key)
  server = await startPrivateServer({ flags: [`--ssl-cert=${certificate}`, `--ssl-key=${key}`] })
  const admin = await createConnection({ uri: server.url })
  await admin.query('CREATE DATABASE shop CHARACTER SET utf8mb4')
  await admin.query("CREATE USER 'tls'@'%' IDENTIFIED BY 'only-over-tls' REQUIRE SSL")
  await admin.query("GRANT ALL ON shop.* TO 'tls'@'%'")
  await admin.end()
  url = `mysql://tls:only-over-tls@127.0.0.1:${server.port}/shop`
})
after(async () => {
  await server?.stop()
  rmSync(folder, { recursive: true, force: true })
})

/** The cipher of a connection of this URL, empty where there is none. */
async function cipherOf(options: string): Promise<string> {
  const db = openDatabase(`${url}?${options}`)
  try {
    const [row] = await db.rows<{ Value: string }>("SHOW SESSION STATUS LIKE 'Ssl_cipher'")
    return row?.Value ?? ''
  } finally {
    await db.close()
  }
}

test('field report 18: TLS is talked where it is asked for, also by the bundles', async () => {
  assert.notEqual(await cipherOf('ssl-mode=REQUIRED'), '')
  assert.notEqual(await cipherOf(`ssl=${encodeURIComponent('{"rejectUnauthorized":false}')}`), '')
  const secure = `${url}?ssl-mode=REQUIRED`
  await migrateDatabase(secure)
  await withEnv({ DATABASE_URL: secure }, async () => {
    const { json, body } = await call(loadFunction('homeFeeds'), { path: '/banners' })
    assert.equal(json.status, 200, body)
  })
})

test('a server whose certificate nobody vouches for is refused, unless that is what was asked for', async () => {
  for (const options of ['ssl=true', 'ssl-mode=VERIFY_CA'])
    await assert.rejects(cipherOf(options), { code: 'DATABASE_UNAVAILABLE' }, options)
})

test('without TLS, an account that demands it is refused', async () => {
  await assert.rejects(cipherOf('ssl=false'))
})

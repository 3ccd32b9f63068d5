/** The audit log: read by few, added to only. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openDatabase } from '#shared/db'
import { type AdminShop, openAdminShop, type Person } from '../../helpers/admin-shop.ts'
import { call, loadFunction } from '../../helpers/functions.ts'
import { filesIn, read } from '../../helpers/source-tree.ts'

let shop: AdminShop
let owner: Person

before(async () => {
  shop = await openAdminShop()
  owner = await shop.admin('owner')
})
after(() => shop?.close())

interface Entry {
  id: number
  admin: { username: string } | null
  action: string
  target: string
  after: { mobile?: string } | null
  requestId: string
}

async function readLog(query: Record<string, string>) {
  const { json } = await shop.ask('adminAudit', '/admin/audit', { query, by: owner })
  assert.equal(json.status, 200, json.msg)
  return { entries: json.data as Entry[], next: json.nextCursor as string | null }
}

const invite = (username: string) =>
  shop.ask('adminPeople', '/admin/invite', {
    body: {
      username,
      mobile: '13712345678',
      role: 'orders',
      hash: 'a'.repeat(63) + username.length.toString(16),
    },
    by: owner,
  })

test('is read newest first, page by page, by target and by person, with mobiles masked', async () => {
  for (const name of ['sun', 'qian', 'zhao.w']) assert.equal((await invite(name)).json.status, 200)
  const first = await readLog({ limit: '2' })
  assert.deepEqual(
    first.entries.map(({ target }) => target),
    ['admin:zhao.w', 'admin:qian'],
  )
  const rest = await readLog({ limit: '2', cursor: first.next ?? '' })
  assert.deepEqual([rest.entries.map(({ target }) => target), rest.next], [['admin:sun'], null])
  const [entry, ...more] = (await readLog({ target: 'admin:qian' })).entries
  assert.deepEqual([entry?.action, entry?.admin?.username, more.length], ['invite', owner.username, 0])
  assert.equal(entry?.after?.mobile, '137****5678')
  assert.match(entry?.requestId ?? '', /^[\da-f-]{36}$/)
  assert.equal((await readLog({ adminId: String(owner.id) })).entries.length, 3)
  assert.equal((await readLog({ adminId: '77' })).entries.length, 0)
  const both = await shop.ask('adminAudit', '/admin/audit', {
    query: { adminId: '1', target: 'x' },
    by: owner,
  })
  assert.equal(both.json.status, 1010)
})

test('is written with what it tells of, or neither is', async () => {
  const somebody = await shop.admin('orders')
  const body = { id: somebody.id, suspended: true }
  await shop.database.query("ALTER TABLE audit_log ADD CONSTRAINT audit_log_full CHECK (action <> 'suspend')")
  try {
    assert.ok((await shop.ask('adminPeople', '/admin/suspend', { body, by: owner })).statusCode >= 500)
  } finally {
    await shop.database.query('ALTER TABLE audit_log DROP CONSTRAINT audit_log_full')
  }
  const [row] = await shop.database.query<{ state: string }>('SELECT state FROM admin WHERE id = ?', [
    somebody.id,
  ])
  assert.equal(row?.state, 'ACTIVE')
  assert.deepEqual(await shop.audits(`admin:${somebody.username}`), [])
})

test('no statement of the code changes or removes an entry', () => {
  const statement =
    /(?:UPDATE|DELETE FROM|REPLACE INTO|TRUNCATE(?: TABLE)?|DROP TABLE|ALTER TABLE)\s+audit_log/i
  const files = ['shared', 'functions', 'sql', 'local', 'scf'].flatMap(filesIn)
  const named = files.filter((file) => /\.(?:ts|sql)$/.test(file) && read(file).includes('audit_log'))
  assert.ok(named.includes('shared/admin/audit-log-table.ts'))
  assert.deepEqual(
    named.filter((file) => statement.test(read(file))),
    [],
  )
})

test('with the grants of the operations manual the shop works, and an entry can be neither changed nor removed', async () => {
  const { database } = shop
  const url = new URL(database.url)
  const name = url.pathname.slice(1)
  const user = `clerk_${process.pid}`
  const tables = await database.query<{ table_name: string }>(
    'SELECT table_name AS table_name FROM information_schema.tables WHERE table_schema = ?',
    [name],
  )
  await database.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'a password of the tests'`)
  try {
    for (const { table_name } of tables.filter((each) => each.table_name !== 'audit_log'))
      await database.query(
        `GRANT SELECT, INSERT, UPDATE, DELETE ON \`${name}\`.\`${table_name}\` TO '${user}'@'%'`,
      )
    await database.query(`GRANT SELECT, INSERT ON \`${name}\`.audit_log TO '${user}'@'%'`)
    url.username = user
    url.password = encodeURIComponent('a password of the tests')
    await shop.with({ DATABASE_URL: url.href }, async () => {
      const somebody = await shop.admin('finance')
      const body = { id: somebody.id, suspended: true }
      const request = { path: '/admin/suspend', body, token: owner.token }
      assert.equal((await call(loadFunction('adminPeople'), request)).json.status, 200)
      const limited = openDatabase(url.href)
      try {
        for (const statement of [
          "UPDATE audit_log SET action = 'x'",
          'DELETE FROM audit_log',
          'TRUNCATE audit_log',
        ])
          await assert.rejects(limited.run(statement), /denied|DATABASE/i, statement)
      } finally {
        await limited.close()
      }
      assert.equal((await shop.audits(`admin:${somebody.username}`)).length, 1)
    })
  } finally {
    await database.query(`DROP USER '${user}'@'%'`)
  }
})

/** The rights that docs/operations.md grants to the shop's database user: enough, and not on other databases. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { openShop, type Shop } from '../../../local/shop.ts'
import { buildIfChanged } from '../../../scf/build.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { read } from '../../helpers/source-tree.ts'

let database: TestDatabase
let user: string
let shop: Shop

before(async () => {
  await buildIfChanged()
  database = await createTestDatabase()
  user = `${database.name.slice(-20)}_a`
  const [, rights = ''] = /^GRANT (.+) ON letao\.\* TO /m.exec(read('docs/operations.md')) ?? []
  assert.notEqual(rights, '', 'the document grants something')
  await database.query(`CREATE USER '${user}'@'%' IDENTIFIED BY 'only-these-rights'`)
  await database.query(`GRANT ${rights} ON ${database.name}.* TO '${user}'@'%'`)
  const url = new URL(database.url)
  url.username = user
  url.password = 'only-these-rights'
  shop = await openShop({ databaseUrl: url.href, smsLimits: false })
})

after(async () => {
  await shop?.close()
  await database.query(`DROP USER '${user}'@'%'`)
  await database.drop()
})

/** What a busy machine answers at first (502, 503) is asked for again, as the answer itself says. */
async function call(path: string, body?: object, token = ''): Promise<Record<string, unknown>> {
  for (let attempt = 1; ; attempt++) {
    const answer = await callOnce(path, body, token)
    if (![502, 503].includes(Number(answer.status)) || attempt === 5) return answer
  }
}

async function callOnce(path: string, body?: object, token = ''): Promise<Record<string, unknown>> {
  const response = await fetch(`${shop.url}${path}`, {
    method: body === undefined ? 'GET' : 'POST',
    headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  })
  return (await response.json()) as Record<string, unknown>
}

test('the granted rights are enough to migrate, sell, take a payment, reconcile and compare the bill', async () => {
  await shop.migrate()
  const mobile = '13912345678'
  assert.equal((await call('/sms', { mobile })).status, 200)
  const [{ code = '' } = {}] = (await (
    await fetch(`${shop.sms?.url}/sim/messages?mobile=${mobile}`)
  ).json()) as {
    code?: string
  }[]
  const registered = await call('/register', {
    username: 'rights',
    password: 'abc123',
    mobile,
    smscode: code,
  })
  assert.equal(registered.status, 200, JSON.stringify(registered))
  const { token } = await call('/login', { username: 'rights', password: 'abc123' })
  const ordered = await call('/wx/order', { items: [{ productId: 1, quantity: 1 }] }, String(token))
  const { out_trade_no } = ordered.data as { out_trade_no: string }
  const paid = await fetch(`${shop.wechat?.url}/sim/pay`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ out_trade_no }),
  })
  assert.equal(paid.status, 200)
  const queried = await call('/queryOrder', { out_trade_no }, String(token))
  assert.equal((queried.data as { trade_state: string }).trade_state, 'SUCCESS')
  // Yesterday's bill may not be there yet: it depends on the hour.
  const bill_date = new Date(Date.now() - 40 * 3_600_000).toISOString().slice(0, 10)
  for (const [name, event] of Object.entries({ reconcile: {}, bill: { bill_date } })) {
    const { error } = (await shop.functions.get(name)?.invoke(event)) ?? {}
    assert.equal(error, undefined, name)
  }
  assert.equal((await call('/orders', undefined, String(token))).status, 200)
})

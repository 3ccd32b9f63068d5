import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { newAddress, newMobile, newPerson } from '../../helpers/accounts-shop.ts'
import { contractStatuses } from '../../helpers/contract.ts'
import {
  call,
  loadFunction,
  type MainHandler,
  type Reply,
  type RequestOptions,
} from '../../helpers/functions.ts'
import { notifyFields, signedXml } from '../../helpers/pay-shop.ts'
import {
  type HttpFunction,
  httpFunctions,
  openWholeShop,
  refundHint,
  type WholeShop,
} from '../../helpers/whole-shop.ts'

/** Texts that would do something if any part of the shop took them for more than texts. */
const hostile = [
  "' OR '1'='1",
  "'; DROP TABLE user; -- ",
  '" OR ""="',
  "\\'; DELETE FROM payorder; #",
  '1 UNION SELECT username, password, mobile, 1 FROM user',
  "1'/**/AND/**/SLEEP(5)#",
  '`user`',
  '?',
  '%00%27',
  '\u0000',
  '\ud800',
  '\u202e\ufeff',
  'é'.repeat(3000),
  '$' + '{jndi:ldap://127.0.0.1/a}',
  '{{constructor.constructor("return process.env")()}}',
  '../../../../etc/passwd',
  '<script>alert(1)</script>',
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]><x>&e;</x>',
  ']]></return_msg><return_code><![CDATA[SUCCESS]]></return_code>',
  '%s%n%d',
  'a\r\nSet-Cookie: session=1',
  '__proto__',
  'NaN',
  '1e309',
] as const

/** What XML can hold; nothing else can have been signed. */
const inXml = hostile.filter(
  (text) => text.isWellFormed() && !['\u0000', ']]>', '\r'].some((part) => text.includes(part)),
)

/** What a client can put into JSON where a text or a number belongs. */
const misplaced: readonly unknown[] = [
  { $gt: '' },
  { toString: 'x' },
  [],
  ['a', { b: 1 }],
  [[[]]],
  null,
  true,
  -1,
  1e308,
  { __proto__: { isAdmin: true } },
  { length: 1e9 },
]

/** Words that only come from inside. */
const internal =
  /SELECT |INSERT |UPDATE |DELETE FROM|SQL|ER_[A-Z]+|mysql|mariadb|\bat .*\.(js|ts):\d|node_modules|letao_test_|errno|Error:|root:x:|process\.env/i

const bodies: Record<HttpFunction, Record<string, unknown>> = {
  homeFeeds: {},
  categories: {},
  orders: {},
  register: { ...newPerson(), repeat_password: 'abc123XYZ', smscode: '123456' },
  login: { username: 'somebody', password: 'abc123' },
  sms: { mobile: newMobile() },
  wxOrder: {
    body: 'x',
    total_fee: 1,
    spbill_create_ip: '203.0.113.5',
    trade_type: 'NATIVE',
    out_trade_no: '20261122000001',
    items: [{ productId: 1, quantity: 1 }],
  },
  queryOrder: { out_trade_no: '20261122000001', nonce_str: 'abc' },
  closeOrder: { out_trade_no: '20261122000001' },
  wxNotify: {},
  refundNotify: {},
}
const queries: Partial<Record<HttpFunction, readonly string[]>> = {
  categories: ['id'],
  orders: ['cursor', 'limit', 'out_trade_no'],
}
/** Those that a request can do without, or with any text in them. */
const headerNames = [
  'idempotency-key',
  'if-none-match',
  'origin',
  'x-forwarded-for',
  'x-scf-remote-addr',
  'user-agent',
]

let shop: WholeShop
const handlers = new Map<HttpFunction, MainHandler>()
/** The number of an order that has nothing to do with anything here. */
let bystander: string
let tablesBefore: unknown

before(async () => {
  shop = await openWholeShop({ RATE_LIMIT: 'off' })
  for (const name of httpFunctions) handlers.set(name, loadFunction(name))
  bystander = (await shop.buy(loadFunction('wxOrder'), shop.shopper())).out_trade_no
  tablesBefore = await untouched()
})
after(() => shop.close())

/** What no request of this file may change. */
async function untouched(): Promise<unknown> {
  const { database } = shop
  const tables = await database.query(
    'SELECT TABLE_NAME AS name FROM information_schema.TABLES WHERE TABLE_SCHEMA = ? ORDER BY 1',
    [database.name],
  )
  const columns = await database.query(
    'SELECT TABLE_NAME, COLUMN_NAME, COLUMN_TYPE FROM information_schema.COLUMNS WHERE TABLE_SCHEMA = ? ORDER BY 1, 2',
    [database.name],
  )
  return {
    tables,
    columns,
    order: await shop.order(bystander),
    person: await database.query('SELECT * FROM user WHERE username = ?', [shop.person.username]),
    products: await database.query('SELECT * FROM product'),
  }
}

/** Random letters, which now and then spell `sql`. */
const random = /"(payUrl|code_url|prepay_id|nonce_str|token)":"[^"]*"/g

/** The request, answered by an instance; what it says is fit for a stranger. */
async function ask(name: HttpFunction, changes: Partial<RequestOptions>): Promise<Reply> {
  const handler = handlers.get(name) as MainHandler
  const request = { ...shop.requests[name](), address: newAddress(), ...changes }
  const reply = await call(handler, request)
  const what = `${name} ${JSON.stringify(changes).slice(0, 300)}: ${reply.body.slice(0, 300)}`
  assert.ok(reply.statusCode < 500, what)
  assert.doesNotMatch(reply.body.replace(random, ''), internal, what)
  for (const [header, value] of Object.entries(reply.headers)) {
    assert.match(header, /^[\w-]+$/, what)
    assert.doesNotMatch(value, /[\r\n]/, what)
  }
  const type = reply.headers['Content-Type'] ?? ''
  if (type.startsWith('text/xml')) {
    assert.equal(reply.statusCode, 200, what)
    const parts =
      /^<xml><return_code><!\[CDATA\[(\w+)\]\]><\/return_code><return_msg><!\[CDATA\[([^<>\]]*)\]\]><\/return_msg><\/xml>$/
    assert.match(reply.body, parts, what)
  } else if (reply.statusCode !== 204 && reply.statusCode !== 304) {
    assert.equal(type, 'application/json; charset=utf-8', what)
    const known = [[200, 200], ...contractStatuses]
    assert.ok(
      known.some(([status, http]) => status === reply.json.status && http === reply.statusCode),
      what,
    )
    if (reply.json.status !== 200) {
      assert.match(reply.json.msg, /\p{Script=Han}/u, what)
      assert.equal(typeof reply.json.requestId, 'string', what)
      // What was sent does not come back in it: a storefront may show it as it is.
      assert.doesNotMatch(reply.json.msg, /script|DROP|UNION|passwd|jndi|constructor/i, what)
    }
  }
  return reply
}

async function assertUnharmed(): Promise<void> {
  assert.deepEqual(await untouched(), tablesBefore)
}

for (const name of httpFunctions) {
  const fields = Object.entries(bodies[name])

  describe(name, () => {
    if (fields.length > 0) {
      test('takes each field of its body for what it is, in JSON and in a form', async () => {
        for (const [field] of fields) {
          for (const value of [...hostile, ...misplaced]) {
            await ask(name, { body: { ...bodies[name], [field]: value } })
            await ask(name, { body: { [field]: value } })
          }
          for (const value of hostile.filter((text) => text.isWellFormed())) {
            const own = Object.entries({ ...bodies[name], [field]: value }).map(
              ([key, each]): [string, string] => [key, String(each)],
            )
            await ask(name, {
              body: new URLSearchParams(own).toString(),
              headers: { 'content-type': 'application/x-www-form-urlencoded' },
            })
          }
        }
        await assertUnharmed()
      })

      test('takes no body for more than a list of fields', async () => {
        const texts = [
          '[]',
          'null',
          'true',
          '"text"',
          '[[[[[]]]]]',
          '{"__proto__":{"username":"admin"},"constructor":{"prototype":{}}}',
          `{"a":${'['.repeat(20_000)}${']'.repeat(20_000)}}`,
          `{${Array.from({ length: 5000 }, (_, i) => `"f${i}":1`).join()}}`,
          '{"username":"a","username":"b"}',
          '\ufeff{}',
          '{',
          '',
        ]
        for (const body of texts) await ask(name, { body, headers: { 'content-type': 'application/json' } })
        await assertUnharmed()
      })
    }

    for (const parameter of queries[name] ?? []) {
      test(`takes ${parameter} in its query for what it is`, async () => {
        for (const value of hostile) {
          for (const query of [
            { [parameter]: value },
            `${parameter}=${encodeURIComponent(value.toWellFormed())}`,
          ])
            for (const shape of ['functionUrl', 'apiGateway'] as const) await ask(name, { query, shape })
        }
        await ask(name, { query: { [parameter]: [`' OR '1'='1`, { a: 1 }] as unknown as string } })
        await ask(name, { query: `${parameter}[$gt]=&${parameter}[]=1&${parameter}=1&${parameter}=2` })
        await assertUnharmed()
      })
    }

    test('takes headers, path, query and method for what they are', async () => {
      await shop.with({ RATE_LIMIT: 'on', TRUSTED_PROXIES: '1' }, async () => {
        const { path, body, headers, token } = shop.requests[name]()
        for (const value of hostile) {
          const everywhere = Object.fromEntries(
            [...headerNames, value, '__proto__'].map((header) => [header, value]),
          )
          for (const shape of ['functionUrl', 'apiGateway'] as const)
            await ask(name, {
              headers: { ...headers, ...everywhere },
              query: { [value]: value },
              address: value,
              shape,
            })
          await ask(name, { headers: { ...headers, 'content-type': value } })
          await ask(name, { headers: { ...headers, authorization: value } })
          await ask(name, { token: value })
          await ask(name, { method: value, body })
          for (const each of [`${path}/${value}`, `/${value}`, value])
            await ask(name, { path: each, token: token as string })
        }
      })
      await assertUnharmed()
    })
  })
}

describe('XML', () => {
  test('of a genuine payment notify is text in every field', async () => {
    const names = Object.keys(notifyFields({ out_trade_no: '20261122000001', total_fee: 1 }))
    const own = { out_trade_no: '20261122000001', total_fee: 1 }
    for (const name of names) {
      for (const value of inXml)
        await ask('wxNotify', { body: signedXml(notifyFields(own, { [name]: value })) })
    }
    await assertUnharmed()
  })

  test('of a genuine refund notify is text in every field', async () => {
    for (const name of ['out_refund_no', 'transaction_id', 'refund_fee', 'total_fee', 'refund_id']) {
      for (const value of inXml) await ask('refundNotify', { body: refundHint({ [name]: value }) })
    }
    await assertUnharmed()
  })

  test('that nobody signed is refused, whatever is in it', async () => {
    for (const name of ['wxNotify', 'refundNotify'] as const) {
      for (const value of hostile) {
        for (const body of [
          value,
          `<xml>${value}</xml>`,
          `<xml><out_trade_no>${value}</out_trade_no></xml>`,
        ]) {
          const reply = await ask(name, { body })
          assert.doesNotMatch(reply.body, /<return_code><!\[CDATA\[SUCCESS/)
        }
      }
    }
    await assertUnharmed()
  })
})

test('a name that looks like SQL is a name: it is registered, found, and nobody else', async () => {
  for (const username of ["' OR 1=1 -- x", '"; DROP TABLE user', "admin'/*", '%', '____', 'a%'].filter(
    (text) => text.length >= 3,
  )) {
    const person = { ...newPerson(), username }
    assert.equal((await ask('register', { body: person })).json.status, 200, username)
    const { json } = await ask('login', { body: person })
    assert.equal((json.userInfo as { username: string }).username, username)
    const rows = await shop.database.query('SELECT id FROM user WHERE username = ?', [username])
    assert.equal(rows.length, 1)
  }
  assert.equal((await ask('login', { body: { username: '%', password: 'abc123XYZ' } })).json.status, 1040)
})

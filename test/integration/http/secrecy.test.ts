import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { after, before, test } from 'node:test'
import { newAddress, newPerson } from '../../helpers/accounts-shop.ts'
import { type DatabaseProxy, startDatabaseProxy } from '../../helpers/database-proxy.ts'
import {
  call,
  loadFunction,
  type MainHandler,
  type Reply,
  type RequestOptions,
  scfContext,
} from '../../helpers/functions.ts'
import { koaHash } from '../../helpers/koa-database.ts'
import { JWT_SECRET, notifyFields, type OrderData, signedXml } from '../../helpers/pay-shop.ts'
import { TEST_SMS_ACCOUNT } from '../../helpers/sms.ts'
import { TEST_MERCHANT } from '../../helpers/wechat.ts'
import {
  type HttpFunction,
  httpFunctions,
  openWholeShop,
  refundHint,
  type WholeShop,
} from '../../helpers/whole-shop.ts'

const DATABASE_PASSWORD = 'Db-9fK2vQ7xLm4Tz'
const OPENID = 'oSecret_Payer_0123456789abcd'

/** Everything that this process writes, whoever does it. */
const written: string[] = []
for (const stream of [process.stdout, process.stderr]) {
  const write = stream.write
  stream.write = function keep(...args: unknown[]) {
    written.push(String(args[0]))
    return Reflect.apply(write, stream, args)
  } as typeof stream.write
}

let shop: WholeShop
let wire: DatabaseProxy
const handlers = new Map<HttpFunction, MainHandler>()
/** Every answer, headers included. */
const answers: { name: HttpFunction; text: string }[] = []

/** What nobody may find again, as it is. Tokens are told to whom they belong, by `login`. */
const secrets = new Map<string, string>()
const tokens: string[] = []
/** Codes are short, so that other numbers may contain one. */
const codes: string[] = []

before(async () => {
  shop = await openWholeShop({ REGISTER_REQUIRES_SMS: 'false', RATE_LIMIT: 'on', LOG_LEVEL: 'debug' })
  const account = `own${process.pid}`
  await shop.database.query(`CREATE USER ${account}@'127.0.0.1' IDENTIFIED BY '${DATABASE_PASSWORD}'`)
  await shop.database.query(`GRANT ALL ON ${shop.database.name}.* TO ${account}@'127.0.0.1'`)
  const url = new URL(shop.database.url)
  url.username = account
  url.password = DATABASE_PASSWORD
  wire = await startDatabaseProxy(url.href)
  process.env.DATABASE_URL = wire.url
  for (const name of httpFunctions) handlers.set(name, loadFunction(name))
  secrets.set('the password of the database', DATABASE_PASSWORD)
  secrets.set('the key of the tokens', JWT_SECRET)
  secrets.set('the key of the merchant', TEST_MERCHANT.apiKey)
  secrets.set('the key of the SMS account', TEST_SMS_ACCOUNT.secretKey)
  secrets.set('the environment in the context', 'never-log-me')
  secrets.set('the payer', OPENID)
  secrets.set('a password', shop.person.password)
  secrets.set('a mobile', shop.person.mobile)
})
after(async () => {
  await wire.close()
  await shop.database.query(`DROP USER own${process.pid}@'127.0.0.1'`)
  await shop.close()
})

async function ask(name: HttpFunction, request: RequestOptions): Promise<Reply> {
  const reply = await call(handlers.get(name) as MainHandler, { address: newAddress(), ...request })
  answers.push({ name, text: JSON.stringify([reply.headers, reply.body]) })
  return reply
}

/** Each function with its own request; what it says does not matter. */
async function askAll(): Promise<void> {
  await Promise.all(httpFunctions.map((name) => ask(name, shop.requests[name]())))
}

async function codeFor(mobile: string): Promise<string> {
  await ask('sms', { path: '/sms', body: { mobile } })
  const code = shop.sms.messages(mobile)[0]?.code ?? ''
  assert.match(code, /^\d{6}$/)
  codes.push(code)
  return code
}

const logLines = () => written.filter((text) => text.startsWith('{"level":'))

/** Nothing that was written or answered so far holds a secret. */
async function assertKept(): Promise<void> {
  const hashes = await shop.database.query<{ hash: string }>(
    'SELECT password AS hash FROM user UNION SELECT code_hash FROM sms_code',
  )
  assert.ok(hashes.length > 0)
  const own = shop.logs.entries.map((entry) => JSON.stringify(entry))
  const texts = [...written.map((text) => ['a line', text]), ...own.map((text) => ['a log line', text])]
  const all = [...texts, ...answers.map(({ name, text }) => [`an answer of ${name}`, text])] as [
    string,
    string,
  ][]
  for (const [where, text] of all) {
    for (const [what, secret] of secrets) assert.ok(!text.includes(secret), `${where} holds ${what}: ${text}`)
    for (const { hash } of hashes) if (hash) assert.ok(!text.includes(hash), `${where} holds a hash: ${text}`)
    for (const code of codes)
      assert.doesNotMatch(text, new RegExp(`(?<![\\d.])${code}(?!\\d)`), `${where} holds a code`)
    assert.doesNotMatch(text, /mysql:\/\/[^*\s]*:[^*\s]*@/, where)
    if (where === 'an answer of login') continue
    for (const token of tokens) assert.ok(!text.includes(token.split('.')[2] ?? ''), `${where} holds a token`)
  }
}

test('a journey, with its mistakes, leaves no secret in any log line or answer', async () => {
  const person = { ...newPerson(), password: 'Pa55wordOfTom', repeat_password: 'Pa55wordOfTom' }
  const mistaken = 'Mistyped9Password'
  secrets.set('a password that was registered', person.password)
  secrets.set('a password that was mistyped', mistaken)
  secrets.set('a mobile that was registered', person.mobile)

  const smscode = await codeFor(person.mobile)
  const register = (changes: object) =>
    ask('register', { path: '/register', body: { ...person, smscode, ...changes } })
  assert.equal((await register({ repeat_password: mistaken })).json.status, false)
  assert.equal((await register({ mobile: `${person.mobile}1` })).json.status, false)
  assert.equal((await register({ smscode: '999999x' })).json.status, 1030)
  assert.equal((await register({ username: shop.person.username })).json.status, 0)
  assert.equal((await register({})).json.status, 200)
  assert.equal((await register({})).json.status, 1030)
  assert.equal((await ask('sms', { path: '/sms', body: { mobile: person.mobile } })).statusCode, 429)

  const { username, password } = person
  const login = (body: unknown, headers?: Record<string, string>) =>
    ask('login', { path: '/login', body, ...(headers && { headers }) })
  for (let i = 0; i < 4; i++) assert.equal((await login({ username, password: mistaken })).json.status, 1040)
  assert.equal((await login(`{"username":"${username}","password":"${password}"`)).statusCode, 400)
  assert.equal(
    (await login(`<password>${password}</password>`, { 'content-type': 'text/html' })).statusCode,
    415,
  )
  assert.equal((await login({ username, password: [password] })).json.status, 1010)
  const old = { ...newPerson(), password: 'OldKoaPassword' }
  secrets.set('a password of the Koa shop', old.password)
  secrets.set('a hash of the Koa shop', koaHash(old.password))
  await shop.database.query('INSERT INTO user (username, password, mobile) VALUES (?, ?, ?)', [
    old.username,
    koaHash(old.password),
    old.mobile,
  ])
  assert.equal((await login({ username: old.username, password: old.password })).json.status, 200)
  const { json } = await login({ username, password })
  assert.equal(json.status, 200)
  const token = String(json.token)
  tokens.push(token)

  const body = { items: [{ productId: 1, quantity: 1 }] }
  const order = (await ask('wxOrder', { path: '/wx/order', token, body })).json.data as OrderData
  const { out_trade_no } = order
  const query = () => ask('queryOrder', { path: '/queryOrder', token, body: { out_trade_no } })
  assert.equal((await query()).json.status, 200)
  const headers = { 'content-type': 'text/xml' }
  const notify = (changes: Record<string, string>, forge = false) => {
    const xml = signedXml(notifyFields(order, { openid: OPENID, ...changes }))
    const sent = forge ? xml.replace(/(<sign><!\[CDATA\[)\w/, '$1X') : xml
    return ask('wxNotify', { path: '/pay/notify', body: sent, headers })
  }
  assert.match((await notify({}, true)).body, /FAIL/)
  assert.match((await notify({ total_fee: '1' })).body, /FAIL/)
  assert.match((await notify({})).body, /SUCCESS/)
  assert.equal((await query()).json.status, 200)
  assert.equal((await ask('orders', { path: '/orders', token })).json.status, 200)
  assert.equal((await ask('orders', { path: '/orders', query: { out_trade_no }, token })).json.status, 200)
  assert.equal(
    (await ask('closeOrder', { path: '/closeOrder', token, body: { out_trade_no } })).json.status,
    1051,
  )
  await ask('refundNotify', { path: '/refund/notify', body: refundHint({ out_refund_no: 'R1' }), headers })
  for (const wrong of [`${token}x`, token.slice(0, -3), token.replace(/\.[^.]+$/, '.')])
    assert.equal((await ask('orders', { path: '/orders', token: wrong })).statusCode, 401)
  // Where they do not belong.
  await ask('login', { path: `/login/${token}`, query: { token, mobile: person.mobile }, body: {} })
  await ask('orders', { path: `/orders/${person.mobile}`, headers: { authorization: `Basic ${token}` } })
  assert.ok(shop.logs.of('invocation').length > 25)
  await assertKept()
})

test('faults of the database leave no secret in any log line or answer', async () => {
  await askAll()
  wire.freeze()
  await askAll()
  wire.thaw()
  await wire.close()
  await askAll()
  await wire.reopen()
  const wrong = new URL(wire.url)
  wrong.password = 'Not-The-Password-1'
  secrets.set('a wrong password of the database', wrong.password)
  await shop.with({ DATABASE_URL: wrong.href }, async () => {
    for (const name of httpFunctions) await call(loadFunction(name), shop.requests[name]())
    await assert.rejects(loadFunction('migrate')({}, scfContext()) as Promise<unknown>, (error: Error) => {
      written.push(`${error.message} ${error.stack}`)
      return true
    })
  })
  // Statements that the database refuses, one of them with the mobile in its words.
  const before = shop.logs.of('internal').length
  const refuse = `CREATE TRIGGER odd BEFORE INSERT ON user FOR EACH ROW BEGIN
    DECLARE words VARCHAR(128) DEFAULT CONCAT('not for ', NEW.mobile);
    SIGNAL SQLSTATE '45000' SET MESSAGE_TEXT = words; END`
  for (const [breakIt, mendIt] of [
    ['ALTER TABLE user ADD COLUMN odd INT NOT NULL', 'ALTER TABLE user DROP COLUMN odd'],
    [refuse, 'DROP TRIGGER odd'],
  ] as const) {
    await shop.database.query(breakIt)
    const person = { ...newPerson(), password: 'Refused9Password' }
    secrets.set(`a mobile that was refused (${mendIt})`, person.mobile)
    assert.equal((await ask('register', { path: '/register', body: person })).statusCode, 500)
    await shop.database.query(mendIt)
  }
  secrets.set('a password that was refused', 'Refused9Password')
  assert.equal(shop.logs.of('internal').length, before + 2)
  assert.match(String(shop.logs.of('internal').at(-1)?.errorMessage), /^not for 138\*{4}\d{4}$/)
  for (const table of ['payorder', 'rate_limit', 'user', 'sms_code', 'payment_event']) {
    await shop.database.query(`RENAME TABLE ${table} TO ${table}_away`)
    await askAll()
    await shop.database.query(`RENAME TABLE ${table}_away TO ${table}`)
  }
  assert.ok(shop.logs.of('internal').length > before + 10)
  await assertKept()
})

test('faults of the SMS provider and of WeChat Pay leave no secret in any log line or answer', async () => {
  const { mobile } = newPerson()
  secrets.set('a mobile that could not be reached', mobile)
  for (const kind of ['refuse', 'error', 'http500', 'garbage', 'reset', 'replyLost'] as const) {
    const message = `cannot reach +86${mobile} for ${TEST_SMS_ACCOUNT.secretKey}`
    shop.sms.faults.add({ kind, code: 'FailedOperation.Other', message, times: 1 })
    assert.notEqual((await ask('sms', { path: '/sms', body: { mobile } })).json.status, 200, kind)
  }
  codes.push(...shop.sms.messages(mobile).map(({ code }) => code))
  const { token } = shop.shopper()
  for (const kind of ['garbage', 'wrongSignature', 'otherMerchant', 'error'] as const) {
    shop.wechat.faults.add({ on: 'unifiedorder', kind, times: 1 })
    await ask('wxOrder', { ...shop.requests.wxOrder(), token })
  }
  await assertKept()
})

test('a faulty configuration is told by names, never by values', async () => {
  const values: Record<string, string> = {
    JWT_SECRET: 'too-short-a-secret-1',
    WX_API_KEY: 'letao-demo-wxpay-key-of-the-test',
    SMS_SECRET_KEY: 'changeme',
    DATABASE_URL: 'postgres://someone:Hidden-Password-2@127.0.0.1/letao',
  }
  for (const value of ['too-short-a-secret-1', 'wxpay-key-of-the-test', 'Hidden-Password-2'])
    secrets.set(`a faulty value (${createHash('sha1').update(value).digest('hex').slice(0, 6)})`, value)
  for (const STAGE of ['dev', 'prod']) {
    await shop.with({ ...values, STAGE }, async () => {
      for (const name of httpFunctions) await ask(name, shop.requests[name]())
      for (const name of ['migrate', 'reconcile', 'refund', 'bill'])
        await assert.rejects(loadFunction(name)({}, scfContext()) as Promise<unknown>, (error: Error) => {
          written.push(`${error.message} ${error.stack}`)
          return /DATABASE_URL/.test(error.message)
        })
    })
  }
  assert.ok(logLines().length + shop.logs.entries.length > 100)
  await assertKept()
})

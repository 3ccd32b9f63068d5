import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { setImmediate } from 'node:timers/promises'
import type { CloudFunction, FunctionOptions } from '../../../scf/emulator/runtime/function.ts'
import { createWebFunction } from '../../../scf/emulator/runtime/web-function.ts'
import { writeFunctions } from '../../helpers/fixture-function.ts'
import { openTestShop } from '../../helpers/shop.ts'

const functionOf = (
  t: TestContext,
  source: string,
  options: Partial<FunctionOptions> = {},
): CloudFunction => {
  const codeDir = `${writeFunctions({ fixture: source })}/fixture`
  const fixture = createWebFunction({ name: 'fixture', codeDir, timeoutSec: 60, ...options })
  t.after(() => fixture.close())
  return fixture
}

const get = (path: string, more: Record<string, unknown> = {}) => ({
  httpMethod: 'GET',
  path,
  headers: {},
  queryString: {},
  body: '',
  ...more,
})

/** What the function answered, its body read. */
function answerOf(result: unknown): { statusCode: number; headers: Record<string, string>; json: never } {
  const { statusCode, headers, body } = result as {
    statusCode: number
    headers: Record<string, string>
    body: string
  }
  return { statusCode, headers, json: JSON.parse(Buffer.from(body, 'base64').toString()) as never }
}

const REQUEST_ID = '0b8c1f7e-3a55-4f0c-9d64-1f2b7f5f4c11'

test('makes an event of a request, with the hops before it and without a word of the platform', async (t) => {
  const echo = functionOf(
    t,
    'exports.main_handler = async (event, context) => ({ statusCode: 201, headers: { "X-Own": "1" }, body: JSON.stringify({ event, id: context.request_id, environ: context.environ ?? null }) })',
  )
  const { result, error } = await echo.invoke(
    get('/Login/', {
      httpMethod: 'POST',
      headers: {
        'x-scf-remote-addr': '203.0.113.9',
        'x-forwarded-for': '192.0.2.66',
        'content-type': 'application/json',
      },
      queryString: { id: '1 & 2' },
      body: '{"name":"乐淘"}',
    }),
    { requestId: REQUEST_ID },
  )
  assert.equal(error, undefined)
  const { statusCode, headers, json } = answerOf(result)
  assert.equal(statusCode, 201)
  assert.equal(headers['x-own'], '1')
  const { event, id, environ } = json as {
    event: { headers: Record<string, string> } & Record<string, unknown>
    id: string
    environ: unknown
  }
  assert.equal(id, REQUEST_ID)
  assert.equal(environ, null)
  assert.equal(event.httpMethod, 'POST')
  assert.equal(event.path, '/Login/')
  assert.deepEqual(event.queryString, { id: '1 & 2' })
  assert.equal(event.body, '{"name":"乐淘"}')
  assert.equal(event.isWebFunction, true)
  assert.match(event.headers['x-forwarded-for'] ?? '', /^192\.0\.2\.66, 203\.0\.113\.9, 11\.\S+, 10\.\S+$/)
  assert.deepEqual(
    Object.keys(event.headers).filter((name) => name.startsWith('x-scf-')),
    [],
  )
  assert.doesNotMatch(JSON.stringify(event), /role-secret|role-session/)
})

test('serves several requests at once in one process', async (t) => {
  // Each waits for the other: one at a time, neither would ever be answered.
  const source = `
    const waiting = []
    exports.main_handler = async () => {
      await new Promise((resolve) => {
        waiting.push(resolve)
        if (waiting.length === 2) for (const go of waiting) go()
      })
      return { statusCode: 200, headers: {}, body: String(process.pid) }
    }`
  const pair = functionOf(t, source)
  const [first, second] = await Promise.all([pair.invoke(get('/')), pair.invoke(get('/'))])
  assert.equal(first.error, undefined)
  assert.deepEqual(second.result, first.result)
  assert.equal(first.coldStart, true)
  assert.equal(second.coldStart, false)
})

test('answers a handler that throws with 500 and says why in the log alone', async (t) => {
  const lines: string[] = []
  const broken = functionOf(t, "exports.main_handler = async () => { throw new Error('of no concern') }", {
    onLog: ({ text }) => lines.push(text),
  })
  const { result } = await broken.invoke(get('/'))
  assert.equal((result as { statusCode: number }).statusCode, 500)
  assert.equal((result as { body: string }).body, '')
  assert.match(lines.join('\n'), /of no concern/)
})

test('a request that takes too long fails as on the platform, the others go on', async (t) => {
  const source = `exports.main_handler = ({ path }) => path === '/never' ? new Promise(() => {}) : { statusCode: 204, headers: {}, body: '' }`
  const slow = functionOf(t, source, { timeoutSec: 1 })
  const [never, soon] = await Promise.all([slow.invoke(get('/never')), slow.invoke(get('/soon'))])
  assert.equal(never.error?.status, 433)
  assert.equal((soon.result as { statusCode: number }).statusCode, 204)
})

test('starts anew after its process was killed, and ends with nothing left', async (t) => {
  const source =
    'exports.main_handler = async () => ({ statusCode: 200, headers: {}, body: String(process.pid) })'
  const fixture = functionOf(t, source)
  const pidOf = async () => answerOf((await fixture.invoke(get('/'))).result).json as number
  const first = await pidOf()
  assert.deepEqual(fixture.instances, [first])
  process.kill(first, 'SIGKILL')
  while (fixture.instances.includes(first)) await setImmediate()
  const second = await pidOf()
  assert.notEqual(second, first)
  await fixture.close()
  assert.throws(() => process.kill(second, 0), { code: 'ESRCH' })
})

test('code that cannot be loaded is an error, not a silence', async (t) => {
  const broken = functionOf(t, "throw new Error('not loadable')")
  const { error } = await broken.invoke(get('/'))
  assert.equal(error?.status, 439)
})

for (const eventShape of ['functionUrl', 'apiGateway'] as const) {
  test(`a shop of web functions sells, behind a gateway with ${eventShape} events`, async (t) => {
    const shop = await openTestShop({ web: true, eventShape, env: { REGISTER_REQUIRES_SMS: 'false' } })
    t.after(() => shop.close())
    const request = async (path: string, body?: object, token = '') => {
      const response = await fetch(`${shop.url}${path}`, {
        method: body ? 'POST' : 'GET',
        headers: { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) },
        ...(body && { body: JSON.stringify(body) }),
      })
      return (await response.json()) as { status: number; token: string; data: Record<string, string> }
    }
    const who = { username: 'weber', password: 'abc123' }
    assert.equal((await request('/register', { ...who, mobile: '13800138222' })).status, 200)
    const { token } = await request('/login', who)
    const { data: order } = await request('/wx/order', { items: [{ productId: 1, quantity: 1 }] }, token)
    const outTradeNo = order.out_trade_no ?? ''
    shop.wechat?.pay(outTradeNo)
    await shop.wechat?.waitForNotify(outTradeNo, { until: 'accepted' })
    const { data } = await request('/queryOrder', { out_trade_no: outTradeNo }, token)
    assert.equal(data.trade_state, 'SUCCESS')
    assert.ok(!shop.logs.join('\n').includes(token))
  })
}

test('a shop runs the logins as serverless.yml deploys them, and the rest as event functions', async (t) => {
  const shop = await openTestShop()
  t.after(() => shop.close())
  const web = [...shop.functions.values()].filter(({ isWeb }) => isWeb).map(({ name }) => name)
  assert.deepEqual(web, ['login', 'adminLogin'])
})

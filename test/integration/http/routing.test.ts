import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { openDirectShop, setEnv, withEnv } from '../../helpers/direct-shop.ts'
import {
  type HttpAnswer,
  httpEvent,
  loadFunction,
  type RequestOptions,
  scfContext,
} from '../../helpers/functions.ts'

const shop = await openDirectShop({
  WX_APPID: 'wxd930ea5d5a258f4f',
  WX_MCH_ID: '1900000109',
  WX_API_KEY: '192006250b4c09247ec02edce69f6a2d',
  WX_NOTIFY_URL: 'https://shop.example/pay/notify',
  SMS_SECRET_ID: 'id',
  SMS_SECRET_KEY: 'key',
  SMS_SDK_APP_ID: '1400006666',
  SMS_SIGN_NAME: '乐淘',
  SMS_TEMPLATE_ID: '1',
})

/** Contract, section 1. `says` is the status of a request without token, body or query. */
const table: { name: string; method: 'GET' | 'POST'; paths: string[]; says: unknown }[] = [
  { name: 'homeFeeds', method: 'GET', paths: ['/banners', '/bannerList', '/swipeList'], says: 200 },
  { name: 'homeFeeds', method: 'GET', paths: ['/gridList'], says: 200 },
  { name: 'homeFeeds', method: 'GET', paths: ['/sports', '/sportList'], says: 200 },
  { name: 'homeFeeds', method: 'GET', paths: ['/brandList'], says: 200 },
  { name: 'categories', method: 'GET', paths: ['/oneCategory', '/oneCategoryList'], says: 200 },
  { name: 'categories', method: 'GET', paths: ['/twoCategory', '/twoCategoryList'], says: 1010 },
  {
    name: 'register',
    method: 'POST',
    paths: ['/register', '/user/register', '/users/register'],
    says: false,
  },
  { name: 'login', method: 'POST', paths: ['/login', '/user/login', '/users/login'], says: 1010 },
  { name: 'sms', method: 'POST', paths: ['/sms', '/sendSms'], says: 1010 },
  { name: 'wxOrder', method: 'POST', paths: ['/wx/order', '/order'], says: 401 },
  { name: 'wxNotify', method: 'POST', paths: ['/pay/notify', '/pay/notify_url'], says: 'FAIL' },
  { name: 'queryOrder', method: 'POST', paths: ['/queryOrder', '/pay/queryOrder'], says: 401 },
]
const functions = [...new Set(table.map(({ name }) => name))]
const shapes = ['functionUrl', 'apiGateway'] as const

const statusOf = ({ body }: HttpAnswer): unknown =>
  body.startsWith('<xml>') ? /<return_code><!\[CDATA\[(\w+)\]\]>/.exec(body)?.[1] : JSON.parse(body).status

const respellings: [name: string, respell: (path: string) => string][] = [
  ['as it is written', (path) => path],
  ['in lower case', (path) => path.toLowerCase()],
  ['in upper case', (path) => path.toUpperCase()],
  ['with a slash behind it', (path) => `${path}/`],
]

describe('every path and alias', () => {
  for (const { name, method, paths, says } of table) {
    const handler = loadFunction(name)
    for (const path of paths) {
      test(`${method} ${path} reaches ${name}`, async () => {
        for (const [how, respell] of respellings) {
          for (const shape of shapes) {
            const answer = (await handler(
              httpEvent({ method, path: respell(path), shape }),
              scfContext(),
            )) as HttpAnswer
            assert.deepEqual(statusOf(answer), says, `${how}, ${shape}: ${answer.body}`)
            assert.equal(answer.isBase64Encoded, false)
          }
        }
      })
    }
  }
})

describe('HEAD', () => {
  for (const { name, paths, says } of table.filter(({ method }) => method === 'GET')) {
    test(`signaturepdf#191: ${paths[0]} has the headers of GET, and no body`, async () => {
      const handler = loadFunction(name)
      const ask = async (method: string, headers: Record<string, string> = {}) =>
        (await handler(httpEvent({ method, path: paths[0] ?? '', headers }), scfContext())) as HttpAnswer
      const [get, head] = [await ask('GET'), await ask('HEAD')]
      assert.deepEqual(statusOf(get), says)
      assert.deepEqual({ ...head, body: get.body }, get)
      assert.equal(head.body, '')
      const known = { 'if-none-match': get.headers.ETag ?? '"none"' }
      assert.equal((await ask('HEAD', known)).statusCode, (await ask('GET', known)).statusCode)
    })
  }
})

describe('the path', () => {
  test('of many slashes is read in one go, and reaches nobody else', async () => {
    const banners = shop.instance('homeFeeds')
    assert.equal((await banners({ path: `/banners${'/'.repeat(60_000)}` })).statusCode, 200)
    for (const path of [
      `/banners${'/'.repeat(60_000)}x`,
      `${'/'.repeat(60_000)}banners`,
      `/${'a/'.repeat(30_000)}`,
    ])
      assert.equal((await banners({ path })).statusCode, 404)
  })
})

describe('the gateway’s prefixes', () => {
  test('a stage before the path is no part of it', async () => {
    const banners = shop.instance('homeFeeds')
    assert.equal((await banners({ path: '/release/banners', shape: 'apiGateway' })).statusCode, 200)
    assert.equal((await banners({ path: '/release/banners' })).statusCode, 404)
    assert.equal((await banners({ path: '/test/banners', shape: 'apiGateway' })).statusCode, 404)
  })

  test('a base path is no part of it where one is set', async () => {
    const banners = shop.instance('homeFeeds')
    await withEnv({ BASE_PATH: '/Shop/v1/' }, async () => {
      assert.equal((await banners({ path: '/shop/V1/banners' })).statusCode, 200)
      assert.equal((await banners({ path: '/banners' })).statusCode, 200)
      assert.equal((await banners({ path: '/release/shop/v1/banners', shape: 'apiGateway' })).statusCode, 200)
    })
    assert.equal((await banners({ path: '/shop/v1/banners' })).statusCode, 404)
  })
})

describe('what is not there', () => {
  for (const name of functions) {
    const handler = loadFunction(name)
    const send = async (options: RequestOptions) =>
      (await handler(httpEvent(options), scfContext())) as HttpAnswer
    const own = table.filter((row) => row.name === name)

    test(`${name} answers 404 for the paths of others`, async () => {
      const foreign = table.filter((row) => row.name !== name).flatMap(({ paths }) => paths)
      for (const path of [
        ...foreign,
        '/',
        '',
        '/nowhere',
        '//',
        '/banners/x',
        '/__proto__',
        '/constructor',
        '/..',
      ]) {
        for (const method of ['GET', 'POST', 'OPTIONS', 'DELETE']) {
          const answer = await send({ method, path })
          assert.equal(answer.statusCode, 404, `${method} ${path}`)
          assert.equal(statusOf(answer), 404)
        }
      }
    })

    test(`${name} answers 405 with Allow to another method`, async () => {
      for (const { method, paths } of own) {
        for (const other of ['GET', 'POST', 'PUT', 'DELETE', 'PATCH', 'HEAD', 'TRACE']) {
          if (other === method || (other === 'HEAD' && method === 'GET')) continue
          const answer = await send({ method: other, path: paths[0] ?? '' })
          assert.equal(answer.statusCode, 405, other)
          if (other === 'HEAD') assert.equal(answer.body, '')
          else assert.equal(statusOf(answer), 405)
          assert.equal(answer.headers.Allow, method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS')
        }
      }
    })

    test(`${name} answers the preflight of each of its paths`, async () => {
      for (const { method, paths } of own) {
        for (const path of paths) {
          const answer = await send({
            method: 'OPTIONS',
            path,
            headers: {
              origin: 'https://m.shop.example',
              'access-control-request-method': method,
              'access-control-request-headers': 'authorization,content-type,idempotency-key',
            },
          })
          assert.equal(answer.statusCode, 204)
          assert.equal(answer.body, '')
          assert.equal(answer.headers['Access-Control-Allow-Origin'], '*')
          const methods = method === 'GET' ? 'GET, HEAD, OPTIONS' : 'POST, OPTIONS'
          assert.equal(answer.headers['Access-Control-Allow-Methods'], methods)
          const allowed = answer.headers['Access-Control-Allow-Headers']?.toLowerCase().split(', ')
          for (const header of ['authorization', 'content-type', 'idempotency-key']) {
            assert.ok(allowed?.includes(header), header)
          }
        }
      }
    })

    test(`${name} answers 404 to an event that is no request`, async () => {
      const timer = { Type: 'Timer', TriggerName: 't', Time: '2026-01-01T00:00:00Z', Message: '' }
      for (const event of [timer, {}, undefined, null, 'GET', [], { httpMethod: null }]) {
        const answer = (await handler(event, scfContext())) as HttpAnswer
        assert.equal(answer.statusCode, 404)
      }
    })
  }
})

describe('bodies', () => {
  const login = shop.instance('login')
  const credentials = { username: 'nobody', password: 'wrong123' }
  // The many failures of one name are not what these tests are about.
  let restore: () => void
  before(() => {
    restore = setEnv({ RATE_LIMIT: 'off' })
  })
  after(() => restore())
  const json = { 'content-type': 'application/json' }
  /** Valid JSON of exactly so many bytes. */
  const ofBytes = (bytes: number, filler = ' ') => {
    const text = JSON.stringify(credentials)
    const rest = bytes - Buffer.byteLength(text) - Buffer.byteLength(',"x":""')
    const count = Math.floor(rest / Buffer.byteLength(filler))
    return `${text.slice(0, -1)},"x":"${filler.repeat(count)}${' '.repeat(rest - count * Buffer.byteLength(filler))}"}`
  }

  for (const shape of shapes) {
    test(`of 100 KiB are read, of one byte more are 413 (${shape})`, async () => {
      for (const filler of ['x', '鞋']) {
        const full = ofBytes(102_400, filler)
        assert.equal(Buffer.byteLength(full), 102_400)
        assert.equal((await login({ path: '/login', body: full, headers: json, shape })).json.status, 1040)
        const over = await login({ path: '/login', body: `${full} `, headers: json, shape })
        assert.equal(over.statusCode, 413)
        assert.equal(over.json.status, 413)
        assert.match(over.json.msg, /过大/)
      }
    })

    test(`that are broken JSON are 400 in the envelope (${shape})`, async () => {
      for (const body of [
        '{',
        '{"username":',
        'username=a',
        '<xml/>',
        '{"a":1}}',
        '\ufeff\ufeff{}',
        'undefined',
      ]) {
        const reply = await login({ path: '/login', body, headers: json, shape })
        assert.equal(reply.statusCode, 400, body)
        assert.equal(reply.json.status, 400)
        assert.ok(reply.json.requestId)
      }
    })

    test(`of another type are 415 in the envelope (${shape})`, async () => {
      for (const type of [
        'text/plain',
        'text/xml',
        'multipart/form-data; boundary=x',
        'application/octet-stream',
      ]) {
        const reply = await login({ path: '/login', body: '{}', headers: { 'content-type': type }, shape })
        assert.equal(reply.statusCode, 415, type)
        assert.equal(reply.json.status, 415)
      }
    })

    test(`may be forms, and JSON without a type (${shape})`, async () => {
      const form = { 'content-type': 'application/x-www-form-urlencoded' }
      const bodies: [body: string, headers: Record<string, string>][] = [
        ['username=nobody&password=wrong123', form],
        [JSON.stringify(credentials), {}],
        [JSON.stringify(credentials), { 'content-type': 'application/json;charset=UTF-8' }],
      ]
      for (const [body, headers] of bodies) {
        const reply = await login({ path: '/login', body, headers, shape })
        assert.equal(reply.json.status, 1040, reply.body)
      }
    })
  }

  const bytes = (...parts: (string | number[])[]) =>
    Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part) : Buffer.from(part))))
  const sendBytes = async (body: Buffer, type: string) =>
    (await loadFunction('login')(
      {
        httpMethod: 'POST',
        path: '/login',
        headers: { 'content-type': type },
        body: body.toString('base64'),
        isBase64Encoded: true,
      },
      scfContext(),
    )) as HttpAnswer

  test('n8n#35933: may begin with a byte order mark', async () => {
    const mark = [0xef, 0xbb, 0xbf]
    const form = 'application/x-www-form-urlencoded'
    for (const [body, type] of [
      [bytes(mark, JSON.stringify(credentials)), 'application/json'],
      [bytes(mark, 'username=nobody&password=wrong123'), form],
    ] as const)
      assert.equal(statusOf(await sendBytes(body, type)), 1040)
  })

  test('curl#10820: that are no UTF-8 are 400, in JSON and in forms, escaped or not', async () => {
    // 张三丰 as a Chinese Windows writes it.
    const gbk = [0xd5, 0xc5, 0xc8, 0xfd, 0xb7, 0xe1]
    const escaped = gbk.map((byte) => `%${byte.toString(16)}`).join('')
    const form = 'application/x-www-form-urlencoded'
    for (const [body, type] of [
      [bytes('{"username":"', gbk, '1","password":"wrong123"}'), 'application/json'],
      [bytes('username=', gbk, '&password=wrong123'), form],
      [bytes(`username=${escaped}&password=wrong123`), form],
      [bytes('{"username":"', [0xed, 0xa0, 0x80], '","password":"wrong123"}'), 'application/json'],
    ] as const) {
      const answer = await sendBytes(body, type)
      assert.equal(answer.statusCode, 400, body.toString('latin1'))
      assert.equal(statusOf(answer), 400)
    }
    const good = await sendBytes(bytes('username=%E5%BC%A0%E4%B8%89%E4%B8%B0&password=100%25+or+%zz'), form)
    assert.equal(statusOf(good), 1040)
  })

  test('that are JSON but no object are an invalid parameter', async () => {
    for (const body of ['null', '[]', '"x"', '7', 'true', '']) {
      const reply = await login({ path: '/login', method: 'POST', body, headers: json })
      assert.equal(reply.statusCode, 200)
      assert.equal(reply.json.status, 1010, body)
    }
  })
})

describe('every answer', () => {
  const cases: [name: string, fn: string, options: RequestOptions, http: number][] = [
    ['a success', 'homeFeeds', { path: '/banners' }, 200],
    ['a refusal', 'login', { path: '/login', body: {} }, 200],
    ['400', 'login', { path: '/login', body: '{' }, 400],
    ['401', 'queryOrder', { path: '/queryOrder', body: { out_trade_no: '1' } }, 401],
    ['404', 'homeFeeds', { path: '/nowhere' }, 404],
    ['405', 'homeFeeds', { path: '/banners', method: 'DELETE' }, 405],
    ['413', 'login', { path: '/login', body: 'x'.repeat(102_401) }, 413],
    ['415', 'login', { path: '/login', body: 'x', headers: { 'content-type': 'text/plain' } }, 415],
  ]
  for (const [name, fn, options, http] of cases) {
    test(`${name} is an envelope with its headers`, async () => {
      const context = scfContext({ request_id: 'request-4711' })
      const { statusCode, headers, body } = (await loadFunction(fn)(
        httpEvent(options),
        context,
      )) as HttpAnswer
      assert.equal(statusCode, http)
      assert.equal(headers['Content-Type'], 'application/json; charset=utf-8')
      assert.equal(headers['X-Content-Type-Options'], 'nosniff')
      assert.equal(headers['X-Frame-Options'], 'DENY')
      assert.equal(headers['Referrer-Policy'], 'no-referrer')
      assert.match(headers['Content-Security-Policy'] ?? '', /default-src 'none'/)
      assert.equal(headers['Access-Control-Allow-Origin'], '*')
      if (http === 401) assert.equal(headers['WWW-Authenticate'], 'Bearer')
      const envelope = JSON.parse(body)
      if (name === 'a success') {
        assert.equal(envelope.status, 200)
      } else {
        assert.equal(headers['Cache-Control'], 'no-store')
        assert.equal(envelope.requestId, 'request-4711')
        assert.match(envelope.msg, /\p{Script=Han}/u)
        assert.equal(envelope.message, envelope.msg)
        assert.deepEqual(Object.keys(envelope), ['status', 'msg', 'message', 'requestId'])
      }
      assert.equal(context.callbackWaitsForEmptyEventLoop, false)
    })
  }

  test('has a request id of its own where the platform gives none', async () => {
    const handler = loadFunction('homeFeeds')
    const ids = await Promise.all(
      [undefined, {}, null].map(async (context) => {
        const { body } = (await handler(httpEvent({ path: '/nowhere' }), context)) as HttpAnswer
        return JSON.parse(body).requestId as string
      }),
    )
    assert.equal(new Set(ids).size, 3)
    assert.ok(ids.every((id) => id.length >= 16))
  })

  test('lets only the named origins read where some are named', async () => {
    const banners = shop.instance('homeFeeds')
    await withEnv({ CORS_ORIGINS: 'https://m.shop.example, https://shop.example' }, async () => {
      for (const path of ['/banners', '/nowhere']) {
        const own = await banners({ path, headers: { origin: 'https://shop.example' } })
        assert.equal(own.headers['Access-Control-Allow-Origin'], 'https://shop.example')
        assert.match(own.headers.Vary ?? '', /Origin/)
        const other = await banners({ path, headers: { origin: 'https://evil.example' } })
        assert.equal(other.headers['Access-Control-Allow-Origin'], undefined)
        assert.match(other.headers.Vary ?? '', /Origin/)
      }
      const preflight = await banners({
        method: 'OPTIONS',
        path: '/banners',
        headers: { origin: 'https://evil.example' },
      })
      assert.equal(preflight.headers['Access-Control-Allow-Origin'], undefined)
    })
  })

  test('says nothing internal when a table is gone', async () => {
    await shop.db.query('RENAME TABLE banner TO banner_away')
    try {
      const reply = await shop.instance('homeFeeds')({ path: '/banners' })
      assert.equal(reply.statusCode, 500)
      assert.deepEqual(Object.keys(reply.json), ['status', 'msg', 'message', 'requestId'])
      assert.equal(reply.json.status, 500)
      assert.doesNotMatch(reply.body, /banner|table|SELECT|letao_test|at /i)
    } finally {
      await shop.db.query('RENAME TABLE banner_away TO banner')
    }
  })
})

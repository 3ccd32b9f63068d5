import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import fc from 'fast-check'
import { isHttpEvent, normalisePath, type ScfEvent, toHttpRequest, withoutPort } from '#shared/http'

const plain = { basePath: '', trustedProxies: 0 }

/** As a function URL sends it: names in lower case, the address in a header. */
const functionUrl = (changes: ScfEvent = {}): ScfEvent => ({
  httpMethod: 'POST',
  path: '/login',
  headers: { 'content-type': 'application/json', 'x-scf-remote-addr': '203.0.113.9:51000' },
  queryString: {},
  body: '{"username":"tom"}',
  ...changes,
})

/** The sample of the API gateway's documentation, with the keys that matter here. */
const gateway = (changes: ScfEvent = {}): ScfEvent => ({
  requestContext: { sourceIp: '198.51.100.7', stage: 'release', httpMethod: 'POST', path: '/login' },
  headers: { 'Content-Type': 'application/json', 'X-Forwarded-For': '192.0.2.1', HOST: 'example.com' },
  queryStringParameters: { foo: 'bar' },
  queryString: { foo: 'bar', bob: 'alice' },
  body: '{"username":"tom"}',
  path: '/login',
  httpMethod: 'POST',
  ...changes,
})

describe('the shape of an event', () => {
  test('a function URL and the API gateway say the same request', () => {
    const one = toHttpRequest(functionUrl(), plain)
    const other = toHttpRequest(gateway(), plain)
    for (const request of [one, other]) {
      assert.equal(request.method, 'POST')
      assert.equal(request.path, '/login')
      assert.equal(request.headers['content-type'], 'application/json')
      assert.equal(request.rawBody.toString(), '{"username":"tom"}')
    }
  })

  test('a timer and whatever has no method is no request', () => {
    const timer = { Type: 'Timer', TriggerName: 'every-5-minutes', Time: '2026-01-01T00:00:00Z', Message: '' }
    for (const event of [timer, {}, null, undefined, 'GET', 7, [], { httpMethod: 7 }]) {
      assert.equal(isHttpEvent(event), false)
    }
    assert.equal(isHttpEvent({ httpMethod: 'GET' }), true)
  })

  test('the body is decoded from base64 only when the event says so', () => {
    const encoded = Buffer.from('密码').toString('base64')
    assert.equal(
      toHttpRequest(gateway({ body: encoded, isBase64Encoded: true }), plain).rawBody.toString(),
      '密码',
    )
    assert.equal(
      toHttpRequest(gateway({ body: encoded, isBase64Encoded: false }), plain).rawBody.toString(),
      encoded,
    )
    assert.equal(toHttpRequest(functionUrl({ body: undefined }), plain).rawBody.length, 0)
    assert.equal(toHttpRequest(functionUrl({ body: null }), plain).rawBody.length, 0)
  })

  test('header names are compared without regard to case', () => {
    const { headers } = toHttpRequest(
      gateway({ headers: { AUTHORIZATION: 'Bearer x', 'iDeMpOtEnCy-KeY': 'k' } }),
      plain,
    )
    assert.equal(headers.authorization, 'Bearer x')
    assert.equal(headers['idempotency-key'], 'k')
  })

  test('the query is read from text, from an object, and whole where a gateway names only some keys', () => {
    assert.deepEqual(
      { ...toHttpRequest(functionUrl({ queryString: 'id=1&name=%E4%B9%90%E6%B7%98' }), plain).query },
      { id: '1', name: '乐淘' },
    )
    assert.deepEqual({ ...toHttpRequest(functionUrl({ queryString: '?id=1' }), plain).query }, { id: '1' })
    assert.deepEqual(
      { ...toHttpRequest(functionUrl({ queryString: 'id=1&id=2' }), plain).query },
      { id: '1' },
    )
    assert.deepEqual({ ...toHttpRequest(functionUrl({ queryString: { id: 1 } }), plain).query }, { id: '1' })
    assert.deepEqual(
      { ...toHttpRequest(functionUrl({ queryString: { id: ['1', '2'] } }), plain).query },
      { id: '1' },
    )
    assert.deepEqual({ ...toHttpRequest(gateway(), plain).query }, { foo: 'bar', bob: 'alice' })
    assert.deepEqual(
      { ...toHttpRequest(gateway({ queryStringParameters: {}, queryString: { id: '1' } }), plain).query },
      { id: '1' },
    )
    assert.deepEqual(
      {
        ...toHttpRequest(gateway({ queryStringParameters: { id: '1' }, queryString: undefined }), plain)
          .query,
      },
      { id: '1' },
    )
  })

  test('names of a prototype are names like any other', () => {
    const event = JSON.parse(
      '{"httpMethod":"GET","path":"/","headers":{"__proto__":"x","constructor":"y"},"queryString":{"__proto__":"1"}}',
    )
    const request = toHttpRequest(event, plain)
    assert.equal(Object.getPrototypeOf(request.headers), null)
    assert.equal(request.headers.constructor, 'y')
    assert.equal(({} as Record<string, unknown>).x, undefined)
  })
})

describe('the path', () => {
  const cases: [given: string, stage: string, basePath: string, expected: string][] = [
    ['/Banners', '', '', '/banners'],
    ['/BANNERS/', '', '', '/banners'],
    ['/banners//', '', '', '/banners'],
    ['/', '', '', '/'],
    ['', '', '', '/'],
    ['/release/banners', 'release', '', '/banners'],
    ['/Release/Banners/', 'release', '', '/banners'],
    ['/banners', 'release', '', '/banners'],
    ['/releases/banners', 'release', '', '/releases/banners'],
    ['/release', 'release', '', '/'],
    ['/shop/v1/banners', '', '/shop/v1', '/banners'],
    ['/SHOP/V1/banners', '', '/shop/v1', '/banners'],
    ['/shop/v1/banners', 'release', '/shop/v1', '/banners'],
    ['/release/shop/banners', 'release', '/shop', '/banners'],
    ['/shop/release/banners', 'release', '/shop', '/banners'],
    ['/shopping/banners', '', '/shop', '/shopping/banners'],
    ['/wx/order?x=1', '', '', '/wx/order'],
    ['/banners/?x=//', '', '', '/banners'],
  ]
  for (const [given, stage, basePath, expected] of cases) {
    test(`${given || '(empty)'} is ${expected} (stage ${stage || 'none'}, base path ${basePath || 'none'})`, () => {
      const request = toHttpRequest(
        { httpMethod: 'GET', path: given, requestContext: { stage } },
        { ...plain, basePath },
      )
      assert.equal(request.path, expected)
    })
  }

  test('a stage that is no plain name is no prefix', () => {
    const event = { httpMethod: 'GET', path: '/../banners', requestContext: { stage: '..' } }
    assert.equal(toHttpRequest(event, plain).path, '/../banners')
    assert.equal(normalisePath('/banners', ['']), '/banners')
  })
})

describe('the client address', () => {
  const addressOf = (headers: Record<string, string>, trustedProxies = 0, sourceIp?: unknown) =>
    toHttpRequest(
      {
        httpMethod: 'GET',
        path: '/',
        headers,
        ...(sourceIp !== undefined && { requestContext: { sourceIp } }),
      },
      { basePath: '', trustedProxies },
    ).clientAddress

  test('is what the platform says, without its port', () => {
    assert.equal(addressOf({ 'x-scf-remote-addr': '203.0.113.9:51000' }), '203.0.113.9')
    assert.equal(addressOf({ 'x-scf-remote-addr': '203.0.113.9' }), '203.0.113.9')
    assert.equal(addressOf({ 'x-scf-remote-addr': '[2001:db8::1]:51000' }), '2001:db8::1')
    assert.equal(addressOf({ 'x-scf-remote-addr': '2001:db8::1' }), '2001:db8::1')
    assert.equal(addressOf({ 'x-scf-remote-addr': '2001:db8::1:51000' }), '2001:db8::1')
    for (const nobody of ['unknown', '', '-', 'a b'])
      assert.equal(addressOf({ 'x-scf-remote-addr': nobody }), undefined, nobody)
    assert.equal(addressOf({}, 0, '198.51.100.7'), '198.51.100.7')
    assert.equal(addressOf({}, 0, '198.51.100.7:4711'), '198.51.100.7')
    assert.equal(addressOf({}), undefined)
  })

  test('behind the API gateway is not what a header of the client pretends', () => {
    assert.equal(addressOf({ 'X-Scf-Remote-Addr': '192.0.2.66' }, 0, '198.51.100.7'), '198.51.100.7')
  })

  test('is not taken from X-Forwarded-For when no proxy is trusted', () => {
    const headers = { 'x-scf-remote-addr': '203.0.113.9:1', 'x-forwarded-for': '192.0.2.66' }
    assert.equal(addressOf(headers), '203.0.113.9')
  })

  test('is the hop that the trusted proxies saw, whatever a client wrote before it', () => {
    const headers = {
      'x-scf-remote-addr': '10.0.0.1:1',
      'x-forwarded-for': '192.0.2.66, 198.51.100.7, 10.0.0.2',
    }
    assert.equal(addressOf(headers, 1), '10.0.0.2')
    assert.equal(addressOf(headers, 2), '198.51.100.7')
    assert.equal(addressOf({ ...headers, 'x-forwarded-for': '198.51.100.7:4711' }, 1), '198.51.100.7')
    assert.equal(addressOf({ ...headers, 'x-forwarded-for': '[2001:db8::1]:4711' }, 1), '2001:db8::1')
    assert.equal(addressOf({ ...headers, 'x-forwarded-for': ' , ' }, 1), '10.0.0.1')
    assert.equal(addressOf({ 'x-scf-remote-addr': '10.0.0.1' }, 1), '10.0.0.1')
  })

  test('is counted from the hop that the platform appended, where it did', () => {
    const headers = {
      'x-scf-remote-addr': '198.51.100.7',
      'x-forwarded-for': '203.0.113.9, 198.51.100.7, 11.1.1.1, 10.1.1.1',
    }
    assert.equal(addressOf(headers, 1), '203.0.113.9')
    assert.equal(addressOf(headers), '198.51.100.7')
  })

  test('of a web function is the rightmost public hop, and proxies of ours are counted from there', () => {
    const webAddressOf = (
      forwarded: string | undefined,
      trustedProxies = 0,
      more: Record<string, string> = {},
    ) =>
      toHttpRequest(
        {
          httpMethod: 'GET',
          path: '/',
          headers: { ...more, ...(forwarded !== undefined && { 'x-forwarded-for': forwarded }) },
          isWebFunction: true,
        },
        { basePath: '', trustedProxies },
      ).clientAddress
    const own = '11.163.0.10, 10.132.0.10'
    assert.equal(webAddressOf(`203.0.113.9, ${own}`), '203.0.113.9')
    assert.equal(webAddressOf(`192.0.2.66, 203.0.113.9, ${own}`), '203.0.113.9')
    assert.equal(webAddressOf(`192.0.2.66, 203.0.113.9, 198.51.100.7, ${own}`, 1), '203.0.113.9')
    assert.equal(webAddressOf(`2001:db8::7, ${own}`), '2001:db8::7')
    assert.equal(webAddressOf(`[2001:db8::7]:4711, fe80::1, fd00::1, ::1, ${own}`), '2001:db8::7')
    assert.equal(webAddressOf(`::ffff:203.0.113.9, ${own}, ::ffff:10.0.0.1`), '::ffff:203.0.113.9')
    for (const hop of [
      '9.1.1.1',
      '100.64.0.1',
      '127.0.0.1',
      '169.254.1.1',
      '172.16.0.1',
      '172.31.9.9',
      '192.168.0.1',
    ])
      assert.equal(webAddressOf(`203.0.113.9, ${hop}, ${own}`), '203.0.113.9', hop)
    assert.equal(webAddressOf(`203.0.113.9, 172.32.0.1, ${own}`), '172.32.0.1')
    // What the platform's own names say there is the client's own word.
    assert.equal(webAddressOf(own, 0, { 'x-scf-remote-addr': '203.0.113.9' }), undefined)
    for (const nothing of [undefined, '', 'unknown', `garbage, ${own}`, '10.0.0.1, 127.0.0.1'])
      assert.equal(webAddressOf(nothing), undefined, nothing)
  })

  test('has a bounded length', () => {
    assert.ok(withoutPort('a'.repeat(10_000)).length <= 64)
  })
})

test('no event whatever makes anything but a request', () => {
  const event = fc.record(
    {
      httpMethod: fc.oneof(fc.string(), fc.constant('GET')),
      path: fc.jsonValue(),
      headers: fc.oneof(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue())),
      queryString: fc.oneof(fc.jsonValue(), fc.string(), fc.dictionary(fc.string(), fc.jsonValue())),
      queryStringParameters: fc.jsonValue(),
      body: fc.oneof(fc.jsonValue(), fc.string()),
      isBase64Encoded: fc.jsonValue(),
      requestContext: fc.oneof(
        fc.jsonValue(),
        fc.record({ sourceIp: fc.jsonValue(), stage: fc.jsonValue() }),
      ),
    },
    { requiredKeys: ['httpMethod'] },
  )
  fc.assert(
    fc.property(event, fc.nat(3), (given, trustedProxies) => {
      const request = toHttpRequest(given as ScfEvent, { basePath: '/shop', trustedProxies })
      assert.equal(typeof request.path, 'string')
      const isPath = typeof given.path === 'string' && given.path.startsWith('/')
      assert.ok(request.path.startsWith('/') || !isPath)
      assert.ok(Buffer.isBuffer(request.rawBody))
      assert.ok(Object.values(request.headers).every((value) => typeof value === 'string'))
      assert.ok(Object.values(request.query).every((value) => typeof value === 'string'))
      assert.ok((request.clientAddress ?? '').length <= 64)
    }),
    // Found once: a path that cannot be made a text.
    { examples: [[{ httpMethod: 'GET', path: { toString: 0 } }, 0]] },
  )
})

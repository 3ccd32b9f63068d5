import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, errorTable } from '#shared/errors'
import type { HttpRequest } from '#shared/http'
import { cacheable, corsHeaders, failure, preflight, success } from '#shared/http'

const request = (headers: Record<string, string> = {}): HttpRequest => ({
  method: 'GET',
  path: '/banners',
  headers,
  query: {},
  rawBody: Buffer.alloc(0),
  clientAddress: '203.0.113.9',
})

test('a success is 200 twice, JSON, and not kept by anybody', () => {
  const { statusCode, headers, body, isBase64Encoded } = success({ msg: '登录成功' })
  assert.equal(statusCode, 200)
  assert.equal(body, '{"status":200,"msg":"登录成功"}')
  assert.equal(headers['Content-Type'], 'application/json; charset=utf-8')
  assert.equal(headers['Cache-Control'], 'no-store')
  assert.equal(headers['X-Content-Type-Options'], 'nosniff')
  assert.equal(isBase64Encoded, false)
})

test('a failure has status, msg and requestId, and nothing of its cause', () => {
  const cause = new Error('SELECT password FROM user')
  for (const code of Object.keys(errorTable) as (keyof typeof errorTable)[]) {
    const error = new AppError(code, { cause })
    const { statusCode, body } = failure(error, 'request-1')
    const { status, http, msg } = errorTable[code]
    assert.equal(error.headers['Retry-After'], code === 'DATABASE_UNAVAILABLE' ? '5' : undefined)
    assert.equal(statusCode, http)
    assert.deepEqual(JSON.parse(body), { status, msg, message: msg, requestId: 'request-1' })
    assert.match(msg, /\p{Script=Han}/u)
  }
})

test('a failure carries the data and headers that it was given', () => {
  const error = new AppError('TOO_MANY_REQUESTS', { data: { left: 0 }, headers: { 'Retry-After': '60' } })
  const { headers, body } = failure(error, 'r')
  assert.equal(headers['Retry-After'], '60')
  assert.deepEqual(JSON.parse(body).data, { left: 0 })
})

test('a cacheable answer has an ETag that follows its content', () => {
  const one = cacheable({ data: [1] }, 60, request())
  const same = cacheable({ data: [1] }, 60, request())
  const other = cacheable({ data: [2] }, 60, request())
  assert.equal(one.headers['Cache-Control'], 'public, max-age=60')
  assert.match(one.headers.ETag ?? '', /^"[\w-]+"$/)
  assert.equal(one.headers.ETag, same.headers.ETag)
  assert.notEqual(one.headers.ETag, other.headers.ETag)
})

test('a client that has the content already gets 304 without a body', () => {
  const etag = cacheable({ data: [1] }, 60, request()).headers.ETag ?? ''
  for (const known of [etag, `W/${etag}`, `"other", ${etag}`, `"other",W/${etag}`, '*']) {
    const { statusCode, body, headers } = cacheable({ data: [1] }, 60, request({ 'if-none-match': known }))
    assert.equal(statusCode, 304, known)
    assert.equal(body, '')
    assert.equal(headers.ETag, etag)
    assert.equal(headers['Cache-Control'], 'public, max-age=60')
  }
  for (const unknown of ['', '"other"', etag.slice(1, -1)]) {
    assert.equal(cacheable({ data: [1] }, 60, request({ 'if-none-match': unknown })).statusCode, 200, unknown)
  }
})

test('every origin may read when all are allowed', () => {
  assert.equal(corsHeaders('https://a.example', ['*'])['Access-Control-Allow-Origin'], '*')
  assert.equal(corsHeaders(undefined, ['*'])['Access-Control-Allow-Origin'], '*')
})

test('only a named origin may read when some are allowed, and caches keep the two apart', () => {
  const allowed = ['https://shop.example', 'https://m.shop.example']
  const named = corsHeaders('https://m.shop.example', allowed)
  assert.equal(named['Access-Control-Allow-Origin'], 'https://m.shop.example')
  assert.equal(named.Vary, 'Origin')
  for (const origin of ['https://evil.example', 'https://shop.example.evil.example', 'null', undefined]) {
    const headers = corsHeaders(origin, allowed)
    assert.equal(headers['Access-Control-Allow-Origin'], undefined)
    assert.equal(headers.Vary, 'Origin')
  }
})

test('a preflight allows what the storefront sends', () => {
  const { statusCode, headers, body } = preflight(['POST'])
  assert.equal(statusCode, 204)
  assert.equal(body, '')
  assert.equal(headers['Access-Control-Allow-Methods'], 'POST, OPTIONS')
  for (const name of ['Content-Type', 'Authorization', 'Idempotency-Key']) {
    assert.ok(headers['Access-Control-Allow-Headers']?.split(', ').includes(name), name)
  }
})

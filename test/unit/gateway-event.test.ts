import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type IncomingRequest, splitUrl, toEvent, toResponse } from '../../scf/emulator/gateway/event.ts'

const request = (change: Partial<IncomingRequest> = {}): IncomingRequest => ({
  method: 'POST',
  url: '/Login?next=%2Fcart&id=1&id=2',
  headers: {
    'content-type': 'application/json',
    'x-scf-remote-addr': '1.2.3.4',
    host: 'shop',
    'set-cookie': ['a', 'b'],
  },
  body: Buffer.from('{"username":"乐淘"}'),
  clientAddress: '203.0.113.9',
  requestId: 'r-1',
  ...change,
})

test('makes the documented event of a function URL', () => {
  const event = toEvent(request())
  assert.deepEqual(event, {
    httpMethod: 'POST',
    path: '/Login',
    headers: {
      'content-type': 'application/json',
      'x-scf-remote-addr': '203.0.113.9',
      host: 'shop',
      'set-cookie': 'a, b',
    },
    queryString: { next: '/cart', id: '1' },
    body: '{"username":"乐淘"}',
  })
})

test('makes the event of an API gateway, with its extra fields and header names', () => {
  const event = toEvent(request(), { shape: 'apiGateway', pathPrefix: '/release' })
  assert.equal(event.path, '/release/Login')
  assert.deepEqual(event.queryString, { next: '/cart', id: ['1', '2'] })
  assert.deepEqual(event.queryStringParameters, { next: '/cart', id: '1' })
  assert.equal(event.isBase64Encoded, false)
  assert.equal((event.headers as Record<string, string>)['Content-Type'], 'application/json')
  const { sourceIp, requestId, stage } = event.requestContext as Record<string, string>
  assert.deepEqual(
    { sourceIp, requestId, stage },
    { sourceIp: '203.0.113.9', requestId: 'r-1', stage: 'release' },
  )
})

test('passes bytes that are no text as base64, so that none is lost', () => {
  const body = Buffer.from([0xff, 0xfe, 0x00, 0x80])
  for (const shape of ['functionUrl', 'apiGateway'] as const) {
    const event = toEvent(request({ body }), { shape })
    assert.equal(event.isBase64Encoded, true)
    assert.deepEqual(Buffer.from(String(event.body), 'base64'), body)
  }
})

test('takes hostile query names as names', () => {
  const { queryString } = toEvent(request({ url: '/x?__proto__=1&constructor=2&toString=3' }))
  assert.deepEqual(Object.entries(queryString as object), [
    ['__proto__', '1'],
    ['constructor', '2'],
    ['toString', '3'],
  ])
})

test('reads the path of an absolute request line and of an empty one', () => {
  assert.equal(splitUrl('http://shop:3000/banners?x=1').path, '/banners')
  assert.equal(splitUrl('').path, '/')
  assert.equal(splitUrl('//banners').path, '//banners')
})

test('gives status, headers and body of an answer back', () => {
  const answer = toResponse({
    statusCode: 201,
    headers: {
      'Content-Type': 'text/plain',
      'X-Number': 7,
      'Set-Cookie': ['a=1', 'b=2'],
      'Content-Length': 999,
      Gone: null,
    },
    body: 'hello',
  })
  assert.deepEqual(answer, {
    statusCode: 201,
    headers: { 'Content-Type': 'text/plain', 'X-Number': '7', 'Set-Cookie': ['a=1', 'b=2'] },
    body: Buffer.from('hello'),
  })
  assert.deepEqual(
    toResponse({ statusCode: 200, body: '/w==', isBase64Encoded: true }).body,
    Buffer.from([0xff]),
  )
})

test('sends a value without a status code as JSON, as the platform does', () => {
  assert.deepEqual(toResponse({ any: 1 }), {
    statusCode: 200,
    headers: { 'content-type': 'application/json' },
    body: Buffer.from('{"any":1}'),
  })
  assert.equal(String(toResponse(null).body), 'null')
  assert.equal(String(toResponse('text').body), 'text')
})

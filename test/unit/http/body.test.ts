import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AppError } from '#shared/errors'
import type { HttpRequest } from '#shared/http'
import { type BodyKind, readBody } from '#shared/http'

const posted = (body: string | Buffer, type?: string): HttpRequest => ({
  method: 'POST',
  path: '/login',
  headers: type === undefined ? {} : { 'content-type': type },
  query: {},
  rawBody: Buffer.from(body as string),
  clientAddress: '203.0.113.9',
})

const codeOf = (body: string, type: string | undefined, kind: BodyKind) => {
  try {
    readBody(posted(body, type), kind)
    return undefined
  } catch (error) {
    return (error as AppError).code
  }
}

test('JSON is read with its type, with parameters behind it, in any case, and without a type', () => {
  for (const type of [
    'application/json',
    'application/json; charset=utf-8',
    'Application/JSON ;x=y',
    undefined,
  ]) {
    assert.deepEqual(readBody(posted('{"username":"乐淘"}', type), 'json'), { username: '乐淘' })
  }
})

test('a form is read as its fields', () => {
  const type = 'application/x-www-form-urlencoded; charset=UTF-8'
  assert.deepEqual(readBody(posted('username=a+b&password=%2B%3D', type), 'json'), {
    username: 'a b',
    password: '+=',
  })
})

test('no body is no fields', () => {
  for (const type of [undefined, 'application/json', 'application/x-www-form-urlencoded', 'text/plain']) {
    assert.deepEqual(readBody(posted('', type), 'json'), {})
  }
  assert.deepEqual(readBody(posted('  \n', undefined), 'json'), {})
})

test('XML is text, with either of its types and without one', () => {
  for (const type of ['text/xml', 'application/xml; charset=utf-8', undefined]) {
    assert.equal(readBody(posted('<xml></xml>', type), 'xml'), '<xml></xml>')
  }
})

test('refuses broken JSON, and does not keep what was sent', () => {
  for (const body of ['{', '{"a":1', "{'a':1}", 'password=geheim', '<xml/>', '{"a":01}']) {
    try {
      readBody(posted(body, 'application/json'), 'json')
      assert.fail(body)
    } catch (error) {
      assert.ok(error instanceof AppError)
      assert.equal(error.code, 'BODY_UNREADABLE')
      assert.equal(JSON.stringify([error.msg, String(error.cause)]).includes('geheim'), false)
    }
  }
})

test('refuses a type that it does not understand', () => {
  assert.equal(codeOf('x', 'text/plain', 'json'), 'UNSUPPORTED_MEDIA_TYPE')
  assert.equal(codeOf('<xml/>', 'text/xml', 'json'), 'UNSUPPORTED_MEDIA_TYPE')
  assert.equal(codeOf('{}', 'multipart/form-data; boundary=x', 'json'), 'UNSUPPORTED_MEDIA_TYPE')
  assert.equal(codeOf('{}', 'application/json', 'xml'), 'UNSUPPORTED_MEDIA_TYPE')
})

test('whatever is sent is read or refused with an error of ours', () => {
  const type = fc.oneof(
    fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/xml', ''),
    fc.string(),
  )
  const body = fc.oneof(
    fc.string(),
    fc.json(),
    fc.uint8Array().map((bytes) => Buffer.from(bytes)),
  )
  fc.assert(
    fc.property(body, type, fc.constantFrom<BodyKind>('json', 'xml'), (given, contentType, kind) => {
      try {
        readBody(posted(given, contentType), kind)
      } catch (error) {
        assert.ok(error instanceof AppError)
        assert.ok(['BODY_UNREADABLE', 'UNSUPPORTED_MEDIA_TYPE'].includes(error.code))
      }
    }),
  )
})

test('JSON comes out as it went in', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const text = JSON.stringify(value)
      assert.deepEqual(readBody(posted(text, 'application/json'), 'json'), JSON.parse(text))
    }),
  )
})

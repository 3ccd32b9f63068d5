import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync } from 'node:crypto'
import { test } from 'node:test'
import jwt from 'jsonwebtoken'
import { readUser, signToken } from '#shared/accounts'
import { type Config, readConfig } from '#shared/config'
import { AppError } from '#shared/errors'

const SECRET = 'a secret of the present with 32 bytes or more'
const PREVIOUS = 'a secret of the past with 32 bytes or more!'
const NOW = new Date('2026-01-01T00:00:00Z')
const now = NOW.getTime() / 1000
const HOURS = 3600

const config: Config<'JWT_SECRET'> = readConfig(['JWT_SECRET'], {
  JWT_SECRET: SECRET,
  JWT_PREVIOUS_SECRETS: PREVIOUS,
})

const base64url = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** A token made by hand, so that it may be as wrong as it likes. */
function forge(payload: unknown, options: { header?: unknown; secret?: string; hash?: string } = {}): string {
  const { header = { alg: 'HS256', typ: 'JWT' }, secret = SECRET, hash = 'sha256' } = options
  const content = `${base64url(header)}.${base64url(payload)}`
  return `${content}.${createHmac(hash, secret).update(content).digest('base64url')}`
}

const claims = (changes: Record<string, unknown> = {}) => ({
  sub: '7',
  username: 'tom',
  iat: now,
  exp: now + HOURS,
  ...changes,
})

function refusal(authorization: string | undefined): AppError {
  try {
    const user = readUser(authorization, config, NOW)
    return assert.fail(`${authorization} was taken for ${JSON.stringify(user)}`)
  } catch (error) {
    assert.ok(error instanceof AppError, String(error))
    return error
  }
}

test('a token names its user, the times and nothing else', () => {
  const token = signToken({ id: 7, username: 'tom' }, config, NOW)
  assert.deepEqual(jwt.decode(token, { complete: true })?.header, { alg: 'HS256', typ: 'JWT' })
  assert.deepEqual(jwt.decode(token), { sub: '7', username: 'tom', iat: now, exp: now + 36 * HOURS })
  assert.deepEqual(readUser(`Bearer ${token}`, config, NOW), { id: 7, username: 'tom' })
})

test('the scheme is read in any case, with the blanks that people put in', () => {
  const token = forge(claims())
  for (const header of [`Bearer ${token}`, `bearer ${token}`, `BEARER   ${token}`, `  Bearer ${token}  `]) {
    assert.equal(readUser(header, config, NOW).id, 7)
  }
})

test('a token of the secret before the present one still opens', () => {
  assert.equal(readUser(`Bearer ${forge(claims(), { secret: PREVIOUS })}`, config, NOW).id, 7)
})

test('a token lives until its exp and not a second longer', () => {
  const bearer = `Bearer ${forge(claims({ exp: now + 60 }))}`
  assert.equal(readUser(bearer, config, new Date(NOW.getTime() + 59_999)).id, 7)
  for (const secret of [SECRET, PREVIOUS]) {
    for (const exp of [now, now - 1, 0, -1]) refusal(`Bearer ${forge(claims({ exp }), { secret })}`)
  }
  assert.match(refusal(`Bearer ${forge(claims({ exp: now }))}`).msg, /过期/)
})

test('a user’s number may be a number', () => {
  assert.equal(readUser(`Bearer ${forge(claims({ sub: 7 }))}`, config, NOW).id, 7)
})

test('refuses with 401 and a challenge whatever is wrong, and says no more', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey
  const good = forge(claims())
  const [header, payload, signature] = good.split('.') as [string, string, string]
  const wrong: Record<string, string | undefined> = {
    'no header': undefined,
    'an empty header': '',
    'only a scheme': 'Bearer',
    'another scheme': `Basic ${good}`,
    'no scheme': good,
    'two tokens': `Bearer ${good} ${good}`,
    'two parts': `Bearer ${header}.${payload}`,
    'an empty signature': `Bearer ${header}.${payload}.`,
    'a changed signature': `Bearer ${header}.${payload}.${signature.replace(/^./, (first) => (first === 'A' ? 'B' : 'A'))}`,
    'a changed payload': `Bearer ${header}.${base64url(claims({ sub: '8' }))}.${signature}`,
    'another secret': `Bearer ${forge(claims(), { secret: 'letaoSecret' })}`,
    'an empty secret': `Bearer ${forge(claims(), { secret: '' })}`,
    'alg none': `Bearer ${base64url({ alg: 'none' })}.${payload}.`,
    'alg none, with a signature': `Bearer ${forge(claims(), { header: { alg: 'none' } })}`,
    'alg HS384': `Bearer ${forge(claims(), { header: { alg: 'HS384' }, hash: 'sha384' })}`,
    'alg HS512': `Bearer ${forge(claims(), { header: { alg: 'HS512' }, hash: 'sha512' })}`,
    'alg HS512 signed as HS256': `Bearer ${forge(claims(), { header: { alg: 'HS512' } })}`,
    'alg hs256': `Bearer ${forge(claims(), { header: { alg: 'hs256' } })}`,
    'no alg': `Bearer ${forge(claims(), { header: {} })}`,
    'alg RS256': `Bearer ${jwt.sign(claims(), rsa, { algorithm: 'RS256' })}`,
    'no exp': `Bearer ${forge(claims({ exp: undefined }))}`,
    'exp null': `Bearer ${forge(claims({ exp: null }))}`,
    'exp as text': `Bearer ${forge(claims({ exp: String(now + HOURS) }))}`,
    'exp true': `Bearer ${forge(claims({ exp: true }))}`,
    'exp in a list': `Bearer ${forge(claims({ exp: [now + HOURS] }))}`,
    'exp in milliseconds as text': `Bearer ${forge(claims({ exp: '9e99' }))}`,
    'not yet valid': `Bearer ${forge(claims({ nbf: now + HOURS }))}`,
    'no sub': `Bearer ${forge(claims({ sub: undefined }))}`,
    'a payload that is a text': `Bearer ${forge('tom')}`,
    'a payload that is a list': `Bearer ${forge([claims()])}`,
    'a payload that is null': `Bearer ${forge(null)}`,
    'ten thousand letters': `Bearer ${'a'.repeat(10_000)}`,
    'a line break': `Bearer ${header}.\n${payload}.${signature}`,
  }
  for (const sub of [
    '0',
    '-1',
    '1.5',
    '1e3',
    '0x1',
    ' 7',
    '',
    'tom',
    '9'.repeat(20),
    0,
    -7,
    1.5,
    true,
    null,
    [7],
    {},
  ]) {
    wrong[`sub ${JSON.stringify(sub)}`] = `Bearer ${forge(claims({ sub }))}`
  }
  for (const [name, authorization] of Object.entries(wrong)) {
    const error = refusal(authorization)
    assert.equal(error.code, 'UNAUTHORIZED', name)
    assert.equal(error.headers['WWW-Authenticate'], 'Bearer', name)
    assert.ok(error.cause === undefined && error.data === undefined, name)
    assert.match(error.msg, /登录/, name)
  }
})

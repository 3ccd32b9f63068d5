import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { test } from 'node:test'
import { hashSecret, isLegacyHash, PASSWORD_COST, verifyLegacy, verifySecret } from '#shared/accounts'

/** The cost plays no part in these tests. */
const cheap = { N: 16, r: 1, p: 1 }

test('a hash opens for its password and for no other', async () => {
  const hash = await hashSecret('Letao123', cheap)
  assert.equal(await verifySecret('Letao123', hash), true)
  for (const other of ['letao123', 'Letao12', 'Letao1234', '', ' Letao123']) {
    assert.equal(await verifySecret(other, hash), false, other)
  }
})

test('two hashes of one password differ', async () => {
  assert.notEqual(await hashSecret('same', cheap), await hashSecret('same', cheap))
})

test('a hash tells its own cost, so that the cost can be raised later', async () => {
  const [scheme, N, r, p, salt, key] = (await hashSecret('x')).split('$')
  assert.deepEqual([scheme, Number(N), Number(r), Number(p)], ['scrypt', ...Object.values(PASSWORD_COST)])
  assert.equal(Buffer.from(salt ?? '', 'base64url').length, 16)
  assert.equal(Buffer.from(key ?? '', 'base64url').length, 32)
  assert.ok(await verifySecret('x', await hashSecret('x', { N: 32, r: 2, p: 2 })))
})

test('a hash fits the column that keeps it', async () => {
  assert.ok((await hashSecret('x'.repeat(128))).length <= 255)
})

test('a text that is no hash opens for nothing', async () => {
  const hash = await hashSecret('x', cheap)
  const [, , , , salt, key] = hash.split('$')
  for (const text of [
    '',
    'x',
    '$',
    `scrypt$16$1$1$${salt}$`,
    `bcrypt$16$1$1$${salt}$${key}`,
    `${hash}$`,
    `${hash}x`,
  ]) {
    assert.equal(await verifySecret('x', text), false, text)
  }
})

test('hashes of the Koa shop are told apart and verified', () => {
  const hash = createHash('md5').update('abc123letaoSecret').digest('hex')
  assert.ok(isLegacyHash(hash))
  assert.ok(isLegacyHash(hash.toUpperCase()))
  assert.ok(verifyLegacy('abc123', 'letaoSecret', hash))
  assert.ok(verifyLegacy('abc123', 'letaoSecret', hash.toUpperCase()))
  assert.equal(verifyLegacy('abc124', 'letaoSecret', hash), false)
  assert.equal(verifyLegacy('abc123', 'other', hash), false)
  for (const text of ['', 'abc123', hash.slice(1), `${hash}0`, `scrypt$16$1$1$x$${hash}`]) {
    assert.equal(isLegacyHash(text), false, text)
  }
})

import assert from 'node:assert/strict'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { isDuplicateKey } from '#shared/db'
import { AppError } from '#shared/errors'
import { isDeadlock, isRefused, translate } from '../../shared/db/faults.ts'
import { read } from '../helpers/source-tree.ts'

/** An error as the driver makes it of the server's packet. */
const serverError = (errno: number, message: string) => Object.assign(new Error(message), { errno })

const sql = readdirSync(join(import.meta.dirname, '../../sql'))
  .filter((name) => name.endsWith('.sql'))
  .map((name) => read(`sql/${name}`))
  .join('\n')
const uniqueKeys = [...sql.matchAll(/UNIQUE KEY (\w+)/g)].map(([, name]) => name as string)

describe('which unique key is taken', () => {
  assert.ok(uniqueKeys.includes('payorder_idempotency_key') && uniqueKeys.length >= 8, uniqueKeys.join())
  const [taken = ''] = uniqueKeys

  for (const name of uniqueKeys) {
    test(`${name} is recognised as a key, and not as a value`, () => {
      for (const key of [name, `payorder.${name}`]) {
        assert.equal(isDuplicateKey(serverError(1062, `Duplicate entry 'x' for key '${key}'`), name), true)
      }
      const other = name === taken ? uniqueKeys[1] : taken
      for (const value of [
        name,
        `9-${name}`,
        `${name}#1`,
        `' for key '${name}'`,
        `' for key 't.${name}' `,
        `\n${name}`,
      ]) {
        const error = serverError(1062, `Duplicate entry '${value}' for key '${other}'`)
        assert.equal(isDuplicateKey(error, name), false, value)
        assert.equal(isDuplicateKey(error, other), true, value)
        assert.equal(isDuplicateKey(error), true)
      }
      const longer = serverError(1062, `Duplicate entry 'x' for key '${name}_of_user'`)
      assert.equal(isDuplicateKey(longer, name), false)
      assert.equal(isDuplicateKey(serverError(1064, `for key '${name}'`), name), false)
    })
  }
})

test('what the server’s numbers say is never taken from its words', () => {
  const words = serverError(
    1054,
    "Unknown column 'ER_LOCK_DEADLOCK read-only KILL closed state' in 'field list'",
  )
  assert.equal(isDeadlock(words), false)
  assert.equal(isRefused(words), false)
  assert.equal(translate(words), words)
})

test('a server that refuses, is full, or is busy is DATABASE_UNAVAILABLE, and says when to come again', () => {
  const numbers = [
    3, 1020, 1021, 1026, 1030, 1040, 1041, 1047, 1114, 1129, 1203, 1205, 1213, 1226, 1290,
  ].concat([1317, 1461, 1792, 1836, 1969, 3024, 3101])
  for (const errno of numbers) {
    const error = translate(serverError(errno, 'whatever it says'))
    assert.ok(error instanceof AppError, String(errno))
    assert.equal(error.code, 'DATABASE_UNAVAILABLE')
    assert.match(error.headers['Retry-After'] ?? '', /^[1-9]\d*$/)
  }
})

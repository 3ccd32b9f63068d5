import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, type ErrorCode, errorTable } from '#shared/errors'
import { filesIn, read } from '../helpers/source-tree.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

test('no error is called success', () => {
  const statuses: (number | false)[] = codes.map((code) => errorTable[code].status)
  assert.ok(!statuses.includes(200))
})

test('every message is Chinese', () => {
  for (const code of codes) assert.match(errorTable[code].msg, /^[\p{Script=Han}，]+$/u, code)
})

/** The statuses of the contract whose functions are on their way. */
const later = ['RECORD_NOT_FOUND', 'STATE_CONFLICT', 'PRICE_CHANGED', 'SOLD_OUT', 'TOO_MANY_UNPAID']

test('every error of the table is thrown somewhere', () => {
  const source = [...filesIn('shared'), ...filesIn('functions')]
    .filter((file) => file !== 'shared/errors/errors.ts')
    .map(read)
    .join('\n')
  for (const code of codes) assert.ok(source.includes(`'${code}'`) || later.includes(code), code)
})

test('an error without a message of its own says what the table says', () => {
  for (const code of codes) {
    const { status, http, msg } = errorTable[code]
    const error = new AppError(code)
    assert.deepEqual([error.status, error.http, error.msg], [status, http, msg])
  }
})

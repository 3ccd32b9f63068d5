import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppError, type ErrorCode, errorTable } from '#shared/errors'
import { contractStatuses } from '../helpers/contract.ts'
import { codesIn, tableBelow } from '../helpers/markdown.ts'
import { filesIn, read } from '../helpers/source-tree.ts'

const codes = Object.keys(errorTable) as ErrorCode[]

test('docs/errors.md has a row for each error of the table, with the same status, HTTP status and message', () => {
  const rows = tableBelow(read('docs/errors.md'), /^# Errors/)
  const documented = rows.map(([code = '', status = '', http = '', msg = '']) => ({
    code: codesIn(code)[0],
    status: status.replaceAll('`', ''),
    http: Number(http),
    msg,
  }))

  const known = codes.map((code) => {
    const { status, http, msg } = errorTable[code]
    return { code, status: String(status), http, msg }
  })
  assert.deepEqual(documented, known)
})

test('each row of docs/errors.md says when it happens and what the caller does', () => {
  for (const [code, , , , when = '', then = ''] of tableBelow(read('docs/errors.md'), /^# Errors/)) {
    assert.ok(when.length >= 10, `${code}: when?`)
    assert.ok(then.length >= 5, `${code}: and then?`)
  }
})

test('the table has every status that callers rely on, each with its HTTP status, and no other', () => {
  const inTable = new Set(codes.map((code) => `${errorTable[code].status} ${errorTable[code].http}`))
  assert.deepEqual([...inTable].sort(), contractStatuses.map((pair) => pair.join(' ')).sort())
})

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

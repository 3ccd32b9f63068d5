import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createLogger, errorFields, type LogFields, maskMobile, redact } from '#shared/log'

function loggerInto(lines: string[], level: 'debug' | 'warn' = 'debug', secrets: string[] = []) {
  const base = { requestId: 'r1', function: 'login' }
  return createLogger({ level, base, secrets, write: (line) => void lines.push(line) })
}

test('a line is one flat JSON object', () => {
  const lines: string[] = []
  loggerInto(lines).info('invocation', { http: 200, route: '/login', note: 'a\nb"c', none: undefined })
  assert.equal(lines.length, 1)
  assert.match(lines[0] ?? '', /^\{.*\}\n$/)
  const { time, ...fields } = JSON.parse(lines[0] ?? '')
  assert.ok(!Number.isNaN(Date.parse(time)))
  assert.deepEqual(fields, {
    level: 'info',
    event: 'invocation',
    requestId: 'r1',
    function: 'login',
    http: 200,
    route: '/login',
    note: 'a\nb"c',
  })
})

test('what is below the level is not written', () => {
  const lines: string[] = []
  const log = loggerInto(lines, 'warn')
  log.debug('reconciled')
  log.info('invocation')
  log.warn('notify_forged')
  log.error('internal')
  assert.deepEqual(
    lines.map((line) => JSON.parse(line).event),
    ['notify_forged', 'internal'],
  )
})

test('secrets, tokens, credentials in URLs and the middle of mobiles are blotted out', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl-_x'
  const cases: [text: string, clean: string][] = [
    ['Bearer eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln', 'Bearer ***'],
    [`token=${token}&x`, 'token=***&x'],
    ['mysql://root:geheim@db.example:3306/letao', 'mysql://***@db.example:3306/letao'],
    ['at mysql://root:ge@heim@db.example/letao', 'at mysql://***@db.example/letao'],
    ['13800138000', '138****8000'],
    ['to 13800138000.', 'to 138****8000.'],
    ['+8613800138000', '+86138****8000'],
    ['8613800138000', '86138****8000'],
    ['0086 13800138000', '0086 138****8000'],
    ['008613800138000', '0086138****8000'],
    ['2026010108000012345678901', '2026010108000012345678901'],
    ['key is sesame-open', 'key is ***'],
    ['sesame-opensesame-open', '******'],
  ]
  for (const [text, clean] of cases) assert.equal(redact(text, ['sesame-open']), clean, text)
})

test('a secret that begins like another one is blotted out whole', () => {
  assert.equal(redact('abcdef-and-more', ['abcdef', 'abcdef-and-more']), '***')
})

test('whatever stands around a secret, a line never shows it', () => {
  const secret = fc.stringMatching(/^[\w!#$%&()+,./:;<=>?@^`{|}~-]{6,40}$/)
  fc.assert(
    fc.property(
      fc.string(),
      fc.array(secret, { minLength: 1, maxLength: 4 }),
      fc.string(),
      (before, secrets, after) => {
        const lines: string[] = []
        const text = [before, ...secrets, after].join(' ')
        loggerInto(lines, 'debug', secrets).error('internal', { text, errorMessage: secrets.join('') })
        const { text: shown, errorMessage } = JSON.parse(lines[0] ?? '')
        for (const each of secrets) {
          assert.equal(shown.includes(each), false)
          assert.equal(errorMessage.includes(each), false)
        }
      },
    ),
  )
})

test('an error becomes fields with its whole chain of causes', () => {
  const root = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' })
  const fields = errorFields(new Error('outer', { cause: new Error('inner', { cause: root }) }))
  assert.equal(fields.error, 'Error')
  assert.equal(fields.errorMessage, 'outer')
  assert.equal(fields.errorCause, 'Error: inner < Error ECONNREFUSED: connect ECONNREFUSED')
  assert.deepEqual(errorFields('text'), { error: 'text' })
  const flat: LogFields = fields
  assert.ok(Object.values(flat).every((value) => typeof value !== 'object'))
})

test('an error that is its own cause does not hang the logger', () => {
  const error = new Error('round')
  error.cause = error
  assert.ok(errorFields(error).errorMessage)
})

test('a mobile is shown by its ends', () => {
  assert.equal(maskMobile('13800138000'), '138****8000')
  assert.equal(maskMobile(''), '')
})

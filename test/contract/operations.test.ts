/** docs/operations.md against the code: what is logged, what is called, what is asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { errorTable } from '#shared/errors'
import { codesIn, tableBelow } from '../helpers/markdown.ts'
import { filesIn, read } from '../helpers/source-tree.ts'

const document = read('docs/operations.md')
const sourcesOf = (folder: string) => filesIn(folder).filter((file) => file.endsWith('.ts'))
const sources = [...sourcesOf('functions'), ...sourcesOf('shared')]

type Level = 'debug' | 'info' | 'warn' | 'error'

/** What stands in the place of a name that is put together, with its level. */
function composed(text: string): [level: Level, event: string][] {
  if (/log\.\w+\(`payment_\$\{verdict\}`/.test(text)) {
    const [, list = ''] = /refusals[^=]*= new Set<Refusal>\(\[([^\]]*)\]/.exec(text) ?? []
    const refusals = [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)
    const [, report = ''] = text.split('function report(')
    const compared = [...report.matchAll(/verdict === '(\w+)'/g)].map(([, name = '']) => name)
    return [...new Set([...refusals, ...compared])]
      .filter((name) => name !== 'not_paid')
      .map((name) => {
        const isGood = compared.includes(name) && !name.startsWith('paid_')
        return [isGood ? 'info' : 'error', `payment_${name}`]
      })
  }
  if (/log\.info\(`refund_\$\{to\.toLowerCase\(\)\}`/.test(text)) {
    const [, list = ''] = /PROCESSING: \[([^\]]*)\]/.exec(text) ?? []
    const names = [...list.matchAll(/'(\w+)'/g)].map(([, name = '']) => name)
    return names.filter((name) => name !== 'CHANGE').map((name) => ['info', `refund_${name.toLowerCase()}`])
  }
  if (text.includes('log.error(error.code.toLowerCase()')) {
    return Object.entries(errorTable)
      .filter(([, { http }]) => http >= 500)
      .map(([code]) => ['error', code.toLowerCase()])
  }
  return []
}

/** Every event that the code writes: `log.warn('name'`, `log.error(condition ? 'one' : 'other'`, and composed names. */
function logged(): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>()
  const add = (event: string, level: string) => found.set(event, (found.get(event) ?? new Set()).add(level))
  let unread = 0
  for (const file of sources) {
    const text = read(file)
    for (const [, level = '', argument = ''] of text.matchAll(/\blog\.(debug|info|warn|error)\(([^,)]*)/g)) {
      const names = [...argument.matchAll(/'([a-z][a-z0-9_]*)'/g)].map(([, name = '']) => name)
      for (const name of names) add(name, level)
      if (names.length === 0) unread += 1
    }
    for (const [level, event] of composed(text)) {
      add(event, level)
    }
  }
  // `payment_${verdict}` three times, `refund_${to}` once, the code of a fault once.
  assert.equal(unread, 5, 'a name is put together in a way that this test does not know')
  for (const file of sourcesOf('scf/web')) {
    for (const [, level = '', event = ''] of read(file).matchAll(/level: '(\w+)', event: '(\w+)'/g))
      add(event, level)
  }
  return found
}

const rows = tableBelow(document, /^## Log events/)
const documented = new Map(rows.map(([event = '', level = '']) => [codesIn(event)[0] ?? '', level]))

test('the table of log events has every event of the code, and no other', () => {
  assert.deepEqual([...documented.keys()].sort(), [...logged().keys()].sort())
  assert.equal(documented.size, rows.length, 'no event has two rows')
})

test('the table of log events says the level that the code uses', () => {
  for (const [event, levels] of logged()) assert.ok(levels.has(documented.get(event) ?? ''), event)
})

test('every error has an alarm and something to do', () => {
  for (const [event = '', level, , , alarm, todo] of rows) {
    assert.match(alarm ?? '', /^(now|day|rate|–)$/, event)
    if (level === 'error') assert.ok(alarm !== '–' && todo !== '', event)
  }
})

test('the deploy key’s list has every action that the plugin calls, and no other', () => {
  const called = new Set(
    sourcesOf('scf/plugin').flatMap((file) =>
      [
        ...read(file).matchAll(
          /'((?:Get|List|Describe|Search|Create|Update|Delete|Publish|Invoke)[A-Z]\w+(?<!Failed))'/g,
        ),
      ].map(([, action = '']) => action),
    ),
  )
  const listed = tableBelow(document, /^## What the deploy key/).flatMap(([, actions = '']) =>
    codesIn(actions),
  )
  assert.deepEqual([...listed].sort(), [...called].sort())
})

test('every function that ops invoke and every timer has its chapter', () => {
  const { functions } = parse(read('serverless.yml'), { merge: true }) as {
    functions: Record<string, { events?: { http?: object }[] }>
  }
  const silent = Object.entries(functions)
    .filter(([, { events = [] }]) => !events.some(({ http }) => http))
    .map(([name]) => name)
    .filter((name) => !document.includes(`\n### ${name}\n`))
  assert.deepEqual(silent, [])
})

test('the file of values has everything that a function of serverless.yml cannot work without', () => {
  const [, values = ''] = /\*\*11\. Values\.\*\*[\s\S]*?```sh\n([\s\S]*?)```/.exec(document) ?? []
  const given = new Set([...values.matchAll(/^(\w+)=/gm)].map(([, name]) => name))
  const needed = [...read('serverless.yml').matchAll(/\$\{env:(\w+), ''\}/g)].map(([, name = '']) => name)
  const unknown = [...given].filter((name) => !needed.includes(name ?? ''))
  assert.deepEqual(unknown, [], 'each value reaches serverless.yml')
  for (const name of [
    'DATABASE_URL',
    'JWT_SECRET',
    'WX_APPID',
    'WX_MCH_ID',
    'WX_API_KEY',
    'WX_NOTIFY_URL',
    'WX_CERT_PEM',
  ])
    assert.ok(given.has(name), name)
})

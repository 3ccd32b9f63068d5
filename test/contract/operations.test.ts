/** docs/operations.md against the code: what is logged, what is called, what is asked for. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'yaml'
import { type LogEvent, logEvents } from '#shared/log'
import { logEventOf, type Verdict, verdicts } from '#shared/payment/ledger'
import { codesIn, tableBelow } from '../helpers/markdown.ts'
import { filesIn, read } from '../helpers/source-tree.ts'

const document = read('docs/operations.md')
const sourcesOf = (folder: string) => filesIn(folder).filter((file) => file.endsWith('.ts'))
const sources = [...sourcesOf('functions'), ...sourcesOf('shared')]

test('every event of the table is written somewhere', () => {
  const source = [
    ...sources.filter((file) => !file.startsWith('shared/log/events/')),
    ...sourcesOf('scf/web'),
  ]
    .map(read)
    .join('\n')
  const ofVerdicts = Object.keys(verdicts).map((verdict) => logEventOf(verdict as Verdict)?.event)
  const silent = Object.keys(logEvents).filter(
    (event) => !source.includes(`'${event}'`) && !ofVerdicts.includes(event as LogEvent),
  )
  assert.deepEqual(silent, [])
})

test('what becomes of a payment is logged at the level of the table', () => {
  for (const verdict of Object.keys(verdicts) as Verdict[]) {
    const told = logEventOf(verdict)
    if (told) assert.equal(told.level, logEvents[told.event].level, verdict)
  }
})

test('every error has something to do', () => {
  for (const [event, row] of Object.entries(logEvents)) {
    if (row.level === 'error') assert.ok('todo' in row, event)
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
  const [, values = ''] = /\*\*12\. Values\.\*\*[\s\S]*?```sh\n([\s\S]*?)```/.exec(document) ?? []
  const given = new Set([...values.matchAll(/^(\w+)=/gm)].map(([, name]) => name))
  const needed = [...read('serverless.yml').matchAll(/\$\{env:(\w+), ''\}/g)].map(([, name = '']) => name)
  const unknown = [...given].filter((name) => !needed.includes(name ?? ''))
  assert.deepEqual(unknown, [], 'each value reaches serverless.yml')
  for (const name of [
    'DATABASE_URL',
    'JWT_SECRET',
    'ADMIN_JWT_SECRET',
    'WX_APPID',
    'WX_MCH_ID',
    'WX_API_KEY',
    'WX_NOTIFY_URL',
    'WX_CERT_PEM',
    'COS_BUCKET_URL',
  ])
    assert.ok(given.has(name), name)
})

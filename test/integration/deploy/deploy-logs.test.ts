/** `serverless logs` through the real command line: what a line shows, for people and for programs, and what it hides. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { after, before, beforeEach, test } from 'node:test'
import { textOf, toLine } from '../../../scf/plugin/logs/line.ts'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { apiEnvironment, Fixture, repository } from '../../helpers/deploy-fixture.ts'

const secret = 'a-secret-that-nobody-may-ever-print'
const requestId = 'b1946ac9-2491-4f2c-9d5e-0123456789ab'
let plane: FakePlane
let fixture: Fixture

before(async () => {
  plane = await FakePlane.start()
  fixture = new Fixture()
  await fixture.deploy(plane)
})

beforeEach(() => {
  plane.logs.length = 0
  plane.reset()
})

after(async () => {
  await plane.stop()
  fixture.remove()
})

function writeLog(message: string, key = 'login', fields: Record<string, string> = {}): void {
  plane.logs.push({
    topic: 'default-topic',
    time: Date.now(),
    fields: {
      SCF_Namespace: 'letao-dev',
      SCF_FunctionName: `letao-dev-${key}`,
      SCF_RequestId: requestId,
      SCF_Message: message,
      SCF_Type: 'Custom',
      SCF_StatusCode: '200',
      SCF_Qualifier: '1',
      SCF_RetryNum: '0',
      ...fields,
    },
  })
}

async function logs(...args: string[]): Promise<string[]> {
  const { code, stdout, text } = await fixture.cli(plane, ['logs', ...args])
  assert.equal(code, 0, text)
  assert.doesNotMatch(text, /nobody-may-ever-print|eyJ|hunter2/)
  return stdout.trim().split('\n')
}

test('a line has Beijing time, level, status, version, retry and the full request id; more than a page is shown', async () => {
  for (let line = 1; line <= 150; line += 1)
    writeLog(`{"level":"info","event":"line","requestId":"${requestId}","number":${line}}`)
  writeLog('{"level":"error","event":"job_failed"}', 'login', {
    SCF_StatusCode: '500',
    SCF_Qualifier: '$LATEST',
    SCF_RetryNum: '2',
  })
  writeLog('no JSON,\nin two lines')
  writeLog('{"event":"other function"}', 'feeds')
  const now = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 10)
  const lines = await logs('-f', 'login')
  assert.equal(lines.length, 152)
  assert.match(
    lines[0] ?? '',
    /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{3} info {2}200 v1 b1946ac9-\S+ line number=1$/,
  )
  // A night in Beijing ends eight hours before one in Greenwich; at midnight either day is right.
  assert.ok(Math.abs(Date.parse(lines[0]?.slice(0, 10) ?? '') - Date.parse(now)) <= 86_400_000)
  assert.match(lines[150] ?? '', new RegExp(` error 500 \\$LATEST retry 2 ${requestId} job_failed$`))
  assert.match(lines[151] ?? '', /no JSON, ↵ in two lines$/)
})

test('the time of a line is Beijing’s', () => {
  const line = toLine({ Time: Date.UTC(2026, 10, 26, 18, 30, 5, 7), LogJson: '{"SCF_Message":"x"}' })
  const view = { keyOf: (name: string) => name, keyWidth: 0, isColoured: false, hidden: [] }
  assert.equal(textOf(line, view), '2026-11-27 02:30:05.007 -       - - - x')
})

test('without -f all functions are shown at once, named, in the order of time, and no others', async () => {
  writeLog('{"level":"info","event":"first"}', 'feeds')
  writeLog('{"level":"info","event":"second"}', 'reconcile')
  writeLog('{"level":"info","event":"third"}', 'feeds')
  writeLog('{"level":"info","event":"somebody else"}', 'elsewhere')
  const lines = await logs()
  assert.deepEqual(
    lines.map((line) => line.replace(/^\S+ \S+ (\S+) .* (\S+)$/, '$1 $2')),
    ['feeds first', 'reconcile second', 'feeds third'],
  )
  assert.equal(plane.counts().SearchLog, 1)
})

test('the platform’s own lines are shown on demand only', async () => {
  writeLog(`START RequestId: ${requestId}`, 'login', { SCF_Type: 'Platform' })
  writeLog('{"level":"info","event":"ours"}')
  writeLog(`Response RequestId:${requestId} RetMsg:"x"`, 'login', { SCF_Type: '' })
  assert.equal((await logs('-f', 'login')).length, 1)
  const lines = await logs('-f', 'login', '--platform')
  assert.equal(lines.length, 3)
  assert.match(lines[0] ?? '', / scf {3}200 v1 \S+ START RequestId:/)
})

test('--json gives one object a line', async () => {
  writeLog(`{"level":"warn","event":"bad","secret":"${secret}","n":[1,"${secret}"]}`)
  writeLog('plain')
  const [first, second] = (await logs('--json')).map((line) => JSON.parse(line) as Record<string, unknown>)
  assert.match(String(first?.time), /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+08:00$/)
  assert.deepEqual(
    { ...first, time: '' },
    {
      time: '',
      function: 'login',
      level: 'warn',
      status: 200,
      version: '1',
      retry: 0,
      requestId,
      platform: false,
      fields: { level: 'warn', event: 'bad', secret: '***', n: [1, '***'] },
    },
  )
  assert.equal(second?.message, 'plain')
})

test('secrets, tokens, passwords and keys are masked', async () => {
  writeLog(`{"event":"bad","secret":"${secret}"}`)
  writeLog('{"event":"token","token":"eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2lnbmF0dXJl"}')
  writeLog('{"event":"url","url":"mysql://shop:hunter2hunter2@10.0.0.2/letao"}')
  writeLog('{"event":"key","pem":"-----BEGIN PRIVATE KEY-----MIIhunter2","after":"kept"}')
  const lines = await logs('-f', 'login')
  assert.match(lines[0] ?? '', /bad secret=\*\*\*$/)
  assert.match(lines[3] ?? '', /pem=\*\*\* after=kept$/)
})

test('what moves a terminal’s cursor, or turns text round, is shown and does nothing', async () => {
  writeLog(JSON.stringify({ event: 'odd', name: '\u001b[2J\u001b]0;title\u0007\u202egnp' }))
  writeLog('plain \u001b[31mred\u009b2J')
  const lines = await logs('-f', 'login')
  assert.match(lines[0] ?? '', /name=\\u001b\[2J\\u001b\]0;title\\u0007\\u202egnp$/)
  assert.match(lines[1] ?? '', /plain \\u001b\[31mred\\u009b2J$/)
})

test('a line that the log service split into its fields is put together again', () => {
  const record = { SCF_FunctionName: 'f', SCF_RequestId: requestId, level: 'info', event: 'split', n: 1 }
  const { content, level } = toLine({ LogJson: JSON.stringify(record) })
  assert.deepEqual([content, level], [{ level: 'info', event: 'split', n: 1 }, 'info'])
})

test('colour is for a terminal: errors red there, none in a pipe', async () => {
  const fields = { SCF_Message: '{"level":"error","event":"bad"}' }
  const line = toLine({ LogJson: JSON.stringify(fields) })
  const view = { keyOf: (name: string) => name, keyWidth: 0, isColoured: true, hidden: [] }
  assert.ok(textOf(line, view).includes('\u001b[31merror\u001b[0m'))
  writeLog(fields.SCF_Message)
  assert.ok(!(await logs('-f', 'login')).join().includes('\u001b'))
})

test('an empty log says from when on it looked, a stage that was never deployed that it is not there', async () => {
  writeLog('{"event":"elsewhere"}', 'elsewhere')
  const empty = await fixture.cli(plane, ['logs', '-f', 'login', '--startTime', '2026-11-22T00:00+08:00'])
  assert.equal(empty.code, 0, empty.text)
  assert.match(empty.text, /Nothing since 2026-11-22 00:00:00 \(Beijing\)/)
  const missing = await fixture.cli(plane, ['logs', '--stage', 'never'])
  assert.equal(missing.code, 1)
  assert.match(missing.text, /stage never is not deployed/)
})

test('--tail shows what comes later, once each, and ends well with Ctrl-C', async () => {
  writeLog('{"event":"first"}')
  const child = spawn(
    process.execPath,
    [join(repository, 'node_modules/.bin/serverless'), 'logs', '-f', 'login', '--tail', '--interval', '100'],
    {
      cwd: fixture.directory,
      env: { PATH: process.env.PATH, HOME: process.env.HOME, ...apiEnvironment(plane) },
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve))
  let text = ''
  const shown = async (part: string) => {
    while (!text.includes(part))
      text += String((await new Promise((r) => child.stdout.once('data', r))) ?? '')
  }
  await shown('first')
  writeLog(`{"event":"second","secret":"${secret}"}`)
  await shown('second')
  child.kill('SIGINT')
  assert.equal(await ended, 0)
  assert.equal(text.trim().split('\n').length, 2, text)
  assert.ok(!text.includes(secret))
})

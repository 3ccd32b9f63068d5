import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import {
  type CloudFunction,
  createFunction,
  type FunctionOptions,
} from '../../../scf/emulator/runtime/function.ts'
import { writeFunctions } from '../../helpers/fixture-function.ts'

const functionOf = (
  t: TestContext,
  source: string,
  options: Partial<FunctionOptions> = {},
): CloudFunction => {
  const codeDir = `${writeFunctions({ fixture: source })}/fixture`
  const fixture = createFunction({ name: 'fixture', codeDir, timeoutSec: 60, ...options })
  t.after(() => fixture.close())
  return fixture
}

test('passes the event as JSON and gives the result of a promise back', async (t) => {
  const echo = functionOf(t, 'exports.main_handler = async (event) => ({ got: event })')
  const { result, error } = await echo.invoke({ text: '乐淘', when: new Date(0), nothing: undefined })
  assert.equal(error, undefined)
  assert.deepEqual(result, { got: { text: '乐淘', when: '1970-01-01T00:00:00.000Z' } })
})

test('understands a callback and a plain return value', async (t) => {
  const byCallback = functionOf(
    t,
    "exports.main_handler = (e, c, done) => { setTimeout(done, 1, null, 'late') }",
  )
  const byValue = functionOf(t, "exports.main_handler = () => 'now'")
  const nothing = functionOf(t, 'exports.main_handler = async () => {}')
  assert.equal((await byCallback.invoke({})).result, 'late')
  assert.equal((await byValue.invoke({})).result, 'now')
  assert.equal((await nothing.invoke({})).result, null)
})

test('shows a function the declared environment, the platform’s, and nothing of ours', async (t) => {
  process.env.LETAO_FOREIGN = 'x'
  process.env.NODE_PATH = '/nowhere'
  t.after(() => {
    delete process.env.LETAO_FOREIGN
    delete process.env.NODE_PATH
  })
  const source =
    'exports.main_handler = async () => ({ env: process.env, cwd: process.cwd(), send: typeof process.send })'
  const fixture = functionOf(t, source, { env: { DATABASE_URL: 'mysql://u:p@127.0.0.1/d' } })
  const { env, cwd, send } = (await fixture.invoke({})).result as {
    env: Record<string, string>
    cwd: string
    send: string
  }
  assert.equal(env.DATABASE_URL, 'mysql://u:p@127.0.0.1/d')
  assert.equal(env.TENCENTCLOUD_RUNENV, 'SCF')
  assert.equal(env.SCF_FUNCTIONNAME, 'fixture')
  assert.equal(env.TZ, 'UTC')
  assert.equal(env.USER_CODE_ROOT, cwd)
  const known = /^(DATABASE_URL|PATH|LANG|TZ|USER_CODE_ROOT|SCF_.*|TENCENTCLOUD_.*)$/
  assert.deepEqual(
    Object.keys(env).filter((name) => !known.test(name)),
    [],
  )
  assert.equal(send, 'undefined')
})

test('gives the context the documented fields', async (t) => {
  const source = 'exports.main_handler = async (event, context) => context'
  const fixture = functionOf(t, source, {
    env: { A_KEY: 'one', B_KEY: 'two' },
    timeoutSec: 7,
    namespace: 'shop',
  })
  const context = (await fixture.invoke({}, { requestId: 'request-1' })).result as Record<string, unknown>
  assert.equal(context.request_id, 'request-1')
  assert.equal(context.function_name, 'fixture')
  assert.equal(context.time_limit_in_ms, 7000)
  assert.equal(context.namespace, 'shop')
  assert.equal(context.environ, 'SCF_NAMESPACE=shop;A_KEY=one;B_KEY=two')
  assert.deepEqual(JSON.parse(String(context.environment)), {
    SCF_NAMESPACE: 'shop',
    A_KEY: 'one',
    B_KEY: 'two',
  })
})

test('refuses an environment that the platform refuses', () => {
  const make = (env: Record<string, string>) => () => createFunction({ name: 'fixture', codeDir: '.', env })
  assert.throws(make({ SCF_REGION: 'x' }), /SCF_REGION: the prefix is reserved/)
  assert.throws(make({ '1ABC': 'x' }), /starts with a letter/)
  assert.throws(make({ BIG: 'x'.repeat(4096) }), /4099 bytes, the platform allows 4096/)
})

test('finds no package that was left out of the bundle', async (t) => {
  const fixture = functionOf(t, "require('mysql2'); exports.main_handler = async () => 1")
  const { error } = await fixture.invoke({})
  assert.match(error?.message ?? '', /Cannot find module 'mysql2'/)
})

test('reports a thrown error and keeps the instance', async (t) => {
  const source =
    "exports.main_handler = async (e) => { if (e.bad) throw new Error('no stock'); return process.pid }"
  const fixture = functionOf(t, source)
  const before = await fixture.invoke({})
  const { error } = await fixture.invoke({ bad: true })
  const after = await fixture.invoke({})
  assert.equal(error?.status, 430)
  assert.equal(error?.message, 'no stock')
  assert.match(error?.stack ?? '', /main_handler/)
  assert.equal(before.result, after.result)
  assert.deepEqual([before.coldStart, after.coldStart], [true, false])
})

test('ends an invocation that takes longer than its time, and replaces the instance', async (t) => {
  const source = 'exports.main_handler = async (e) => { while (e.hang); return process.pid }'
  const fixture = functionOf(t, source, { timeoutSec: 1 })
  const [pid] = [(await fixture.invoke({})).result]
  const { error } = await fixture.invoke({ hang: true })
  assert.equal(error?.status, 433)
  const next = await fixture.invoke({})
  assert.equal(next.coldStart, true)
  assert.notEqual(next.result, pid)
})

test('reports a crash while a request runs, and replaces the instance', async (t) => {
  const source = `exports.main_handler = async (e) => {
    if (e.how === 'exit') process.exit(3)
    if (e.how === 'throw') setTimeout(() => { throw new Error('later') }, 1)
    return e.how ? new Promise((resolve) => setTimeout(resolve, 60000)) : 'well'
  }`
  const lines: string[] = []
  const fixture = functionOf(t, source, { onLog: ({ text }) => lines.push(text) })
  assert.match((await fixture.invoke({ how: 'exit' })).error?.message ?? '', /exit code 3/)
  assert.equal((await fixture.invoke({ how: 'throw' })).error?.status, 439)
  assert.ok(lines.some((line) => line.includes('Error: later')))
  assert.equal((await fixture.invoke({})).result, 'well')
})

test('answers a request whose instance is killed from outside', async (t) => {
  const source =
    'exports.main_handler = () => { console.log("begun"); return new Promise(() => setInterval(() => {}, 1000)) }'
  let begun = () => {}
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const fixture = functionOf(t, source, { onLog: begun })
  const invocation = fixture.invoke({})
  await hasBegun
  process.kill(fixture.instances[0] as number, 'SIGKILL')
  const { error } = await invocation
  assert.equal(error?.status, 439)
  assert.match(error?.message ?? '', /SIGKILL/)
  assert.deepEqual(fixture.instances, [])
})

test('refuses requests and responses over 6 MB', async (t) => {
  const source = "exports.main_handler = async (e) => e.size ? 'y'.repeat(e.size) : e.text.length"
  const fixture = functionOf(t, source)
  const limit = 6 * 1024 * 1024
  assert.equal((await fixture.invoke({ text: 'x'.repeat(limit) })).error?.status, 406)
  assert.equal((await fixture.invoke({ text: 'x'.repeat(limit - 100) })).result, limit - 100)
  assert.equal((await fixture.invoke({ size: limit })).error?.status, 407)
  assert.equal(String((await fixture.invoke({ size: limit - 2 })).result).length, limit - 2)
})

test('serves one request at a time in an instance, and several in as many as allowed', async (t) => {
  const source = `let now = 0
  exports.main_handler = async () => {
    const seen = ++now
    await new Promise((resolve) => setTimeout(resolve, 30))
    now--
    return { seen, pid: process.pid }
  }`
  const fixture = functionOf(t, source, { maxInstances: 3 })
  const answers = await Promise.all(Array.from({ length: 12 }, () => fixture.invoke({})))
  const results = answers.map(({ result }) => result as { seen: number; pid: number })
  assert.deepEqual(new Set(results.map(({ seen }) => seen)), new Set([1]))
  assert.ok(new Set(results.map(({ pid }) => pid)).size <= 3)
  assert.ok(fixture.instances.length <= 3)
})

test('keeps an instance busy while its event loop is not empty, unless it asks not to', async (t) => {
  const source = `exports.main_handler = async (event, context) => {
    context.callbackWaitsForEmptyEventLoop = event.waits
    setTimeout(() => {}, 60000)
    return process.pid
  }`
  const lines: string[] = []
  const options = { timeoutSec: 1, maxInstances: 1, onLog: ({ text }: { text: string }) => lines.push(text) }
  const fixture = functionOf(t, source, options)
  const first = await fixture.invoke({ waits: false })
  const second = await fixture.invoke({ waits: true })
  const third = await fixture.invoke({ waits: false })
  assert.equal(first.result, second.result)
  assert.notEqual(third.result, second.result, 'the instance timed out although it had answered')
  assert.ok(lines.some((line) => line.includes('its event loop was not empty')))
})

test('is idle again as soon as the event loop of an instance is empty', async (t) => {
  const source = `exports.main_handler = async () => { setTimeout(() => {}, 10); return process.pid }`
  const fixture = functionOf(t, source, { maxInstances: 1 })
  const first = await fixture.invoke({})
  const second = await fixture.invoke({})
  assert.equal(first.result, second.result)
})

test('hands on what a function writes, line by line with the request', async (t) => {
  const source = `exports.main_handler = async () => { process.stdout.write('{"a":1}\\nhalf'); console.error('oh'); process.stdout.write(' 乐\\n') }`
  const lines: unknown[] = []
  const fixture = functionOf(t, source, {
    onLog: ({ stream, text, requestId }) => lines.push([stream, text, requestId]),
  })
  await fixture.invoke({}, { requestId: 'r1' })
  await fixture.close()
  const [out, err] = ['stdout', 'stderr'].map((name) =>
    lines.filter((line) => (line as string[])[0] === name),
  )
  assert.deepEqual(out, [
    ['stdout', '{"a":1}', 'r1'],
    ['stdout', 'half 乐', 'r1'],
  ])
  assert.deepEqual(err, [['stderr', 'oh', 'r1']])
})

test('ends its instances with the process that runs them, also when that one is killed', async () => {
  const { spawn } = await import('node:child_process')
  const codeDir = `${writeFunctions({ fixture: 'exports.main_handler = async () => process.pid' })}/fixture`
  const script = `import { createFunction } from ${JSON.stringify(new URL('../../../scf/emulator/runtime/function.ts', import.meta.url).href)}
    const fixture = createFunction({ name: 'fixture', codeDir: ${JSON.stringify(codeDir)} })
    console.log((await fixture.invoke({})).result)
    setInterval(() => {}, 1000)`
  const runner = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '-e', script], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [chunk] = await once(runner.stdout, 'data')
  const pid = Number(String(chunk))
  runner.kill('SIGKILL')
  await once(runner, 'exit')
  const { isAlive } = await import('../../../local/lock.mjs')
  while (isAlive(pid)) await new Promise((resolve) => setTimeout(resolve, 10))
})

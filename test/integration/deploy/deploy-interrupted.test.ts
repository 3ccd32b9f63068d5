/** Processes that are ended from outside: the command line in the middle of a deploy, a web function in the middle of a request. */
import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { test } from 'node:test'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { apiEnvironment, Fixture, repository } from '../../helpers/deploy-fixture.ts'
import { startWebPackage } from '../../helpers/package-runner.ts'

/** Runs a deploy that is killed, with no chance to tidy up, when the given writing call was carried out. */
async function killedAt(fixture: Fixture, plane: FakePlane, action: string, count: number): Promise<void> {
  const child = spawn(process.execPath, [join(repository, 'node_modules/.bin/serverless'), 'deploy'], {
    cwd: fixture.directory,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, ...apiEnvironment(plane) },
    stdio: 'ignore',
  })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => {
    child.once('close', (_code, signal) => resolve(signal))
  })
  plane.reshape = (called, answer) => {
    if (called === action && plane.counts()[action] === count) child.kill('SIGKILL')
    return answer
  }
  assert.equal(await ended, 'SIGKILL', `the deploy came to ${action}`)
  plane.reshape = (_action, answer) => answer
}

test('a first deploy whose process is killed is finished by the next, wherever it was', async () => {
  for (const [action, count] of [
    ['CreateFunction', 2],
    ['PublishVersion', 3],
    ['UpdateAlias', 2],
    ['CreateCustomDomain', 1],
  ] as const) {
    const plane = await FakePlane.start()
    const fixture = new Fixture()
    try {
      await killedAt(fixture, plane, action, count)
      await fixture.deploy(plane)
      const functions = [...plane.region().functions.values()]
      assert.equal(functions.length, 4, action)
      for (const fn of functions) assert.equal(fn.aliases.get('$DEFAULT')?.FunctionVersion, '1', action)
      assert.equal(plane.region().domains.get('shop.example.com')?.EndpointsConfig.length, 7, action)
      plane.reset()
      await fixture.deploy(plane)
      assert.deepEqual(plane.counts(plane.writes), {}, action)
    } finally {
      await plane.stop()
      fixture.remove()
    }
  }
})

/** After SIGTERM the platform waits so long before it kills. */
const platformGraceMs = 5000

test('a web function whose request never ends still exits by itself within the platform’s five seconds', async () => {
  const plane = await FakePlane.start()
  const fixture = new Fixture()
  try {
    fixture.code(
      'login',
      `(event as { path: string }).path === '/wait' ? new Promise(() => {}) : { statusCode: 200, headers: {}, body: 'ok' }`,
    )
    await fixture.deploy(plane)
    const fn = plane.region().functions.get('letao-dev/letao-dev-login')
    assert.ok(fn)
    const web = await startWebPackage(fn, fn.latest)
    const waiting = fetch(`${web.url}/wait`).then(
      () => 'answered',
      () => 'broken off',
    )
    assert.equal(await (await fetch(`${web.url}/login`)).text(), 'ok', 'another request is served meanwhile')
    const kill = setTimeout(() => web.kill(), platformGraceMs)
    assert.equal(await web.stop(), 0, 'it was not killed')
    clearTimeout(kill)
    assert.equal(await waiting, 'broken off')
    web.kill()
  } finally {
    await plane.stop()
    fixture.remove()
  }
})

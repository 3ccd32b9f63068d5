/** The life of a release through the real command line, against the fake control plane. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { type CliResult, Fixture } from '../../helpers/deploy-fixture.ts'

const secret = 'a-secret-that-nobody-may-ever-print'
let plane: FakePlane
let fixture: Fixture

before(async () => {
  plane = await FakePlane.start()
  fixture = new Fixture()
})

after(async () => {
  await plane.stop()
  fixture.remove()
})

/** Runs a command that must succeed, on a fresh count of calls. */
async function serverless(...args: string[]): Promise<CliResult> {
  plane.reset()
  const result = await fixture.cli(plane, args)
  assert.equal(result.code, 0, result.text)
  assert.ok(!result.text.includes(secret), 'a secret was printed')
  return result
}

const alias = (key: string) =>
  plane.region().functions.get(`letao-dev/letao-dev-${key}`)?.aliases.get('$DEFAULT')
const version = (key: string) => alias(key)?.FunctionVersion
const canary = (key: string) => alias(key)?.weights[0]

test('a release goes from the first deploy over canary and rollback to its removal', async (t) => {
  await t.test('--plan tells what a first deploy would do and writes nothing', async () => {
    const { stdout } = await serverless('deploy', '--plan')
    assert.match(stdout, /namespace: create/)
    assert.match(stdout, /login: create/)
    assert.match(stdout, /shop\.example\.com: map \/login/)
    assert.equal(plane.writes.length, 0)
  })

  await t.test('the first deploy makes everything and ends with the URLs', async () => {
    const { stdout } = await serverless('deploy')
    assert.deepEqual(plane.counts(plane.writes), {
      CreateNamespace: 1,
      CreateFunction: 4,
      PublishVersion: 4,
      UpdateAlias: 4,
      CreateTrigger: 3,
      UpdateFunctionEventInvokeConfig: 1,
      CreateCustomDomain: 1,
    })
    assert.match(stdout, /feeds: https:\/\/1250000000-url\w+\.ap-guangzhou\.tencentscf\.com/)
    assert.match(stdout, /shop: https:\/\/shop\.example\.com/)
    const { EndpointsConfig } = plane.region().domains.get('shop.example.com') ?? { EndpointsConfig: [] }
    assert.deepEqual(
      EndpointsConfig.map(({ PathMatch, FunctionName, Qualifier }) =>
        [PathMatch, FunctionName, Qualifier].join(' '),
      ),
      [
        '/bannerList letao-dev-feeds $DEFAULT',
        '/bannerList/* letao-dev-feeds $DEFAULT',
        '/banners letao-dev-feeds $DEFAULT',
        '/banners/* letao-dev-feeds $DEFAULT',
        '/login letao-dev-login $DEFAULT',
        '/login/* letao-dev-login $DEFAULT',
        '/wx/list letao-dev-feeds $DEFAULT',
      ],
    )
  })

  await t.test('migrate ran once, by its version number, before any traffic moved', () => {
    const actions = plane.calls.map(({ action }) => action)
    const invoked = plane.calls.filter(({ action }) => action === 'InvokeFunction')
    assert.deepEqual(
      invoked.map(({ request }) => [request.FunctionName, request.Qualifier]),
      [['letao-dev-migrate', '1']],
    )
    assert.ok(actions.indexOf('InvokeFunction') < actions.indexOf('UpdateAlias'))
    assert.ok(actions.indexOf('InvokeFunction') > actions.lastIndexOf('PublishVersion'))
  })

  await t.test('the second deploy makes no write call', async () => {
    const { stderr } = await serverless('deploy')
    assert.equal(plane.writes.length, 0)
    assert.equal(plane.invocations.length, 0)
    assert.match(stderr, /0 deployed, 4 unchanged/)
  })

  await t.test('of one changed function the others are left alone', async () => {
    fixture.code('feeds', `{ statusCode: 200, headers: {}, body: 'second' }`)
    await serverless('deploy')
    assert.deepEqual(
      [...new Set(plane.writes.map(({ request }) => request.FunctionName))],
      ['letao-dev-feeds'],
    )
    assert.equal(version('feeds'), '2')
    assert.equal(version('login'), '1')
  })

  await t.test('a changed environment is published without new code', async () => {
    fixture.config.provider.environment = { GREETING: 'good morning' }
    fixture.write()
    const plan = await serverless('deploy', '--plan')
    assert.match(plan.stdout, /login: update configuration: environment ~GREETING/)
    assert.doesNotMatch(plan.stdout, /good morning/)
    await serverless('deploy')
    assert.equal(plane.counts().UpdateFunctionCode, undefined)
    assert.equal(plane.counts().UpdateFunctionConfiguration, 4)
    assert.equal(version('login'), '2')
    await serverless('deploy')
    assert.equal(plane.writes.length, 0)
  })

  await t.test('deploy -f deploys one function only', async () => {
    fixture.code('feeds', `{ statusCode: 200, headers: {}, body: 'third' }`)
    fixture.code('login', `{ statusCode: 200, headers: {}, body: 'other' }`)
    await serverless('deploy', '-f', 'feeds')
    assert.deepEqual(
      [...new Set(plane.writes.map(({ request }) => request.FunctionName))],
      ['letao-dev-feeds'],
    )
    assert.equal(version('feeds'), '4')
    assert.equal(plane.invocations.length, 0)
  })

  await t.test('a canary gets its share and no more', async () => {
    await serverless('deploy', '--canary', '10')
    assert.equal(version('login'), '2')
    assert.deepEqual(canary('login'), { Version: '3', Weight: 0.1 })
    assert.equal(canary('feeds'), undefined)
  })

  await t.test('a deploy leaves a running canary alone', async () => {
    const { stderr } = await serverless('deploy')
    assert.equal(plane.writes.length, 0)
    assert.match(stderr, /login: the canary on version 3 runs on/)
  })

  await t.test('info shows versions, traffic, URLs and domain, and no value of the environment', async () => {
    const { stdout } = await serverless('info')
    assert.match(stdout, /login: Active, Nodejs20\.19 web/)
    assert.match(stdout, /version 2 90 %, canary version 3 10 %/)
    assert.match(stdout, /domain shop\.example\.com: HTTPS, 7 paths here, 0 of others/)
    assert.doesNotMatch(stdout, /good morning/)
    assert.equal(plane.writes.length, 0)
  })

  await t.test('promote gives the canary all of the traffic', async () => {
    await serverless('promote')
    assert.equal(version('login'), '3')
    assert.equal(canary('login'), undefined)
    await serverless('promote')
    assert.equal(plane.writes.length, 0)
  })

  await t.test('rollback takes back the last release, the functions it changed only', async () => {
    const { stdout } = await serverless('rollback')
    assert.match(stdout, /1 rolled back: login/)
    assert.equal(version('login'), '2')
    assert.equal(version('feeds'), '4')
  })

  await t.test('a second rollback takes back the release before', async () => {
    await serverless('rollback')
    assert.equal(version('feeds'), '3')
    assert.equal(version('login'), '2')
  })

  await t.test('rollback ends a canary and moves nothing else', async () => {
    fixture.code('reconcile', `'changed'`)
    await serverless('deploy', '-f', 'reconcile', '--canary', '50')
    assert.equal(canary('reconcile')?.Weight, 0.5)
    await serverless('rollback')
    assert.equal(canary('reconcile'), undefined)
    assert.equal(version('reconcile'), '2')
    assert.equal(version('feeds'), '3')
  })

  await t.test('rollback -f --to moves one function, to a version that exists', async () => {
    await serverless('rollback', '-f', 'feeds', '--to', '1')
    assert.equal(version('feeds'), '1')
    const refused = await fixture.cli(plane, ['rollback', '-f', 'feeds', '--to', '99'])
    assert.equal(refused.code, 1)
    assert.match(refused.stdout, /feeds has no version 99; there are: 1, 2, 3, 4/)
    assert.equal(version('feeds'), '1')
  })

  await t.test(
    'the next deploy releases again what was rolled back only when asked to, without publishing it anew',
    async () => {
      plane.reset()
      const refused = await fixture.cli(plane, ['deploy'])
      assert.equal(refused.code, 1)
      assert.match(refused.text, /A rollback took this code back: .*login/)
      assert.deepEqual(plane.counts(plane.writes), {})
      await serverless('deploy', '--again')
      assert.deepEqual(plane.counts(plane.writes), { UpdateAlias: 3 })
      assert.equal(version('feeds'), '4')
      assert.equal(version('login'), '3')
      assert.equal(version('reconcile'), '3')
    },
  )

  await t.test('invoke shows what the function returned and fails when the function failed', async () => {
    plane.invoker = async ({ event }) => ({
      RetMsg: JSON.stringify({ got: event }),
      ErrMsg: '',
      InvokeResult: 0,
    })
    const good = await serverless('invoke', '-f', 'migrate', '-d', '{"seed":true}')
    assert.deepEqual(JSON.parse(good.stdout), { got: { seed: true } })
    plane.invoker = async () => ({
      RetMsg: '',
      ErrMsg: JSON.stringify({
        errorCode: 1,
        errorMessage: 'no table\n    at somewhere (index.js:1:1)',
        stackTrace: ['at x'],
      }),
      InvokeResult: -1,
    })
    const bad = await fixture.cli(plane, ['invoke', '-f', 'migrate'])
    assert.equal(bad.code, 1)
    assert.match(bad.stdout, /migrate failed \(request [\w-]+\): no table\./)
    assert.doesNotMatch(bad.text, /somewhere|at x/)
    plane.invoker = async () => ({
      RetMsg: JSON.stringify({
        errorCode: 1,
        errorMessage: 'user code exception caught',
        stackTrace: 'Error: order 42 is NOTPAY, not paid\n    at refund (/var/user/index.js:1:1)',
      }),
      ErrMsg: '',
      InvokeResult: 1,
    })
    const vague = await fixture.cli(plane, ['invoke', '-f', 'migrate'])
    assert.equal(vague.code, 1)
    assert.match(vague.stdout, /: user code exception caught: Error: order 42 is NOTPAY, not paid\./)
    assert.doesNotMatch(vague.text, /var\/user/)
  })

  await t.test('invoke local runs the package without the control plane', async () => {
    plane.reset()
    const { code, stdout } = await fixture.cli(undefined, ['invoke', 'local', '-f', 'reconcile', '-d', '{}'])
    assert.equal(code, 0)
    assert.equal(stdout.trim(), '"changed"')
    assert.equal(plane.calls.length, 0)
  })

  await t.test('remove takes away what was deployed', async () => {
    const { stdout } = await serverless('remove')
    assert.match(stdout, /4 functions removed/)
    assert.equal(plane.region().functions.size, 0)
    assert.equal(plane.region().domains.size, 0)
    const actions = plane.writes.map(({ action }) => action)
    assert.ok(actions.indexOf('DeleteCustomDomain') < actions.indexOf('DeleteTrigger'))
    assert.ok(actions.indexOf('DeleteTrigger') < actions.indexOf('DeleteFunction'))
    await serverless('remove')
    assert.equal(plane.writes.length, 0)
  })
})

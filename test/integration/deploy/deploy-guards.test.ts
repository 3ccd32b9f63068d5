/** What ops are told, asked and refused around a release. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { credentialsFrom } from '../../../scf/plugin/api/client.ts'
import { DeployError } from '../../../scf/plugin/api/errors.ts'
import { info } from '../../../scf/plugin/info/info.ts'
import { rollback } from '../../../scf/plugin/rollback/rollback.ts'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { apiFor, Fixture } from '../../helpers/deploy-fixture.ts'

let plane: FakePlane
let fixture: Fixture

beforeEach(async () => {
  plane = await FakePlane.start()
  fixture = new Fixture()
})

afterEach(async () => {
  await plane.stop()
  fixture.remove()
})

const version = (key: string) =>
  plane.region().functions.get(`letao-dev/letao-dev-${key}`)?.aliases.get('$DEFAULT')?.FunctionVersion

async function rollBack(to?: { key: string; to: string }): Promise<string> {
  const service = fixture.service()
  const lines: string[] = []
  const write = (line: string) => void lines.push(line)
  await rollback(apiFor(plane, service), service, to ?? { key: undefined, to: undefined }, {
    say: write,
    print: write,
  })
  return lines.join('\n')
}

test('code that a rollback took back goes out again only when somebody says so', async () => {
  await fixture.deploy(plane)
  fixture.code('feeds', `'bad'`)
  const lines = await fixture.deploy(plane)
  assert.match(lines.join('\n'), /release \d{17}, \d+ s/)
  assert.match(await rollBack(), /change it first/)
  assert.equal(version('feeds'), '1')

  plane.reset()
  await assert.rejects(
    fixture.deploy(plane),
    (error) => error instanceof DeployError && /took this code back: feeds \(version 2\)/.test(error.message),
  )
  assert.deepEqual(plane.counts(plane.writes), {})
  assert.equal(version('feeds'), '1')

  await fixture.deploy(plane, { again: true })
  assert.equal(version('feeds'), '2')
})

test('after a rollback, changed code is released without a question', async () => {
  await fixture.deploy(plane)
  fixture.code('feeds', `'bad'`)
  await fixture.deploy(plane)
  await rollBack()
  fixture.code('feeds', `'mended'`)
  await fixture.deploy(plane)
  assert.equal(version('feeds'), '3')
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
})

const refuses = async (options = {}) => {
  plane.reset()
  await assert.rejects(fixture.deploy(plane, options), /A rollback took this code back: feeds/)
  assert.deepEqual(plane.counts(plane.writes), {})
}

test('two rollbacks in a row: the first one’s code is not released by the next deploy either', async () => {
  await fixture.deploy(plane)
  for (const what of ['second', 'third']) {
    fixture.code('feeds', `'${what}'`)
    await fixture.deploy(plane)
  }
  await rollBack()
  await rollBack()
  assert.equal(version('feeds'), '1')
  await refuses()
})

test('a canary that was taken back is not released whole by the next deploy', async () => {
  await fixture.deploy(plane)
  fixture.code('feeds', `'new'`)
  await fixture.deploy(plane, { share: 0.1 })
  assert.match(await rollBack(), /canary on version 2 ended[\s\S]*change it first/)
  await refuses()
  await refuses({ share: 0.1 })

  await fixture.deploy(plane, { share: 0.1, again: true })
  // The canary runs and was wanted: an unchanged deploy leaves it alone.
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
  assert.equal(version('feeds'), '1')
})

test('a version that somebody chose stays chosen, and a newer one may be chosen back', async () => {
  await fixture.deploy(plane)
  fixture.code('feeds', `'new'`)
  await fixture.deploy(plane)
  assert.match(await rollBack({ key: 'feeds', to: '1' }), /version 2 → 1[\s\S]*change it first/)
  await refuses()
  await rollBack({ key: 'feeds', to: '2' })
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('a plan says what waits for --again', async () => {
  await fixture.deploy(plane)
  fixture.code('feeds', `'bad'`)
  await fixture.deploy(plane)
  await rollBack()
  const lines = await fixture.deploy(plane, { planOnly: true })
  assert.match(lines.join('\n'), /wait for --again/)
})

test('a canary ends with what to do next, in whole percents', async () => {
  await fixture.deploy(plane)
  fixture.code('feeds', `'new'`)
  const lines = (await fixture.deploy(plane, { share: 0.29 })).join('\n')
  assert.match(lines, /feeds: 29 % of the traffic to version 2/)
  assert.match(lines, /next: .*serverless promote .*serverless rollback/)
})

test('an unchanged deploy says no release', async () => {
  await fixture.deploy(plane)
  assert.doesNotMatch((await fixture.deploy(plane)).join('\n'), /release \d/)
})

test('info says when a stage was never deployed, and lists the paths of the function that was asked about', async () => {
  const service = fixture.service()
  const [feeds] = service.functions.filter(({ key }) => key === 'feeds')
  assert.ok(feeds)
  const lines: string[] = []
  const print = (line: string) => void lines.push(line)
  await assert.rejects(info(apiFor(plane, service), service, [feeds], print), /Stage dev was never deployed/)
  await fixture.deploy(plane)
  lines.length = 0
  await info(apiFor(plane, service), service, [feeds], print)
  const text = lines.join('\n')
  assert.match(text, /last release \d{17} \(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d Beijing\)/)
  assert.match(text, /\/banners → letao-dev-feeds/)
  assert.doesNotMatch(text, /\/login →/)
})

test('a web function is not invoked: its URL is named', async () => {
  await fixture.deploy(plane)
  const { code, stdout, stderr } = await fixture.cli(plane, ['invoke', '-f', 'login'])
  assert.equal(code, 1)
  assert.match(stdout + stderr, /login is a web function.*\n.*curl https:\/\/\S+\.tencentscf\.com\S*\/login/)
})

test('the vendor’s names of the credentials are understood, and never mixed with ours', () => {
  assert.deepEqual(
    credentialsFrom({
      TENCENTCLOUD_SECRET_ID: 'id',
      TENCENTCLOUD_SECRET_KEY: 'key',
      TENCENTCLOUD_SECURITY_TOKEN: 'token',
    }),
    { secretId: 'id', secretKey: 'key', token: 'token' },
  )
  const both = { TENCENT_SECRET_ID: 'a', TENCENT_SECRET_KEY: 'b', TENCENTCLOUD_TOKEN: 'other' }
  assert.deepEqual(credentialsFrom(both), { secretId: 'a', secretKey: 'b', token: undefined })
  assert.throws(
    () => credentialsFrom({ TENCENT_SECRET_ID: 'a', TENCENTCLOUD_SECRET_KEY: 'b' }),
    /TENCENT_SECRET_KEY not set/,
  )
  assert.throws(() => credentialsFrom({}), /TENCENT_SECRET_ID and TENCENT_SECRET_KEY not set/)
})

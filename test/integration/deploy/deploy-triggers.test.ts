/** Function URLs and timers as the platform keeps them: it names URLs by itself, and repeats failed timer calls. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import type { StoredFunction, Trigger } from '../../../simulators/tencent/store.ts'
import { Fixture } from '../../helpers/deploy-fixture.ts'

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

function deployed(key: string): StoredFunction {
  const found = plane.region().functions.get(`letao-dev/letao-dev-${key}`)
  assert.ok(found, `${key} is there`)
  return found
}

const urlsOf = (key: string): Trigger[] => deployed(key).triggers.filter(({ Type }) => Type === 'http')

/** A URL that somebody made in the console, as the platform stores it. */
function addUrl(key: string): void {
  deployed(key).triggers.push({
    TriggerName: 'hulrzrbh9f',
    Type: 'http',
    TriggerDesc: JSON.stringify({
      AuthType: 'CAM',
      NetConfig: { EnableIntranet: true, EnableExtranet: true },
    }),
    Qualifier: '$DEFAULT',
    Enable: 1,
    CustomArgument: '',
  })
}

test('a function URL has the name that the platform gave it, and an unchanged deploy writes nothing', async () => {
  await fixture.deploy(plane)
  const [url] = urlsOf('feeds')
  assert.match(url?.TriggerName ?? '', /^[a-z0-9]{10}$/)
  plane.reset()
  const lines = await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
  assert.match(lines.join('\n'), /0 deployed, 4 unchanged/)
  const plan = await fixture.deploy(plane, { planOnly: true })
  assert.match(plan.join('\n'), /feeds: unchanged/)
})

test('the URL is changed under its listed name', async () => {
  await fixture.deploy(plane)
  const [url] = urlsOf('feeds')
  assert.ok(url)
  const name = url.TriggerName
  url.TriggerDesc = JSON.stringify({ ...JSON.parse(url.TriggerDesc), ApiGwCompatible: true })
  await fixture.deploy(plane)
  assert.equal(urlsOf('feeds')[0]?.TriggerName, name)
  assert.equal(JSON.parse(urlsOf('feeds')[0]?.TriggerDesc ?? '').ApiGwCompatible, false)
})

test('a function that loses its paths loses its URL, after the domain has let go of it', async () => {
  await fixture.deploy(plane)
  fixture.config.functions.feeds = { handler: 'index.main_handler' }
  const lines = await fixture.deploy(plane)
  assert.deepEqual(urlsOf('feeds'), [])
  assert.match(lines.join('\n'), /function URL deleted/)
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('a URL that was made by hand is adopted, and said; the next deploy takes it for ours', async () => {
  const { events } = fixture.config.functions.feeds ?? {}
  fixture.config.functions.feeds = { handler: 'index.main_handler' }
  await fixture.deploy(plane)
  addUrl('feeds')
  fixture.config.functions.feeds = { handler: 'index.main_handler', events }
  plane.reset()
  const lines = await fixture.deploy(plane)
  assert.match(lines.join('\n'), /feeds: function URL adopted hulrzrbh9f, which was not made from here/)
  const writes = plane.counts(plane.writes)
  assert.equal(writes.CreateTrigger, undefined)
  assert.equal(writes.UpdateTrigger, 1)
  const [url, second] = urlsOf('feeds')
  assert.equal(second, undefined)
  assert.equal(JSON.parse(url?.TriggerDesc ?? '').AuthType, 'NONE')
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('a URL by hand on a function without paths does not stay open', async () => {
  await fixture.deploy(plane)
  addUrl('reconcile')
  await fixture.deploy(plane)
  assert.deepEqual(urlsOf('reconcile'), [])
})

test('failed timer calls are not repeated, and none waits longer than a minute', async () => {
  await fixture.deploy(plane)
  assert.deepEqual(deployed('reconcile').asyncCalls, { RetryConfig: [{ RetryNum: 0 }], MsgTTL: 60 })
  assert.deepEqual(deployed('feeds').asyncCalls.RetryConfig, [{ RetryNum: 2 }], 'others keep what they have')
  deployed('reconcile').asyncCalls = { RetryConfig: [{ RetryNum: 2 }], MsgTTL: 21_600 }
  const plan = await fixture.deploy(plane, { planOnly: true })
  assert.match(plan.join('\n'), /reconcile: no repetition of failed timer calls/)
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), { UpdateFunctionEventInvokeConfig: 1 })
})

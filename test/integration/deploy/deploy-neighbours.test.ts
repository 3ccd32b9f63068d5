/** What a deploy and a removal leave alone, what they wait for, and what the API may leave out of its answers. */
import assert from 'node:assert/strict'
import { afterEach, beforeEach, test } from 'node:test'
import { Api } from '../../../scf/plugin/api/client.ts'
import { DeployError } from '../../../scf/plugin/api/errors.ts'
import { deployService } from '../../../scf/plugin/deploy/deploy.ts'
import { packageFunctions } from '../../../scf/plugin/package/bundle.ts'
import { remove } from '../../../scf/plugin/remove/remove.ts'
import { rollback } from '../../../scf/plugin/rollback/rollback.ts'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import type { StoredFunction } from '../../../simulators/tencent/store.ts'
import { apiEnvironment, apiFor, Fixture } from '../../helpers/deploy-fixture.ts'

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

const quiet = { say: () => {}, print: () => {} }
const everything = { key: undefined, name: undefined, confirmed: true }

function target(stage = 'dev') {
  const service = fixture.service(stage)
  return { service, api: apiFor(plane, service), ...quiet }
}

function deployed(key: string, stage = 'dev'): StoredFunction {
  const found = plane.region().functions.get(`letao-${stage}/letao-${stage}-${key}`)
  assert.ok(found, `${key} of ${stage} is there`)
  return found
}

const version = (key: string, stage?: string) => deployed(key, stage).aliases.get('$DEFAULT')?.FunctionVersion

/** Puts a copy of a deployed function beside ours, as if somebody else had made it. */
function addForeign(name: string): StoredFunction {
  const model = deployed('feeds')
  const foreign = {
    ...model,
    FunctionName: name,
    latest: { ...model.latest, Description: 'somebody else’s' },
    triggers: model.triggers.map((trigger) => ({ ...trigger })),
  }
  plane.region().functions.set(`letao-dev/${name}`, foreign)
  return foreign
}

async function refusal(work: Promise<unknown>): Promise<string> {
  const error = await work.then(
    () => assert.fail('it was not refused'),
    (thrown: unknown) => thrown,
  )
  assert.ok(error instanceof DeployError, String(error))
  assert.ok(error.message.split('\n').length <= 3, error.message)
  return error.message
}

test('functions of others in the same namespace outlive deploy and remove, however alike their names', async () => {
  await fixture.deploy(plane)
  addForeign('letao-dev-feeds-old')
  addForeign('my-letao-dev-login')
  const before = { ...plane.region().functions.get('letao-dev/letao-dev-feeds-old')?.latest }
  fixture.code('feeds', `'changed'`)
  await fixture.deploy(plane)
  await remove(target(), everything)
  assert.deepEqual([...plane.region().functions.keys()].sort(), [
    'letao-dev/letao-dev-feeds-old',
    'letao-dev/my-letao-dev-login',
  ])
  assert.deepEqual(plane.region().functions.get('letao-dev/letao-dev-feeds-old')?.latest, before)
})

test('a function of the wanted name that somebody else made is not taken over', async () => {
  await fixture.deploy(plane)
  deployed('login').latest.Description = 'made in the console'
  plane.reset()
  const message = await refusal(fixture.deploy(plane))
  assert.match(message, /login: a function letao-dev-login exists .* was not deployed from here/)
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('paths of others on the domain are written back as they were, by deploy and by remove', async () => {
  await fixture.deploy(plane)
  addForeign('blog')
  const foreign = {
    Namespace: 'letao-dev',
    FunctionName: 'blog',
    Qualifier: '$DEFAULT',
    PathMatch: '/blog/*',
    PathRewrite: [{ Path: '/blog/*', Type: 'WildcardRules', Rewrite: '/$' }],
  }
  const domain = plane.region().domains.get('shop.example.com')
  domain?.EndpointsConfig.unshift(foreign)
  fixture.config.functions.feeds = {
    ...fixture.config.functions.feeds,
    events: [{ http: { method: 'GET', path: '/banners' } }],
  }
  await fixture.deploy(plane)
  const paths = () => plane.region().domains.get('shop.example.com')?.EndpointsConfig ?? []
  assert.deepEqual(
    paths().find(({ FunctionName }) => FunctionName === 'blog'),
    foreign,
  )
  assert.ok(!paths().some(({ PathMatch }) => PathMatch === '/wx/list'), 'a path that is gone is unmapped')
  await remove(target(), everything)
  assert.deepEqual(paths(), [foreign])
})

test('a path that the domain gives to somebody else’s function stops the deploy before any write', async () => {
  await fixture.deploy(plane)
  addForeign('blog')
  const entry = plane
    .region()
    .domains.get('shop.example.com')
    ?.EndpointsConfig.find(({ PathMatch }) => PathMatch === '/login')
  Object.assign(entry ?? {}, { FunctionName: 'blog' })
  plane.reset()
  const message = await refusal(fixture.deploy(plane))
  assert.match(message, /\/login of letao-dev-login is mapped on shop\.example\.com to letao-dev\/blog/)
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('two stages stand side by side: a deploy, a rollback and a removal of one do not touch the other', async () => {
  delete fixture.config.custom
  await fixture.deploy(plane, { stage: 'dev' })
  await fixture.deploy(plane, { stage: 'prod' })
  fixture.code('feeds', `'second'`)
  await fixture.deploy(plane, { stage: 'prod' })
  assert.deepEqual([version('feeds', 'dev'), version('feeds', 'prod')], ['1', '2'])
  const { service, api } = target('prod')
  await rollback(api, service, { key: undefined, to: undefined }, quiet)
  assert.deepEqual([version('feeds', 'dev'), version('feeds', 'prod')], ['1', '1'])
  plane.reset()
  await remove(target('dev'), everything)
  assert.ok(plane.writes.every(({ request }) => request.Namespace === 'letao-dev'))
  assert.deepEqual(
    [...plane.region().functions.values()].map(({ Namespace }) => Namespace),
    Array(4).fill('letao-prod'),
  )
})

const failures: [name: string, answer: { RetMsg: string; ErrMsg: string; InvokeResult: number }][] = [
  [
    'throws',
    {
      RetMsg: '',
      ErrMsg: JSON.stringify({
        errorCode: 1,
        errorMessage: 'Access denied for mysql://shop:a-secret-that-nobody-may-ever-print@10.0.0.2/letao',
        stackTrace: ['at migrate (/var/user/index.js:1:1)'],
      }),
      InvokeResult: 1,
    },
  ],
  ['answers 500', { RetMsg: JSON.stringify({ statusCode: 500, body: '{}' }), ErrMsg: '', InvokeResult: 0 }],
  ['answers 400', { RetMsg: JSON.stringify({ statusCode: 400 }), ErrMsg: '', InvokeResult: 0 }],
]

for (const [name, answer] of failures) {
  test(`no traffic moves when migrate ${name}; the next deploy goes on from there`, async () => {
    await fixture.deploy(plane)
    fixture.code('feeds', `'${name}'`)
    plane.invoker = async () => answer
    plane.reset()
    const message = await refusal(fixture.deploy(plane))
    assert.match(message, /^migrate failed \(version \d+, request [\w-]+\): .*\nThe traffic stays/)
    assert.doesNotMatch(message, /nobody-may-ever-print|\/var\/user/)
    assert.equal(version('feeds'), '1')
    assert.equal(plane.counts().UpdateAlias, undefined)
    plane.invoker = async () => ({ RetMsg: '"done"', ErrMsg: '', InvokeResult: 0 })
    plane.reset()
    await fixture.deploy(plane)
    assert.deepEqual(plane.counts(plane.writes), { UpdateAlias: 1 })
    assert.equal(version('feeds'), '2')
  })
}

test('five versions are kept, the current one and any with traffic among them', async () => {
  await fixture.deploy(plane)
  const { aliases, versions } = deployed('feeds')
  aliases.set('pinned', { Name: 'pinned', FunctionVersion: '1', Description: '', weights: [] })
  for (let run = 2; run <= 8; run += 1) {
    fixture.code('feeds', `'code ${run}'`)
    await fixture.deploy(plane)
  }
  assert.deepEqual([...versions.keys()], ['1', '4', '5', '6', '7', '8'])
  const { service, api } = target()
  await rollback(api, service, { key: 'feeds', to: '4' }, quiet)
  fixture.code('feeds', `'code 9'`)
  await fixture.deploy(plane, { share: 0.1 })
  assert.deepEqual([...versions.keys()], ['1', '4', '6', '7', '8', '9'], 'version 4 has 90 % of the traffic')
})

test('a deploy keeps within the API’s rate, and waits where others have used it up', async () => {
  plane.rateLimit = 15
  const service = fixture.service()
  const api = new Api({
    region: service.region,
    env: { ...apiEnvironment(plane), TENCENT_API_PACE: '0.01' },
    secrets: [],
  })
  const packaged = await packageFunctions(service, service.functions)
  await deployService(api, service, packaged, quiet)
  assert.equal(version('feeds'), '1')
  plane.rateLimit = Number.POSITIVE_INFINITY
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
})

test('lists are read to their end, and names that only resemble ours are not ours', async () => {
  await fixture.deploy(plane)
  const model = deployed('feeds')
  const rest = [...plane.region().functions]
  plane.region().functions.clear()
  // The API pages at 20: ours come last.
  for (let index = 0; index < 30; index += 1) {
    const FunctionName = `letao-dev-feeds${index}x`
    plane.region().functions.set(`letao-dev/${FunctionName}`, {
      ...model,
      FunctionName,
      latest: { ...model.latest, Description: '' },
    })
  }
  for (const [key, fn] of rest) plane.region().functions.set(key, fn)
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
  await remove(target(), everything)
  assert.equal(plane.region().functions.size, 30)
})

/** Everything that the SDK's models mark as "may be null" or optional and a deploy could do without. */
function sparse(action: string, answer: Record<string, unknown>): Record<string, unknown> {
  const without = (names: string[]) => (item: unknown) =>
    Object.fromEntries(Object.entries(item as object).map(([k, v]) => [k, names.includes(k) ? null : v]))
  const lists: Record<string, [string, string[]]> = {
    ListFunctions: ['Functions', ['Description', 'Tags', 'Type']],
    ListVersionByFunction: ['Versions', ['AddTime', 'ModTime', 'Status']],
    ListTriggers: ['Triggers', ['CustomArgument', 'Qualifier', 'Enable']],
    ListAliases: ['Aliases', ['Description']],
  }
  const [list, names] = lists[action] ?? []
  const items = list === undefined ? undefined : (answer[list] as unknown[])
  const shown = items && list ? { ...answer, [list]: items.map(without(names ?? [])) } : { ...answer }
  delete (shown as Record<string, unknown>).TotalCount
  if (action === 'GetFunction') {
    const optional = ['StatusReasons', 'Tags', 'InstanceConcurrencyConfig', 'EipConfig', 'PublicNetConfig']
    return without([...optional, 'Role', 'InitTimeout'])(shown)
  }
  return shown
}

test('an API that leaves out what it calls optional is deployed to twice, listed and removed all the same', async () => {
  plane.reshape = sparse
  await fixture.deploy(plane)
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
  fixture.code('feeds', `'changed'`)
  await fixture.deploy(plane)
  assert.equal(version('feeds'), '2')
  const { service, api } = target()
  await rollback(api, service, { key: undefined, to: undefined }, quiet)
  assert.equal(version('feeds'), '1')
  await remove(target(), everything)
  assert.equal(plane.region().functions.size, 0)
})

test('an API that has no list of namespaces or domains is deployed to and removed from', async () => {
  plane.unsupported.add('ListNamespaces').add('ListCustomDomains')
  await fixture.deploy(plane)
  plane.reset()
  await fixture.deploy(plane)
  assert.deepEqual(plane.counts(plane.writes), {})
  await remove(target(), everything)
  assert.equal(plane.region().functions.size + plane.region().domains.size, 0)
})

for (const [during, status] of [
  ['Creating', 'CreateFailed'],
  ['Updating', 'UpdateFailed'],
  ['Publishing', 'PublishFailed'],
] as const) {
  test(`${status} after the answer is told with the platform’s reason, and the next deploy repeats the step`, async () => {
    if (during !== 'Creating') await fixture.deploy(plane)
    fixture.code('feeds', `'${during}'`)
    plane.failStep(during, 'InternalError', 'no capacity')
    const message = await refusal(fixture.deploy(plane))
    // The cause first, then what was done; the last line says so, whatever the cause was.
    assert.match(message, new RegExp(`^[^\\n]*is ${status} \\(InternalError: no capacity\\)`))
    assert.match(message, /\nPrepared: \d of [14]\. No traffic was moved\.$/)
    await fixture.deploy(plane)
    plane.reset()
    await fixture.deploy(plane)
    assert.deepEqual(plane.counts(plane.writes), {})
  })
}

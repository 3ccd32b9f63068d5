/** Wrong configurations are refused before the first API call, by a message that names the key. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import { Fixture, type FixtureConfig } from '../../helpers/deploy-fixture.ts'

type Entry = Record<string, unknown>

const login = ({ functions }: FixtureConfig) => functions.login as Entry
const feeds = ({ functions }: FixtureConfig) => functions.feeds as Entry
const reconcile = ({ functions }: FixtureConfig) => functions.reconcile as Entry

/** What is done to a good serverless.yml, and what the message must name. */
const wrong: [name: string, change: (config: FixtureConfig) => void, message: RegExp][] = [
  ['no region', ({ provider }) => delete provider.region, /provider.*'region'/],
  ['a region that is none', ({ provider }) => (provider.region = 'Guangzhou'), /provider\.region/],
  [
    'a region with a slip in its name',
    ({ provider }) => (provider.region = 'ap-guanzhou'),
    /provider\.region/,
  ],
  ['a region of another cloud', ({ provider }) => (provider.region = 'us-east-1'), /provider\.region/],
  [
    'a runtime that the bundles are too new for',
    ({ provider }) => (provider.runtime = 'Nodejs16.13'),
    /provider\.runtime/,
  ],
  ['a runtime that is none', ({ provider }) => (provider.runtime = 'Node 20'), /provider\.runtime/],
  ['a key of the provider that does not exist', ({ provider }) => (provider.memory = 512), /'memory'/],
  ['a memory size between the steps', ({ provider }) => (provider.memorySize = 300), /provider\.memorySize/],
  ['a time-out over 900 s', (config) => (login(config).timeout = 901), /functions\.login\.timeout/],
  [
    'an init time-out under 3 s',
    (config) => (login(config).initTimeout = 1),
    /functions\.login\.initTimeout/,
  ],
  ['a function without a handler', (config) => delete login(config).handler, /functions\.login.*'handler'/],
  [
    'a handler that the bundles do not export',
    (config) => (login(config).handler = 'app.handler'),
    /functions\.login\.handler/,
  ],
  ['a type that is none', (config) => (login(config).type = 'http'), /functions\.login\.type/],
  [
    'a key of a function that does not exist',
    (config) => (login(config).memory = 1),
    /functions\.login.*'memory'/,
  ],
  [
    'an event without a path',
    (config) => (feeds(config).events = [{ http: { method: 'GET' } }]),
    /functions\.feeds\.events\.0\.http.*'path'/,
  ],
  [
    'a method that is none',
    (config) => (feeds(config).events = [{ http: { method: 'FETCH', path: '/banners' } }]),
    /functions\.feeds\.events\.0\.http\.method/,
  ],
  [
    'a path with three levels',
    (config) => (feeds(config).events = [{ http: { method: 'GET', path: '/a/b/c' } }]),
    /functions\.feeds\.events\.0\.http\.path/,
  ],
  [
    'an event that is none',
    (config) => (feeds(config).events = [{ queue: {} }]),
    /functions\.feeds\.events\.0/,
  ],
  [
    'a cron of five fields',
    (config) => (reconcile(config).events = [{ timer: { cron: '*/5 * * * *' } }]),
    /functions\.reconcile\.events\.0\.timer\.cron/,
  ],
  [
    'a cron with a minute that does not exist',
    (config) => (reconcile(config).events = [{ timer: { cron: '0 75 * * * * *' } }]),
    /functions\.reconcile\.events \(timer 1\) cron .* wrong minutes/,
  ],
  [
    'a timer on a web function',
    (config) => (login(config).events = [{ timer: { cron: '0 */5 * * * * *' } }]),
    /functions\.login\.events has a timer/,
  ],
  [
    'a path of two functions',
    (config) => (feeds(config).events = [{ http: { method: 'POST', path: '/Login' } }]),
    /functions\.login\.events maps \/login, which is mapped by feeds too/,
  ],
  [
    'a variable with a reserved prefix',
    (config) => (login(config).environment = { SCF_TOKEN: 'x' }),
    /functions\.login\.environment\.SCF_TOKEN/,
  ],
  [
    'an environment over 4 KB, counted in bytes of keys and values',
    // 1365 characters of three bytes are 4095; the key and the provider's variable make it too much.
    (config) => (login(config).environment = { WELCOME: '乐'.repeat(1365) }),
    /functions\.login\.environment has 41\d\d bytes .* 4096 \(largest: WELCOME 4102/,
  ],
  [
    'a VPC without a subnet',
    ({ provider }) => (provider.vpc = { vpcId: 'vpc-1', subnetId: '' }),
    /provider\.vpc\.subnetId is missing/,
  ],
  [
    'a fixed address without public access',
    ({ provider }) => (provider.network = { publicAccess: false, fixedIp: true }),
    /provider\.network\.fixedIp/,
  ],
  [
    'a log topic without a logset',
    ({ provider }) => (provider.cls = { logsetId: '', topicId: 't-1' }),
    /provider\.cls\.logsetId is missing/,
  ],
  [
    'HTTPS without a certificate',
    (config) => (config.custom = { domain: { name: 'shop.example.com', protocol: 'HTTPS' } }),
    /custom\.domain\.certificateId is missing/,
  ],
  [
    'a domain with a wildcard',
    (config) => (config.custom = { domain: { name: '*.example.com', protocol: 'HTTP' } }),
    /custom\.domain\.name/,
  ],
  ['a namespace that is none', ({ provider }) => (provider.namespace = '-x-'), /provider\.namespace/],
  [
    'a name over 60 characters',
    (config) => (login(config).name = `letao-${'x'.repeat(60)}`),
    /functions\.login\.name .* longer than 60/,
  ],
  [
    'concurrency of an event function',
    (config) => (feeds(config).concurrency = 5),
    /functions\.feeds\.concurrency is for web functions only/,
  ],
  [
    'a web function without a path',
    (config) => (login(config).events = []),
    /functions\.login\.events has no http event/,
  ],
  [
    'a path that ends with a slash',
    (config) => (feeds(config).events = [{ http: { method: 'GET', path: '/banners/' } }]),
    /functions\.feeds\.events\.0\.http\.path/,
  ],
  [
    'an alias that is another path in other letters',
    (config) =>
      (feeds(config).events = [{ http: { method: 'GET', path: '/banners', aliases: ['/BANNERS'] } }]),
    /functions\.feeds\.events maps \/BANNERS, which is mapped twice/,
  ],
  [
    'a function without a folder',
    (config) => (config.functions.ghost = { handler: 'index.main_handler' }),
    /functions\.ghost has no functions\/ghost\/index\.ts/,
  ],
  [
    'a variable whose value is a list',
    (config) => (login(config).environment = { EMPTY: ['a', 'list'] }),
    /functions\.login\.environment\.EMPTY/,
  ],
  ['no function at all', (config) => (config.functions = {}), /functions is empty/],
]

let plane: FakePlane

before(async () => {
  plane = await FakePlane.start()
})

after(async () => await plane.stop())

/** Two at once: each start of the command line keeps one core busy for a second. */
test('a wrong serverless.yml is refused before the first API call', { concurrency: 2 }, async (t) => {
  const runs = wrong.map(([name, change, message]) =>
    t.test(name, async () => {
      const fixture = new Fixture()
      try {
        change(fixture.config)
        fixture.write()
        const { code, stdout } = await fixture.cli(plane, ['deploy'])
        assert.equal(code, 1, stdout)
        assert.match(stdout, message)
        assert.doesNotMatch(stdout, /\n\s+at |must match pattern/)
        assert.ok(stdout.trim().split('\n').length <= 3, stdout)
      } finally {
        fixture.remove()
      }
    }),
  )
  await Promise.all(runs)
  assert.deepEqual(plane.counts(), {})
})

test('options of the framework that only another cloud knows are refused before the first API call', {
  concurrency: 2,
}, async (t) => {
  const fixture = new Fixture()
  plane.reset()
  try {
    await Promise.all(
      ['force', 'conceal', 'aws-s3-accelerate', 'minify-template'].map((option) =>
        t.test(`--${option}`, async () => {
          const { code, stdout } = await fixture.cli(plane, ['deploy', `--${option}`])
          assert.equal(code, 1, stdout)
          assert.match(stdout, new RegExp(`--${option} is not for this provider`))
        }),
      ),
    )
    assert.deepEqual(plane.counts(), {})
  } finally {
    fixture.remove()
  }
})

/** What `serverless kong` prints for the serverless.yml of this repository, against the routes of the functions. */
import assert from 'node:assert/strict'
import { before, test } from 'node:test'
import { parse } from 'yaml'
import { signToken } from '#shared/accounts'
import { readConfig } from '#shared/config'
import { readFunctions } from '../../api/openapi.ts'
import type { KongConfiguration, KongRoute } from '../../scf/plugin/kong/kong.ts'
import { contractFunctions } from '../helpers/contract.ts'
import { repository, runCli } from '../helpers/deploy-fixture.ts'

type Consumer = { jwt_secrets: { key: string; algorithm: string; secret: string }[] }
type Configuration = KongConfiguration & { consumers?: Consumer[] }

const secret = 'Kq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cA'
let text: string
let configuration: Configuration
let routes: (KongRoute & { service: string })[]

async function kong(env: NodeJS.ProcessEnv = {}): Promise<string> {
  const args = ['kong', '--upstream', 'https://origin.example.com/']
  const { code, stdout } = await runCli(repository, undefined, args, { JWT_SECRET: secret, ...env })
  assert.equal(code, 0, stdout)
  return stdout
}

before(async () => {
  text = await kong()
  configuration = parse(text) as Configuration
  routes = configuration.services.flatMap(({ name, routes: own }) =>
    own.map((route) => ({ ...route, service: name })),
  )
})

/** As Kong does it: patterns begin with `~` and are tried first, anchored at the start; then the longest prefix wins. */
function match(method: string, path: string): (KongRoute & { service: string }) | undefined {
  const open = routes.filter(({ methods }) => methods.includes(method))
  const patterns = open.filter(({ paths }) =>
    paths.some(
      (each) => each.startsWith('~/') && new RegExp(`^${each.slice(1).replace('(?i)', '')}`, 'i').test(path),
    ),
  )
  assert.ok(patterns.length < 2, `${path} is claimed by ${patterns.map(({ name }) => name).join(' and ')}`)
  const prefixes = open
    .flatMap((route) => route.paths.filter((each) => path.startsWith(each)).map((each) => ({ route, each })))
    .sort((a, b) => b.each.length - a.each.length)
  return patterns[0] ?? prefixes[0]?.route
}

test('the file is of Kong’s declarative format 3.0, with fields that Kong knows', () => {
  assert.equal(configuration._format_version, '3.0')
  assert.deepEqual(Object.keys(configuration).sort(), ['_format_version', 'consumers', 'services'])
  for (const service of configuration.services) {
    assert.deepEqual(Object.keys(service), ['name', 'url', 'retries', 'read_timeout', 'tags', 'routes'])
    assert.equal(service.url, 'https://origin.example.com')
  }
  const known = ['name', 'protocols', 'methods', 'hosts', 'paths', 'strip_path', 'preserve_host', 'plugins']
  for (const route of configuration.services.flatMap((service) => service.routes)) {
    assert.deepEqual(
      Object.keys(route).filter((field) => !known.includes(field)),
      [],
    )
    for (const path of route.paths) assert.match(path, /^(\/|~\/)/)
  }
  const names = routes.map(({ name }) => name)
  assert.equal(new Set(names).size, names.length)
})

test('every path, alias and method that callers rely on leads to its function, in any case, with a slash or without', () => {
  for (const [name, { routes: own }] of Object.entries(contractFunctions)) {
    for (const { method, paths } of own ?? []) {
      for (const path of paths) {
        for (const spelling of [path, `${path}/`, path.toUpperCase(), path.toLowerCase()]) {
          for (const each of [method, 'OPTIONS'])
            assert.equal(match(each, spelling)?.service, `letao-dev-${name}`, `${each} ${spelling}`)
        }
      }
    }
  }
})

test('nothing else is routed: no function of ops or of a timer, no other method', () => {
  const reached = Object.entries(contractFunctions).filter(([, { routes: own }]) => (own ?? []).length > 0)
  assert.deepEqual(
    configuration.services.map(({ name }) => name),
    reached.map(([name]) => `letao-dev-${name}`),
  )
  assert.equal(match('DELETE', '/login'), undefined)
  assert.equal(match('POST', '/migrate'), undefined)
})

test("shoppers' tokens are checked where the functions check them, and nowhere else", async () => {
  const checked = new Set(
    routes.filter(({ plugins }) => plugins.some(({ name }) => name === 'jwt')).map(({ service }) => service),
  )
  const asks = (await readFunctions()).flatMap(({ name, facts }) =>
    facts.some(({ login, permission }) => login && permission === undefined) ? [name] : [],
  )
  assert.deepEqual(checked, new Set(asks.map((name) => `letao-dev-${name}`)))
})

test('the key that Kong looks for is in every token of ours, and the secret is not in the file', () => {
  const [{ jwt_secrets } = { jwt_secrets: [] }] = configuration.consumers ?? []
  const plugin = routes.flatMap(({ plugins }) => plugins).find(({ name }) => name === 'jwt')
  const config = readConfig(['JWT_SECRET'], { JWT_SECRET: secret })
  const [encoded = ''] = signToken({ id: 1, username: 'tom' }, config, new Date()).split('.')
  const header = JSON.parse(Buffer.from(encoded, 'base64url').toString()) as Record<string, string>
  assert.equal(header[String(plugin?.config.key_claim_name)], jwt_secrets[0]?.key)
  assert.match(jwt_secrets[0]?.secret ?? '', /^\$\{\{ env "DECK_JWT_SECRET" \}\}$/)
  assert.ok(!text.includes(secret))
})

test('a flood is limited everywhere but where WeChat Pay reports', () => {
  const free = routes.filter(({ plugins }) => !plugins.some(({ name }) => name === 'rate-limiting'))
  assert.deepEqual(free.map(({ service }) => service).sort(), [
    'letao-dev-refundNotify',
    'letao-dev-wxNotify',
  ])
})

test('while secrets are being exchanged, tokens are left to the functions, which know both', async () => {
  const rotating = parse(
    await kong({ JWT_PREVIOUS_SECRETS: 'Zq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cB' }),
  ) as Configuration
  assert.equal(rotating.consumers, undefined)
  const plugins = rotating.services.flatMap(({ routes: own }) => own.flatMap((route) => route.plugins))
  assert.ok(!plugins.some(({ name }) => name === 'jwt'))
})

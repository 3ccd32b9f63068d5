/** The shop itself, deployed from this repository: what was uploaded is unpacked and really run, on a real database. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { readFunctions } from '../../../api/openapi.ts'
import { FakePlane } from '../../../simulators/tencent/index.ts'
import type { Snapshot, StoredFunction } from '../../../simulators/tencent/store.ts'
import { createTestDatabase, type TestDatabase } from '../../helpers/database.ts'
import { repository, runCli } from '../../helpers/deploy-fixture.ts'
import { runPackage, startWebPackage } from '../../helpers/package-runner.ts'

const facts = await readFunctions()
const functionCount = facts.length
const jwtSecret = 'Kq7vZ2mX9pL4tR8sW1yB6nD3fH5jG0cA'
let plane: FakePlane
let database: TestDatabase
let env: NodeJS.ProcessEnv

before(async () => {
  plane = await FakePlane.start()
  plane.invoker = runPackage
  database = await createTestDatabase()
  env = {
    DATABASE_URL: database.url,
    JWT_SECRET: jwtSecret,
    REGISTER_REQUIRES_SMS: 'false',
    SHOP_DOMAIN: 'shop.example.com',
    CERTIFICATE_ID: 'cert0001',
    VPC_ID: 'vpc-0001',
    SUBNET_ID: 'subnet-0001',
    CLS_LOGSET_ID: 'logset-0001',
    CLS_TOPIC_ID: 'topic-0001',
    SCF_ROLE: 'ShopRole',
  }
})

after(async () => {
  await plane.stop()
  await database.drop()
})

function deployed(key: string): { fn: StoredFunction; snapshot: Snapshot } {
  const fn = plane.region().functions.get(`letao-dev/letao-dev-${key}`)
  const version = fn?.versions.get(fn.aliases.get('$DEFAULT')?.FunctionVersion ?? '')
  assert.ok(fn && version, `${key} has no version with traffic`)
  return { fn, snapshot: version.snapshot }
}

/** Invokes the version that has the traffic, as its function URL would. */
async function request(
  key: string,
  method: string,
  path: string,
  body: object = {},
): Promise<Record<string, unknown>> {
  const event = {
    httpMethod: method,
    path,
    headers: { 'content-type': 'application/json' },
    queryString: {},
    body: JSON.stringify(body),
  }
  const { RetMsg, ErrMsg } = await runPackage({ ...deployed(key), version: '1', event })
  assert.equal(ErrMsg, '')
  return JSON.parse(JSON.parse(RetMsg).body)
}

test('the shop of this repository is deployed, migrated, sells from its packages, and is removed', async (t) => {
  await t.test('the first deploy runs the migrations from the uploaded package', async () => {
    const { code, text } = await runCli(repository, plane, ['deploy'], env)
    assert.equal(code, 0, text)
    assert.equal(plane.counts().CreateFunction, functionCount)
    const tables = await database.query<{ name: string }>(
      'SELECT table_name AS name FROM information_schema.tables WHERE table_schema = ?',
      [database.name],
    )
    assert.ok(tables.some(({ name }) => name === 'payorder'))
    assert.ok(!text.includes(jwtSecret) && !text.includes(new URL(database.url).password || jwtSecret))
  })

  await t.test('account settings reach every function', () => {
    for (const { latest } of plane.region().functions.values()) {
      assert.deepEqual(latest.VpcConfig, { VpcId: 'vpc-0001', SubnetId: 'subnet-0001' })
      assert.deepEqual(
        [latest.ClsLogsetId, latest.ClsTopicId, latest.Role],
        ['logset-0001', 'topic-0001', 'ShopRole'],
      )
      const names = latest.Environment.Variables.map(({ Key }) => Key)
      assert.ok(names.includes('DATABASE_URL') && names.includes('STAGE'))
    }
    const withTokens = [...plane.region().functions.values()].filter(({ latest }) =>
      latest.Environment.Variables.some(({ Key }) => Key === 'JWT_SECRET'),
    )
    const needing = facts.filter(({ routes }) => routes.some(({ needs }) => needs.includes('JWT_SECRET')))
    assert.deepEqual(
      new Set(withTokens.map(({ FunctionName }) => FunctionName)),
      new Set(needing.map(({ name }) => `letao-dev-${name}`)),
    )
  })

  await t.test('the second deploy makes no write call', async () => {
    plane.reset()
    const { code, text } = await runCli(repository, plane, ['deploy'], env)
    assert.equal(code, 0, text)
    assert.deepEqual(plane.counts(plane.writes), {})
  })

  await t.test('ops load the demo catalogue with invoke', async () => {
    const { code, text } = await runCli(
      repository,
      plane,
      ['invoke', '-f', 'migrate', '-d', '{"seed":true}'],
      env,
    )
    assert.equal(code, 0, text)
  })

  await t.test('the uploaded packages sell', async () => {
    const { data } = await request('homeFeeds', 'GET', '/brandList')
    assert.ok(Array.isArray(data) && data.length > 0)
    const registered = await request('register', 'POST', '/register', {
      username: 'webshopper',
      password: 'abc123',
      repeat_password: 'abc123',
      mobile: '13800138001',
    })
    assert.equal(registered.status, 200, JSON.stringify(registered))
  })

  await t.test('login answers over HTTP as a web function, several at once, and logs no token', async () => {
    const { fn, snapshot } = deployed('login')
    assert.equal(fn.Type, 'HTTP')
    const web = await startWebPackage(fn, snapshot)
    try {
      const login = async (password: string) => {
        const response = await fetch(`${web.url}/login`, {
          method: 'POST',
          headers: {
            'content-type': 'application/json',
            'x-scf-remote-addr': '203.0.113.9',
            'x-scf-secret-key': 'role-secret',
          },
          body: JSON.stringify({ username: 'webshopper', password }),
        })
        return (await response.json()) as { status: number; token?: string }
      }
      const answers = await Promise.all([login('abc123'), login('wrong1'), login('abc123')])
      assert.deepEqual(
        answers.map(({ status }) => status),
        [200, 1040, 200],
      )
      const { token = '' } = answers[0]
      assert.match(token, /^eyJ/)
      assert.equal(await web.stop(), 0)
      assert.ok(!web.log().includes(token), 'the token is in the log')
      assert.ok(!web.log().includes('role-secret'))
    } finally {
      web.kill()
    }
  })

  await t.test('remove leaves nothing', async () => {
    const { code, text } = await runCli(repository, plane, ['remove'], env)
    assert.equal(code, 0, text)
    assert.equal(plane.region().functions.size, 0)
  })
})

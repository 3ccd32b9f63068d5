/** `login` as it is deployed: a web function, behind plain HTTP, where nobody vouches for a header. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { serveFunction, type WebServer } from '../../../scf/web/server.ts'
import { newPerson, openAccountsShop, type Person } from '../../helpers/accounts-shop.ts'
import { withEnv } from '../../helpers/direct-shop.ts'
import { loadFunction } from '../../helpers/functions.ts'

const shop = await openAccountsShop()
/** The hops that the platform appends after the client. */
const platform = '11.163.0.10, 10.132.0.10'

let server: WebServer

before(async () => {
  const handler = loadFunction('login')
  server = await serveFunction({ handler, port: 0, host: '127.0.0.1', functionName: 'login' })
})
after(() => server.close())

async function login(person: Partial<Person>, headers: Record<string, string> = {}): Promise<unknown> {
  const response = await fetch(`http://127.0.0.1:${server.port}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(person),
  })
  return ((await response.json()) as { status: unknown }).status
}

const wrong = () => ({ ...newPerson(), password: 'wrong123' })

test('X2: the limit by address holds for the address that the platform saw, whatever a client says of itself', async () => {
  const from = (client: string, number: number) => ({
    'x-forwarded-for': `198.18.0.${number}, ${client}, ${platform}`,
    'x-real-ip': `198.18.1.${number}`,
    'x-scf-remote-addr': `198.18.2.${number}`,
  })
  for (let i = 0; i < 30; i++) assert.equal(await login(wrong(), from('203.0.113.50', i)), 1040)
  assert.equal(await login(wrong(), from('203.0.113.50', 31)), 429)
  assert.equal(await login(wrong(), from('203.0.113.51', 31)), 1040)
  const person = await shop.registered()
  assert.equal(await login(person, from('203.0.113.50', 32)), 429)
  assert.equal(await login(person, from('203.0.113.51', 32)), 200)
})

test('X2: strangers whose address nobody knows do not lock each other out', async () => {
  for (const headers of [{}, { 'x-forwarded-for': platform }, { 'x-scf-remote-addr': '203.0.113.52' }]) {
    for (let i = 0; i < 31; i++) assert.equal(await login(wrong(), headers as Record<string, string>), 1040)
  }
})

test('X3: behind a proxy of ours the shopper is the hop before it', async () => {
  await withEnv({ TRUSTED_PROXIES: '1' }, async () => {
    const from = (client: string) => ({ 'x-forwarded-for': `${client}, 198.51.100.1, ${platform}` })
    for (let i = 0; i < 30; i++) assert.equal(await login(wrong(), from('203.0.113.60')), 1040)
    assert.equal(await login(wrong(), from('203.0.113.60')), 429)
    assert.equal(await login(wrong(), from('203.0.113.61')), 1040)
  })
})

test('ten logins at once in one instance are ten tokens', async () => {
  const people = [await shop.registered(), await shop.registered()]
  await withEnv({ DB_POOL_SIZE: '10' }, async () => {
    const logins = Array.from({ length: 10 }, (_, index) =>
      login(people[index % 2] ?? {}, { 'x-forwarded-for': `203.0.113.70, ${platform}` }),
    )
    assert.deepEqual(await Promise.all(logins), Array(10).fill(200))
  })
})

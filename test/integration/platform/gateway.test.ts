import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { type Access, type Gateway, startGateway } from '../../../scf/emulator/gateway/server.ts'
import { createRouter, readServiceMap } from '../../../scf/emulator/gateway/service-map.ts'
import { type CloudFunction, createFunction } from '../../../scf/emulator/runtime/function.ts'
import { writeFunctions } from '../../helpers/fixture-function.ts'

const SERVERLESS = `
service: fixture
provider: { name: tencent, timeout: 5, environment: { STAGE: dev } }
custom:
  tokens: &tokens { JWT_SECRET: 'from the environment' }
functions:
  echo:
    handler: index.main_handler
    events:
      - http: { method: POST, path: /Echo, aliases: [/user/echo] }
  broken:
    handler: index.main_handler
    type: web
    timeout: 60
    environment: { <<: [*tokens] }
    events:
      - http: { method: GET, path: /broken }
      - timer: { cron: '0 */5 * * * * *', argument: hello }
      - timer: { cron: '0 0 0 * * * *', enabled: false }
`
const SOURCES = {
  echo: `exports.main_handler = async (event) => ({
    statusCode: 200, isBase64Encoded: false, body: JSON.stringify(event),
    headers: { 'Content-Type': 'application/json; charset=utf-8', 'X-Own': 'yes' },
  })`,
  broken: `exports.main_handler = async () => { throw new Error('secret detail') }`,
}

const codeDir = writeFunctions(SOURCES)
const map = join(codeDir, 'serverless.yml')
writeFileSync(map, SERVERLESS)

test('reads functions, aliases, timers, types, variables and times of serverless.yml', () => {
  assert.deepEqual(readServiceMap(map), [
    {
      name: 'echo',
      paths: ['/Echo', '/user/echo'],
      timers: [],
      isWeb: false,
      variables: ['STAGE'],
      timeoutSec: 5,
      memoryMb: 128,
    },
    {
      name: 'broken',
      paths: ['/broken'],
      timers: [{ cron: '0 */5 * * * * *', argument: 'hello' }],
      isWeb: true,
      variables: ['STAGE', 'JWT_SECRET'],
      timeoutSec: 60,
      memoryMb: 128,
    },
  ])
})

for (const shape of ['functionUrl', 'apiGateway'] as const) {
  describe(`the gateway with ${shape} events`, () => {
    const accesses: Access[] = []
    const failures: string[] = []
    const functions = new Map<string, CloudFunction>()
    const pages = mkdtempSync(join(tmpdir(), 'letao-pages-'))
    let gateway: Gateway

    before(async () => {
      for (const { name, timeoutSec } of readServiceMap(map)) {
        functions.set(name, createFunction({ name, codeDir: join(codeDir, name), timeoutSec }))
      }
      mkdirSync(join(pages, 'images'))
      writeFileSync(join(pages, 'index.html'), '<h1>shop</h1>')
      writeFileSync(join(pages, 'images/a.svg'), '<svg/>')
      writeFileSync(join(pages, 'long.js'), `// ${'乐淘'.repeat(2000)}`)
      gateway = await startGateway({
        router: createRouter(readServiceMap(map)),
        functions,
        shape,
        staticFolders: [{ dir: pages, fallback: 'index.html' }],
        onAccess: (access) => accesses.push(access),
        onFailure: (name, message) => failures.push(`${name} ${message}`),
      })
    })
    after(async () => {
      await gateway.close()
      for (const fn of functions.values()) await fn.close()
      rmSync(pages, { recursive: true })
    })

    const echo = async (path: string, init: RequestInit = {}) => {
      const response = await fetch(`${gateway.url}${path}`, { method: 'POST', ...init })
      return (await response.json()) as Record<string, unknown>
    }

    test('finds a path without regard to case and a trailing slash, and by its aliases', async () => {
      for (const path of ['/echo', '/ECHO/', '/Echo?x=1', '/User/Echo']) {
        const event = await echo(path)
        assert.equal(event.path, path.split('?')[0])
        assert.equal(event.httpMethod, 'POST')
      }
    })

    test('gives every method of a path to its function', async () => {
      for (const method of ['OPTIONS', 'DELETE', 'PUT', 'GET']) {
        assert.equal((await echo('/echo', { method })).httpMethod, method)
      }
    })

    test('passes body, query and headers', async () => {
      const body = JSON.stringify({ name: '乐淘' })
      const event = await echo('/echo?a=%E4%B9%90&b=1%2B1', { body, headers: { 'X-Trace': 'T' } })
      const headers = event.headers as Record<string, string>
      assert.equal(event.body, body)
      assert.deepEqual(event.queryString, { a: '乐', b: '1+1' })
      assert.equal(headers[shape === 'apiGateway' ? 'X-Trace' : 'x-trace'], 'T')
    })

    test('says where a request comes from, whatever the request itself says', async () => {
      const event = await echo('/echo', {
        headers: { 'X-Scf-Remote-Addr': '8.8.8.8', 'X-Forwarded-For': '8.8.8.8' },
      })
      const address =
        shape === 'apiGateway'
          ? (event.requestContext as { sourceIp: string }).sourceIp
          : (event.headers as Record<string, string>)['x-scf-remote-addr']
      assert.equal(address, '127.0.0.1')
    })

    test('answers with the function’s status and headers, and the request id of the log', async () => {
      const response = await fetch(`${gateway.url}/echo`, { method: 'POST' })
      await response.text()
      assert.equal(response.headers.get('x-own'), 'yes')
      assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8')
      const id = response.headers.get('x-scf-request-id')
      assert.ok(accesses.some((access) => access.requestId === id && access.functionName === 'echo'))
    })

    test('answers a function that throws with 500 and no detail', async () => {
      const response = await fetch(`${gateway.url}/broken`)
      const body = await response.text()
      assert.equal(response.status, 500)
      assert.equal(response.headers.get('x-scf-status'), '430')
      assert.deepEqual(Object.keys(JSON.parse(body)), ['status', 'msg', 'requestId'])
      assert.ok(!body.includes('secret detail'))
      assert.ok(failures.some((text) => text.includes('secret detail')))
    })

    test('answers an unknown path with the envelope', async () => {
      const response = await fetch(`${gateway.url}/nowhere`)
      const body = (await response.json()) as Record<string, unknown>
      assert.equal(response.status, 404)
      assert.equal(body.status, 404)
      assert.equal(typeof body.msg, 'string')
      assert.equal(typeof body.requestId, 'string')
    })

    test('refuses a body over 6 MB without waiting for its end', async () => {
      const request = httpRequest(`${gateway.url}/echo`, {
        method: 'POST',
        headers: { 'transfer-encoding': 'chunked' },
      })
      request.on('error', () => {}) // the connection ends before the body
      const answered = once(request, 'response')
      const chunk = Buffer.alloc(1024 * 1024, 'x')
      for (let count = 0; count < 7; count++) request.write(chunk)
      const [response] = await answered
      assert.equal(response.statusCode, 413)
      request.destroy()
    })

    test('serves pictures, and the page for addresses of the storefront', async () => {
      const picture = await fetch(`${gateway.url}/images/a.svg`)
      assert.equal(picture.headers.get('content-type'), 'image/svg+xml')
      assert.equal(await picture.text(), '<svg/>')
      const again = await fetch(`${gateway.url}/images/a.svg`, {
        headers: { 'if-none-match': picture.headers.get('etag') ?? '' },
      })
      assert.equal(again.status, 304)
      const page = await fetch(`${gateway.url}/my/orders`, { headers: { accept: 'text/html' } })
      assert.equal(await page.text(), '<h1>shop</h1>')
      const missing = await fetch(`${gateway.url}/images/none.svg`)
      assert.equal(missing.status, 404)
    })

    test('compresses text for who takes it, and not what functions answer', async () => {
      const ask = (path: string, method: string, encoding: string) =>
        fetch(`${gateway.url}${path}`, { method, headers: { 'accept-encoding': encoding } })
      const zipped = await ask('/long.js', 'GET', 'gzip')
      assert.equal(zipped.headers.get('content-encoding'), 'gzip')
      assert.match(zipped.headers.get('vary') ?? '', /accept-encoding/i)
      const plain = await ask('/long.js', 'GET', 'identity')
      assert.equal(plain.headers.get('content-encoding'), null)
      assert.equal(await zipped.text(), await plain.text())
      const answer = await ask(`/echo?long=${'x'.repeat(3000)}`, 'POST', 'gzip')
      assert.equal(answer.headers.get('content-encoding'), null)
      await answer.text()
    })

    test('does not leave the folder of its files', async () => {
      for (const path of [
        '/../serverless.yml',
        '/images/../../serverless.yml',
        '/%2e%2e/serverless.yml',
        '/..%2fserverless.yml',
      ]) {
        const socket = connect(gateway.port, '127.0.0.1')
        socket.end(`GET ${path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`)
        let text = ''
        for await (const chunk of socket) text += chunk
        assert.match(text, /^HTTP\/1\.1 404 /, path)
      }
    })

    test('survives a client that goes away in the middle of its body', async () => {
      const request = httpRequest(`${gateway.url}/echo`, {
        method: 'POST',
        headers: { 'content-length': '100' },
      })
      request.on('error', () => {})
      request.write('{')
      await once(request, 'socket')
      request.destroy()
      assert.equal((await echo('/echo')).httpMethod, 'POST')
      assert.deepEqual(
        failures.filter((text) => text.startsWith('gateway')),
        [],
      )
    })
  })
}

test('reports health as it is told, with 503 while the shop cannot sell', async (t) => {
  let ok = false
  const health = async () => ({ ok, checks: { database: ok ? 'ok' : 'failed' } })
  const gateway = await startGateway({ router: () => undefined, functions: new Map(), health })
  t.after(() => gateway.close())
  assert.equal((await fetch(`${gateway.url}/healthz`)).status, 503)
  ok = true
  const response = await fetch(`${gateway.url}/healthz`)
  assert.equal(response.status, 200)
  assert.deepEqual(await response.json(), { status: 200, checks: { database: 'ok' } })
})

test('lets a request that runs finish before it closes', async () => {
  const source = `exports.main_handler = () => {
    console.log('begun')
    return new Promise((done) => setTimeout(done, 300, { statusCode: 200, body: 'done' }))
  }`
  let begun = () => {}
  const hasBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const codeOfSlow = join(writeFunctions({ slow: source }), 'slow')
  const slow = createFunction({ name: 'slow', codeDir: codeOfSlow, timeoutSec: 60, onLog: begun })
  const gateway = await startGateway({ router: () => 'slow', functions: new Map([['slow', slow]]) })
  const answer = fetch(`${gateway.url}/x`).then((response) => response.text())
  await hasBegun
  await gateway.close()
  assert.equal(await answer, 'done')
  await slow.close()
})

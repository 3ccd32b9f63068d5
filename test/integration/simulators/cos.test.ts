/** The object store simulator: what it lets in, and how it says no. Signed here by hand, without the shop's signer. */
import assert from 'node:assert/strict'
import { createHash, createHmac } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { request as httpRequest } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, describe, it } from 'node:test'
import type { CosSim } from '../../../simulators/cos/index.ts'
import { startTestCos, TEST_COS_ACCOUNT } from '../../helpers/cos.ts'

const hmac = (key: string, text: string) => createHmac('sha1', key).update(text).digest('hex')
const sha1 = (text: string) => createHash('sha1').update(text).digest('hex')
/** For values of these tests: nothing in them is encoded otherwise by the service. */
const join2 = (fields: Record<string, string>) =>
  Object.keys(fields)
    .sort()
    .map((name) => `${name}=${encodeURIComponent(fields[name] ?? '')}`)
    .join('&')

interface Signing {
  method: string
  path: string
  headers: Record<string, string>
  query?: Record<string, string>
  secretId?: string
  secretKey?: string
  /** Seconds from now. */
  from?: number
  until?: number
}

function signed(options: Signing): Record<string, string> {
  const { method, path, headers, query = {}, from = -5, until = 60 } = options
  const { secretId = TEST_COS_ACCOUNT.secretId, secretKey = TEST_COS_ACCOUNT.secretKey } = options
  const now = Math.floor(Date.now() / 1000)
  const time = `${now + from};${now + until}`
  const text = `${method.toLowerCase()}\n${path}\n${join2(query)}\n${join2(headers)}\n`
  return {
    'q-sign-algorithm': 'sha1',
    'q-ak': secretId,
    'q-sign-time': time,
    'q-key-time': time,
    'q-header-list': Object.keys(headers).sort().join(';'),
    'q-url-param-list': Object.keys(query).sort().join(';'),
    'q-signature': hmac(hmac(secretKey, time), `sha1\n${time}\n${sha1(text)}\n`),
  }
}

interface Answer {
  status: number
  headers: Record<string, string | string[] | undefined>
  body: string
  code: string | undefined
}

describe('object store simulator', () => {
  let sim: CosSim
  let shut: CosSim
  let aheadMs = 0
  const folder = mkdtempSync(join(tmpdir(), 'letao-cos-test-'))
  before(async () => {
    sim = await startTestCos({ folder, now: () => Date.now() + aheadMs })
    shut = await startTestCos({ isPublic: false, cors: { origins: ['https://admin.example'] } })
  })
  after(async () => {
    await sim.close()
    await shut.close()
    rmSync(folder, { recursive: true, force: true })
  })

  /** Exactly these headers, which `fetch` does not allow. */
  function send(
    method: string,
    target: string,
    headers: Record<string, string> = {},
    body: Buffer | string = '',
    to = sim,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(to.url + target, { method, headers, agent: false }, (response) => {
        const chunks: Buffer[] = []
        response.on('data', (chunk: Buffer) => chunks.push(chunk))
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString()
          const [, code] = /<Code>(\w+)<\/Code>/.exec(text) ?? []
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text, code })
        })
      })
      request.on('error', reject)
      request.end(body)
    })
  }

  const host = (to = sim) => new URL(to.url).host
  let files = 0
  const newKey = () => `/p/202611/file${++files}.png`
  const header = (fields: Record<string, string>) =>
    Object.entries(fields)
      .map((pair) => pair.join('='))
      .join('&')

  /** An upload by link, as a browser makes it; `changes` are of what is sent, not of what is signed. */
  async function put(
    path: string,
    {
      body = 'picture',
      sign = {},
      sent = {},
      method = 'PUT',
      target = path,
      query = '',
    }: {
      body?: string
      sign?: Partial<Signing>
      sent?: Record<string, string>
      method?: string
      target?: string
      query?: string
    } = {},
  ): Promise<Answer> {
    const headers = {
      host: host(),
      'content-type': 'image/png',
      'content-length': String(Buffer.byteLength(body)),
      'x-cos-forbid-overwrite': 'true',
    }
    const fields = signed({ method: 'PUT', path, headers, ...sign })
    const link = `${target}?${new URLSearchParams(fields)}${query}`
    return send(method, link, { ...headers, ...sent }, body)
  }

  it('takes a signed upload, and shows it to anybody with the type that it came with', async () => {
    const path = newKey()
    const stored = await put(path)
    assert.equal(stored.status, 200, stored.body)
    const shown = await send('GET', path)
    assert.deepEqual(
      [shown.status, shown.body, shown.headers['content-type'], shown.headers.etag],
      [200, 'picture', 'image/png', stored.headers.etag],
    )
    assert.equal(readFileSync(join(sim.files, path), 'utf8'), 'picture')
    const [newest] = await sim.objects()
    assert.deepEqual([newest?.key, newest?.bytes], [path.slice(1), 7])
    assert.equal((await fetch(`${sim.url}/sim/objects`)).status, 200)
    assert.match(await (await fetch(sim.url)).text(), /模拟对象存储/)
  })

  it('takes the signature in the header, too', async () => {
    const path = newKey()
    const headers = { host: host(), 'content-length': '1' }
    const authorization = header(signed({ method: 'PUT', path, headers }))
    assert.equal((await send('PUT', path, { ...headers, authorization }, 'x')).status, 200)
  })

  for (const [why, code, options] of [
    ['before its time', 'RequestTimeTooSkewed', { sign: { from: 30 } }],
    ['after its time', 'AccessDenied', { sign: { from: -60, until: -1 } }],
    ['with an unknown key', 'InvalidAccessKeyId', { sign: { secretId: 'AKIDnobody' } }],
    ['with the wrong secret', 'SignatureDoesNotMatch', { sign: { secretKey: 'guessed' } }],
    ['signed for another method', 'SignatureDoesNotMatch', { sign: { method: 'GET' } }],
    ['signed for another place', 'SignatureDoesNotMatch', { target: '/p/202611/elsewhere.png' }],
    ['of another type', 'SignatureDoesNotMatch', { sent: { 'content-type': 'text/html' } }],
    ['whose host is not signed', 'SignatureDoesNotMatch', { sign: { headers: {} } }],
    ['to another host', 'SignatureDoesNotMatch', { sent: { host: 'elsewhere.example' } }],
    ['that may replace after all', 'SignatureDoesNotMatch', { sent: { 'x-cos-forbid-overwrite': 'false' } }],
    [
      'with a header that is not signed',
      'SignatureDoesNotMatch',
      { sent: { 'x-cos-acl': 'public-read-write' } },
    ],
    ['with a parameter that is not signed', 'SignatureDoesNotMatch', { query: '&acl' }],
    ['with a field twice', 'InvalidArgument', { query: '&q-ak=AKIDnobody' }],
  ] as const) {
    it(`refuses an upload ${why}`, async () => {
      const path = newKey()
      const refused = await put(path, options as Parameters<typeof put>[1])
      assert.deepEqual([refused.status, refused.code], [403, code], refused.body)
      assert.match(refused.body, /^<\?xml[\s\S]*<Resource>[\s\S]*<RequestId>[\s\S]*<TraceId>/)
      assert.equal(refused.headers['content-type'], 'application/xml')
      assert.equal((await send('GET', path)).code, 'NoSuchKey')
    })
  }

  it('refuses a body of another length than was signed', async () => {
    const path = newKey()
    const signedHeaders = {
      host: host(),
      'content-type': 'image/png',
      'content-length': '7',
      'x-cos-forbid-overwrite': 'true',
    }
    const refused = await put(path, { body: 'a longer picture', sign: { headers: signedHeaders } })
    assert.equal(refused.code, 'SignatureDoesNotMatch')
  })

  it('refuses lists that are out of order', async () => {
    const path = newKey()
    const headers = { host: host(), 'content-length': '1' }
    const fields = { ...signed({ method: 'PUT', path, headers }), 'q-header-list': 'host;content-length' }
    const refused = await send('PUT', path, { ...headers, authorization: header(fields) }, 'x')
    assert.equal(refused.code, 'SignatureDoesNotMatch')
  })

  it('refuses an upload without a signature, or with half of one', async () => {
    assert.equal((await send('PUT', newKey(), { 'content-length': '1' }, 'x')).code, 'AccessDenied')
    const half = { authorization: 'q-sign-algorithm=sha1&q-ak=x', 'content-length': '1' }
    assert.equal((await send('PUT', newKey(), half, 'x')).code, 'InvalidArgument')
  })

  it('keeps what is there: the same link serves once, and one of two at a time', async () => {
    const path = newKey()
    const answers = await Promise.all(['first', 'other', 'third'].map((body) => put(path, { body })))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409, 409])
    const replay = await put(path, { body: 'again' })
    assert.deepEqual([replay.status, replay.code], [409, 'FileAlreadyExists'])
    const { etag } = answers.find(({ status }) => status === 200)?.headers ?? {}
    assert.equal((await send('HEAD', path)).headers.etag, etag)
  })

  it('replaces it where nobody forbids that, as the service does', async () => {
    const path = newKey()
    for (const body of ['a', 'bb']) {
      const headers = { host: host(), 'content-length': String(body.length) }
      const authorization = header(signed({ method: 'PUT', path, headers }))
      assert.equal((await send('PUT', path, { ...headers, authorization }, body)).status, 200)
    }
    assert.equal((await send('GET', path)).body, 'bb')
  })

  it('needs a length, and checks a digest', async () => {
    const path = newKey()
    const md5 = createHash('md5').update('x').digest('base64')
    const headers = { host: host(), 'content-md5': md5, 'content-length': '1' }
    const authorization = header(signed({ method: 'PUT', path, headers }))
    assert.equal((await send('PUT', path, { ...headers, authorization }, 'y')).code, 'BadDigest')
    const bare = { host: host() }
    const chunked = { ...bare, authorization: header(signed({ method: 'PUT', path, headers: bare })) }
    const answer = await send('PUT', path, { ...chunked, 'transfer-encoding': 'chunked' }, 'x')
    assert.deepEqual([answer.status, answer.code], [411, 'MissingContentLength'])
  })

  it('knows ranges and conditions', async () => {
    const path = newKey()
    const { etag } = (await put(path, { body: '0123456789' })).headers
    const part = await send('GET', path, { range: 'bytes=2-4', 'if-match': String(etag) })
    assert.deepEqual([part.status, part.body, part.headers['content-range']], [206, '234', 'bytes 2-4/10'])
    assert.equal((await send('GET', path, { range: 'bytes=0-99999' })).headers['content-length'], '10')
    assert.equal((await send('GET', path, { range: 'bytes=10-' })).code, 'InvalidRange')
    assert.equal((await send('GET', path, { 'if-match': '"other"' })).code, 'PreconditionFailed')
    assert.equal((await send('GET', path, { 'if-none-match': String(etag) })).status, 304)
    const absent = await send('HEAD', newKey())
    assert.deepEqual([absent.status, absent.body], [404, ''])
  })

  it('stays inside its folder', async () => {
    for (const path of ['/p/../../a', '/p/%2e%2e/%2e%2e/a', '/p//a', '/p/a%00', '/p/..%5ca', '/%E0%A4%A'])
      assert.notEqual((await send('GET', path)).status, 200, path)
    assert.equal((await send('DELETE', '/p/a.png')).code, 'MethodNotAllowed')
  })

  it('held to a signature that is there, also for reading; a private bucket asks for one', async () => {
    const path = newKey()
    await put(path)
    const headers = { host: host() }
    const wrong = signed({ method: 'GET', path, headers, secretKey: 'guessed' })
    assert.equal((await send('GET', path, { ...headers, authorization: header(wrong) })).status, 403)
    assert.equal((await send('GET', '/p/a.png', {}, '', shut)).code, 'AccessDenied')
    const own = { host: host(shut) }
    const right = signed({ method: 'GET', path: '/p/a.png', headers: own })
    assert.equal(
      (await send('GET', `/p/a.png?${new URLSearchParams(right)}`, own, '', shut)).code,
      'NoSuchKey',
    )
  })

  it('a clock that runs ahead ends a link', async () => {
    const path = newKey()
    aheadMs = 61_000
    try {
      const late = await put(path)
      assert.deepEqual([late.code, /Request has expired/.test(late.body)], ['AccessDenied', true])
    } finally {
      aheadMs = 0
    }
  })

  it('lets pages of the allowed origins in, with the allowed headers', async () => {
    const preflight = (origin: string, method: string, headers: string, to: CosSim) =>
      send(
        'OPTIONS',
        '/p/a.png',
        { origin, 'access-control-request-method': method, 'access-control-request-headers': headers },
        '',
        to,
      )
    const good = await preflight('http://a.example', 'PUT', 'content-type, x-cos-forbid-overwrite', sim)
    assert.deepEqual([good.status, good.headers['access-control-allow-origin']], [200, '*'])
    const own = await preflight('https://admin.example', 'PUT', 'content-type', shut)
    assert.deepEqual([own.status, own.headers['access-control-allow-origin']], [200, 'https://admin.example'])
    for (const [origin, method, headers] of [
      ['https://elsewhere.example', 'PUT', 'content-type'],
      ['https://admin.example', 'DELETE', ''],
      ['https://admin.example', 'PUT', 'x-cos-acl'],
    ] as const)
      assert.equal((await preflight(origin, method, headers, shut)).code, 'AccessForbidden')
    assert.equal((await send('OPTIONS', '/p/a.png')).code, 'AccessForbidden')
  })

  it('fails as it is told to, and works again', async () => {
    const path = newKey()
    await fetch(`${sim.url}/sim/faults`, {
      method: 'POST',
      body: JSON.stringify({ kind: 'error', method: 'PUT', status: 503, code: 'SlowDown', times: 1 }),
    })
    assert.equal((await put(path)).code, 'SlowDown')
    sim.faults.add({ kind: 'replyLost', times: 1 })
    await assert.rejects(put(path))
    assert.equal((await send('GET', path)).status, 200)
    sim.faults.add({ kind: 'reset', times: 1 })
    await assert.rejects(send('GET', path))
    assert.equal((await send('GET', path)).status, 200)
    assert.throws(() => sim.faults.add({ kind: 'fire' as never }), TypeError)
  })
})

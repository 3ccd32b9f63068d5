/** WeChat Pay's two access points: when the other one is asked, when it must not be, and which one comes first. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer as createHttpServer, type RequestListener } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { after, afterEach, before, beforeEach, describe, test } from 'node:test'
import type { Config } from '#shared/config'
import type { PostOptions } from '#shared/payment/gateway/wechat-v2'
import type { WechatSim } from '../../../simulators/wechat-pay/index.ts'
import { loadFunction } from '../../helpers/functions.ts'
import { openRefundShop, type RefundShop } from '../../helpers/refund-shop.ts'
import { startTestWechat } from '../../helpers/wechat.ts'

const servers: Server[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) {
    const closed = once(server, 'close')
    server.close()
    if ('closeAllConnections' in server) (server as ReturnType<typeof createHttpServer>).closeAllConnections()
    await closed
  }
})

async function listen(server: Server, scheme = 'http'): Promise<string> {
  servers.push(server)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** A host that counts who comes. */
async function startHost(serve: RequestListener = (_request, response) => response.end('<xml>here</xml>')) {
  const host = { url: '', calls: 0 }
  host.url = await listen(
    createHttpServer((request, response) => {
      host.calls++
      request.resume()
      request.on('end', () => serve(request, response))
    }),
  )
  return host
}

const answerWith =
  (status: number): RequestListener =>
  (_request, response) =>
    void response.writeHead(status).end('<html>')

let instances = 0

/** One function instance's way to WeChat: it knows nothing of what others met. */
async function instance(primary: string, backup: string | undefined) {
  const { post } = (await import(
    `../../../shared/payment/gateway/wechat-v2/transport.ts?instance=${++instances}`
  )) as typeof import('#shared/payment/gateway/wechat-v2')
  const config = { WX_API_BASE: primary, WX_API_BACKUP: backup ?? 'https://api2.mch.weixin.qq.com' } as Config
  return (options: PostOptions = {}) => post(config, '/pay/orderquery', '<xml></xml>', options)
}

/** A host where nobody listens. */
async function closedPort(): Promise<string> {
  const server = createTcpServer()
  const url = await listen(server)
  server.close()
  await once(server, 'close')
  servers.splice(servers.indexOf(server), 1)
  return url
}

describe('the other access point is asked', () => {
  test('when nobody listens at the first', async () => {
    const backup = await startHost()
    const post = await instance(await closedPort(), backup.url)
    assert.equal(await post(), '<xml>here</xml>')
    assert.equal(backup.calls, 1)
  })

  test('when the first one’s name is not found', async () => {
    const backup = await startHost()
    const post = await instance('http://api.mch.weixin.invalid', backup.url)
    assert.equal(await post(), '<xml>here</xml>')
    assert.equal(backup.calls, 1)
  })

  test('when TLS fails: a certificate of somebody else', async () => {
    const sim = await startTestWechat()
    const backup = await startHost()
    const post = await instance(sim.secure.url, backup.url)
    assert.equal(await post(), '<xml>here</xml>')
    assert.equal(sim.calls.length, 0)
    await sim.close()
  })

  test('when the connection is cut during the handshake', async () => {
    const backup = await startHost()
    const url = await listen(
      createTcpServer((socket) => socket.destroy()),
      'https',
    )
    const post = await instance(url, backup.url)
    assert.equal(await post(), '<xml>here</xml>')
  })

  test('when the first one accepts the connection and does not go on with it', async (t) => {
    const backup = await startHost()
    const silent = createTcpServer((socket) => socket.on('error', () => undefined))
    const url = await listen(silent, 'https')
    const post = await instance(url, backup.url)
    t.mock.timers.enable({ apis: ['setTimeout'] })
    const connected = once(silent, 'connection')
    const answer = post()
    const [socket] = await connected
    t.mock.timers.tick(3_000)
    assert.equal(await answer, '<xml>here</xml>')
    socket.destroy()
  })

  for (const status of [500, 502, 503, 504]) {
    test(`when the first one says HTTP ${status}`, async () => {
      const primary = await startHost(answerWith(status))
      const backup = await startHost()
      const post = await instance(primary.url, backup.url)
      assert.equal(await post(), '<xml>here</xml>')
      assert.deepEqual([primary.calls, backup.calls], [1, 1])
    })
  }
})

describe('the other access point is not asked, for WeChat may have acted or has answered', () => {
  test('when the first one answers', async () => {
    const [primary, backup] = [await startHost(), await startHost()]
    const post = await instance(primary.url, backup.url)
    await post()
    assert.deepEqual([primary.calls, backup.calls], [1, 0])
  })

  const silent: Record<string, [RequestListener, RegExp, PostOptions?]> = {
    'after a read time-out': [() => undefined, /no answer/, { totalTimeoutMs: 300 }],
    'when the connection is lost after the request was sent': [
      (request) => void request.socket.destroy(),
      /no answer/,
    ],
    'when the answer breaks off': [
      (_request, response) => {
        response.writeHead(200, { 'content-length': 1000 })
        response.write('<xml>', () => response.destroy())
      },
      /no complete answer/,
    ],
    'when the answer has no end': [
      (_request, response) => void response.end('x'.repeat(70_000)),
      /no complete answer/,
    ],
    'after HTTP 400': [answerWith(400), /HTTP 400/],
    'after HTTP 404': [answerWith(404), /HTTP 404/],
    'after a redirect, which is not followed either': [
      (_request, response) => void response.writeHead(302, { location: '/elsewhere' }).end(),
      /HTTP 302/,
    ],
  }
  for (const [when, [serve, reason, options]] of Object.entries(silent)) {
    test(when, async () => {
      const [primary, backup] = [await startHost(serve), await startHost()]
      const post = await instance(primary.url, backup.url)
      await assert.rejects(post(options), reason)
      assert.deepEqual([primary.calls, backup.calls], [1, 0])
    })
  }

  test('where WX_API_BASE is not the public one and WX_API_BACKUP was left as it is', async () => {
    const post = await instance(await closedPort(), undefined)
    const error = await post().catch((error: unknown) => error)
    assert.ok(error instanceof Error)
    // Nothing but the closed port was tried.
    assert.equal((error.cause as NodeJS.ErrnoException).code, 'ECONNREFUSED')
  })
})

describe('which access point comes first', () => {
  let primary: Awaited<ReturnType<typeof startHost>>
  let backup: Awaited<ReturnType<typeof startHost>>
  let status: number
  beforeEach(async () => {
    status = 502
    primary = await startHost((request, response) => answerWith(status)(request, response))
    backup = await startHost()
  })
  const calls = () => [primary.calls, backup.calls]

  test('is the backup after three faults in a row, and the primary again three minutes later', async (t) => {
    const post = await instance(primary.url, backup.url)
    t.mock.timers.enable({ apis: ['Date'], now: Date.now() })
    for (let time = 1; time <= 3; time++) await post()
    assert.deepEqual(calls(), [3, 3])
    await post()
    await post()
    assert.deepEqual(calls(), [3, 5])
    t.mock.timers.tick(3 * 60_000 - 1)
    await post()
    assert.deepEqual(calls(), [3, 6])
    t.mock.timers.tick(1)
    status = 200
    await post()
    await post()
    assert.deepEqual(calls(), [5, 6])
  })

  test('stays the primary while it answers in between', async () => {
    const post = await instance(primary.url, backup.url)
    for (let time = 1; time <= 3; time++) {
      status = 502
      await post()
      await post()
      status = 200
      await post()
    }
    assert.deepEqual(calls(), [9, 6])
  })

  test('does not matter when the backup fails: then the primary is asked', async () => {
    const post = await instance(primary.url, await closedPort())
    for (let time = 1; time <= 3; time++) await assert.rejects(post(), /no connection/)
    status = 200
    await post()
    assert.equal(primary.calls, 4)
  })

  test('is for each instance to find out', async () => {
    const first = await instance(primary.url, backup.url)
    for (let time = 1; time <= 3; time++) await first()
    const second = await instance(primary.url, backup.url)
    await second()
    assert.deepEqual(calls(), [4, 4])
  })

  test('says that neither is there when both are gone', async () => {
    const post = await instance(await closedPort(), await closedPort())
    await assert.rejects(post(), /no connection/)
  })
})

describe('a shop whose primary access point is gone', () => {
  let shop: RefundShop
  let sim: WechatSim
  before(async () => {
    shop = await openRefundShop()
    sim = shop.wechat
  })
  after(() => shop.close())
  afterEach(() => sim.faults.host('primary', 'up'))

  const hostsOf = (outTradeNo: string) =>
    sim.calls.filter((call) => call.outTradeNo === outTradeNo).map(({ endpoint, host }) => [endpoint, host])

  for (const state of ['refuse', 'http502'] as const) {
    test(`(${state}) sells, is paid and gives back by way of the backup, each of it once`, async () => {
      await sim.faults.host('primary', state)
      const { out_trade_no, total_fee } = await shop.paidOrder()
      const { out_refund_no, refund_id } = await shop.refund({ out_trade_no })
      assert.notEqual(refund_id, null)
      assert.deepEqual(hostsOf(out_trade_no), [['unifiedorder', 'backup']])
      assert.deepEqual(
        shop.refundCalls('refund', out_refund_no).map(({ host }) => host),
        ['backup'],
      )
      assert.deepEqual(await shop.bothSides(out_trade_no), {
        here: total_fee,
        there: total_fee,
        countThere: 1,
      })
    })
  }

  test('gets its bill by way of the backup, too', async () => {
    await sim.faults.host('primary', 'refuse')
    const text = await loadFunction('bill')({
      bill_date: new Date(Date.now() - 5 * 86_400_000).toISOString().slice(0, 10),
    })
    assert.match(String(text), /: 0 lines/)
    assert.deepEqual(
      sim.calls.filter(({ endpoint }) => endpoint === 'downloadbill').map(({ host }) => host),
      ['backup'],
    )
  })

  test('keeps one refund when HTTP 500 came after WeChat had accepted it', async () => {
    const { out_trade_no, total_fee } = await shop.paidOrder()
    const disarm = sim.faults.add({ on: 'refund', kind: 'http500', afterWork: true, host: 'primary' })
    const { out_refund_no, err_code } = await shop.refund({ out_trade_no })
    disarm()
    assert.equal(err_code, null)
    assert.deepEqual(
      shop.refundCalls('refund', out_refund_no).map(({ host }) => host),
      ['primary', 'backup'],
    )
    assert.deepEqual(await shop.bothSides(out_trade_no), { here: total_fee, there: total_fee, countThere: 1 })
  })
})

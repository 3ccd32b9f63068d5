/**
 * A WeChat Pay merchant platform for one machine: API v2 as strict as the real one, and a person's page to pay with.
 * It shares no code with the shop. See README.md for what it imitates and what it does not.
 */
import { EventEmitter } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { Endpoint, Service } from './api.ts'
import { serveControls } from './controls.ts'
import { closeOrder } from './endpoints/close-order.ts'
import { orderQuery } from './endpoints/order-query.ts'
import { unifiedOrder } from './endpoints/unified-order.ts'
import { Faults, type HostName } from './faults.ts'
import { Listener } from './listeners.ts'
import { merchantOf } from './merchants.ts'
import { Notifier } from './notifier.ts'
import { OrderBook, type SimOrder } from './orders.ts'
import { servePage } from './page.ts'
import { paymentNotify } from './payment-notify.ts'
import { type Call, serveApi } from './transport.ts'
import type { WechatSim, WechatSimOptions } from './types.ts'

export type { FaultKind, FaultPoint, FaultRule, HostName, HostState } from './faults.ts'
export type { Merchant } from './merchants.ts'
export { type Delivery, RETRY_SCHEDULE_SEC } from './notifier.ts'
export { type PayOptions, PayRefused, type SimOrder } from './orders.ts'
export type { Call } from './transport.ts'
export type { WechatSim, WechatSimOptions } from './types.ts'

const ENDPOINTS: readonly Endpoint[] = [unifiedOrder, orderQuery, closeOrder]
/** Enough for any test to look back on, without growing for ever. */
const CALLS_KEPT = 100_000

/** Starts the service. @throws when a port is taken */
export async function startWechatSim(options: WechatSimOptions): Promise<WechatSim> {
  const { merchants, host = '127.0.0.1', now = Date.now, log = () => {}, notifySpeed = 1 } = options
  const events = new EventEmitter().setMaxListeners(0)
  const calls: Call[] = []
  const listeners: Record<HostName, Listener> = {
    primary: new Listener(createServer(serve('primary')), host, options.port ?? 0),
    backup: new Listener(createServer(serve('backup')), host, options.backupPort ?? 0),
  }
  const faults = new Faults((name, state) => listeners[name].set(state))
  const notifier = new Notifier({ speed: notifySpeed, faults, now, log })
  for (const name of ['delivery', 'done']) notifier.on(name, (...args) => events.emit(name, ...args))
  const book = new OrderBook(now)
  const service: Service = { merchants, book, notifier, now, defaultSignType: options.signType ?? 'MD5' }

  function record(call: Call): void {
    calls.push(call)
    if (calls.length > CALLS_KEPT) calls.shift()
    log(`${call.endpoint} ${call.outTradeNo}: ${call.result}${call.fault ? ` (${call.fault})` : ''}`)
    events.emit('call', call)
  }

  function serve(name: HostName) {
    return (request: IncomingMessage, response: ServerResponse): void => {
      route(name, request, response).catch((error: unknown) => {
        // a merchant that hung up is its own affair; anything else is a defect of the simulator
        if (!request.destroyed || !response.destroyed) log(`internal: ${String(error)}`)
        if (!response.headersSent) response.writeHead(500)
        response.end()
      })
    }
  }

  async function route(name: HostName, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (name === 'primary' && path.startsWith('/sim/')) return serveControls(request, response, sim)
    if (name === 'primary' && path === '/') return servePage(response)
    if (listeners[name].state === 'http502') {
      response
        .writeHead(502, { 'content-type': 'text/html' })
        .end('<html><body>502 Bad Gateway</body></html>')
      return
    }
    const endpoint = ENDPOINTS.find((known) => known.path === path)
    if (endpoint) return serveApi(request, response, { endpoint, host: name, service, faults, record })
    response.writeHead(404, { 'content-type': 'text/html' }).end('<html><body>404 Not Found</body></html>')
  }

  function messageOf(order: SimOrder) {
    return paymentNotify(order, merchantOf(merchants, { appid: order.appid, mch_id: order.mchId }))
  }

  function settle(order: SimOrder, notify: boolean | undefined): SimOrder {
    events.emit('paid', order)
    if (notify !== false) notifier.send(messageOf(order))
    return order
  }

  const sim: WechatSim = {
    get url() {
      return `http://${host}:${listeners.primary.port}`
    },
    get port() {
      return listeners.primary.port
    },
    backup: {
      get url() {
        return `http://${host}:${listeners.backup.port}`
      },
      get port() {
        return listeners.backup.port
      },
    },
    async close() {
      notifier.close()
      await Promise.all(Object.values(listeners).map((listener) => listener.close()))
    },
    orders: book,
    pay: (outTradeNo, how = {}) => settle(book.pay(outTradeNo, how), how.notify),
    scan: (codeUrl, how = {}) => settle(book.scan(codeUrl, how), how.notify),
    faults,
    events,
    waitForNotify: (outTradeNo, wait) => notifier.waitFor(outTradeNo, wait),
    async resendNotify(outTradeNo) {
      const order = book.get(outTradeNo)
      if (!order?.payment) throw new Error(`${outTradeNo} is not paid`)
      return notifier.resend(messageOf(order))
    },
    deliveries: (outTradeNo) => notifier.deliveries(outTradeNo),
    notifyState: (outTradeNo) => notifier.stateOf('notify', outTradeNo),
    idle: () => notifier.idle(),
    calls,
  }
  await Promise.all(Object.values(listeners).map((listener) => listener.open()))
  return sim
}

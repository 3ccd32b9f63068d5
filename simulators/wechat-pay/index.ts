/**
 * A WeChat Pay merchant platform for one machine: API v2 as strict as the real one, and a person's page to pay with.
 * It shares no code with the shop. See README.md for what it imitates and what it does not.
 */
import { EventEmitter } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listening, sendPage } from '../kit/http.ts'
import { type Listener, plainListener } from '../kit/listener.ts'
import type { Endpoint, Service } from './api.ts'
import { authorityFile, certificateAuthority, merchantCertificate } from './certificates.ts'
import { Clearing } from './clearing.ts'
import { serveControls } from './controls.ts'
import { closeOrder } from './endpoints/close-order.ts'
import { downloadBill } from './endpoints/download-bill.ts'
import { orderQuery } from './endpoints/order-query.ts'
import { refund } from './endpoints/refund.ts'
import { refundQuery } from './endpoints/refund-query.ts'
import { unifiedOrder } from './endpoints/unified-order.ts'
import { BusinessFailure } from './errors.ts'
import { Faults, type HostName } from './faults.ts'
import { merchantOf } from './merchants.ts'
import { Notifier } from './notifier.ts'
import { OrderBook, type SimOrder } from './orders.ts'
import { paymentNotify } from './payment-notify.ts'
import { RefundBook } from './refunds.ts'
import { secureListener } from './secure-listener.ts'
import { type Call, serveApi } from './transport.ts'
import type { SecureHosts, WechatSim, WechatSimOptions } from './types.ts'

export type { HostState } from '../kit/listener.ts'
export type { FaultKind, FaultPoint, FaultRule, HostName } from './faults.ts'
export type { Merchant } from './merchants.ts'
export { type Delivery, RETRY_SCHEDULE_SEC } from './notifier.ts'
export { type PayOptions, PayRefused, type SimOrder } from './orders.ts'
export type { Refund, RefundStatus } from './refund.ts'
export { refundEnvironment } from './refund-environment.ts'
export type { Call } from './transport.ts'
export type { SecureHosts, WechatSim, WechatSimOptions } from './types.ts'

const ENDPOINTS: readonly Endpoint[] = [
  unifiedOrder,
  orderQuery,
  closeOrder,
  refund,
  refundQuery,
  downloadBill,
]
/** Enough for any test to look back on, without growing for ever. */
const CALLS_KEPT = 100_000
const PAGE = new URL('./page.html', import.meta.url)
const REFUND_DELAY_MS = 500
const LOOPBACK = '127.0.0.1'

/** Starts the service. @throws when a port is taken */
export async function startWechatSim(options: WechatSimOptions): Promise<WechatSim> {
  const { merchants, host = LOOPBACK, now = Date.now, log = () => {}, notifySpeed = 1 } = options
  const events = new EventEmitter().setMaxListeners(0)
  const calls: Call[] = []
  const plain: Record<HostName, Listener> = {
    primary: plainListener(serve('primary'), host, options.port),
    backup: plainListener(serve('backup'), LOOPBACK, options.backupPort),
  }
  const secure: Record<HostName, Listener> = {
    primary: await secureListener(serve('primary'), LOOPBACK, options.securePort),
    backup: await secureListener(serve('backup'), LOOPBACK),
  }
  const listeners = [...Object.values(plain), ...Object.values(secure)]
  const faults = new Faults(async (name, state) => {
    await Promise.all([plain[name].set(state), secure[name].set(state)])
  })
  const notifier = new Notifier({ speed: notifySpeed, faults, now, log })
  for (const name of ['delivery', 'done']) notifier.on(name, (...args) => events.emit(name, ...args))
  const book = new OrderBook(now)
  const refunds = new RefundBook(now)
  const { refundDelayMs: delayMs = REFUND_DELAY_MS } = options
  const clearing = new Clearing({ refunds, notifier, merchants, events, delayMs })
  const service: Service = {
    merchants,
    book,
    refunds,
    onRefund: (order, made) => clearing.take(order, made),
    now,
    defaultSignType: options.signType ?? 'MD5',
  }
  const firstMchId = merchants[0]?.mchId ?? ''

  function record(call: Call): void {
    calls.push(call)
    if (calls.length > CALLS_KEPT) calls.shift()
    log(`${call.endpoint} ${call.outTradeNo}: ${call.result}${call.fault ? ` (${call.fault})` : ''}`)
    events.emit('call', call)
  }

  function serve(name: HostName) {
    return listening((request, response) => route(name, request, response), log)
  }

  async function route(name: HostName, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/'
    if (name === 'primary' && path.startsWith('/sim/')) return serveControls(request, response, sim)
    if (name === 'primary' && path === '/') return sendPage(response, PAGE)
    if (plain[name].state === 'http502') {
      response
        .writeHead(502, { 'content-type': 'text/html' })
        .end('<html><body>502 Bad Gateway</body></html>')
      return
    }
    const endpoint = ENDPOINTS.find((known) => known.path === path)
    if (endpoint) {
      const drawByBody = options.drawFaultsBy === 'body'
      return serveApi(request, response, { endpoint, host: name, service, faults, drawByBody, record })
    }
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

  await Promise.all(listeners.map((listener) => listener.open()))
  const { hosts, removeFile } = secureHosts(secure, firstMchId, (await certificateAuthority()).certPem)

  const sim: WechatSim = {
    url: plain.primary.url,
    port: plain.primary.port,
    backup: { url: plain.backup.url, port: plain.backup.port },
    secure: hosts,
    async close() {
      notifier.close()
      clearing.close()
      await Promise.all([...listeners.map((listener) => listener.close()), removeFile()])
    },
    orders: book,
    refunds: {
      get(outRefundNo, mchId = firstMchId) {
        try {
          return refunds.find(mchId, { outRefundNo }).refund
        } catch (error) {
          if (error instanceof BusinessFailure) return undefined
          throw error
        }
      },
      finish: (outRefundNo, status = 'SUCCESS', mchId = firstMchId) =>
        clearing.finish(mchId, outRefundNo, status),
    },
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
    deliveries: (outTradeNo, point) => notifier.deliveries(outTradeNo, point),
    notifyState: (outTradeNo) => notifier.stateOf('notify', outTradeNo),
    async idle() {
      await clearing.idle()
      await notifier.idle()
    },
    calls,
  }
  return sim
}

function secureHosts(listeners: Record<HostName, Listener>, firstMchId: string, caPem: string) {
  let file: ReturnType<typeof authorityFile> | undefined
  const hosts: SecureHosts = {
    url: listeners.primary.url,
    port: listeners.primary.port,
    backup: { url: listeners.backup.url, port: listeners.backup.port },
    caPem,
    async caFile() {
      file ??= authorityFile()
      return (await file).path
    },
    clientCertificate: (mchId = firstMchId) => merchantCertificate(mchId),
  }
  return { hosts, removeFile: async () => (await file)?.remove() }
}

/**
 * Tencent Cloud's SMS API for one machine, as strict as the real one, with an inbox to read the codes in. It shares no
 * code with the shop. See README.md for what it imitates and what it does not.
 */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'
import { serveApi } from './api.ts'
import { serveControls } from './controls.ts'
import { SmsFaults } from './faults.ts'
import { Inbox, type Message } from './inbox.ts'
import type { Approved } from './send-sms.ts'

export type { SmsFault } from './faults.ts'
export type { Message } from './inbox.ts'

export interface SmsSimOptions extends Approved {
  /** 0 (default) is any free port. */
  readonly port?: number
  /** What it listens on: 127.0.0.1 by default. */
  readonly host?: string
  readonly secretId: string
  readonly secretKey: string
  /** `false` lifts the limits of one phone (1 in 30 s, 5 an hour, 10 a day). */
  readonly limits?: boolean
  /** Epoch milliseconds; a test may move it. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

/** One call that came in: `Ok`, or the code of what was wrong. */
export interface SmsCall {
  readonly at: number
  readonly action: string
  readonly result: string
  readonly fault?: string
}

export interface SmsSim {
  /** `http://127.0.0.1:port`, what the shop calls SMS_ENDPOINT. */
  readonly url: string
  readonly port: number
  /** Stops listening and drops open connections. */
  close(): Promise<void>
  /** Newest first; `mobile` without +86. */
  messages(mobile?: string): Message[]
  /** The next message of that phone that nobody waited for yet, also one that is there already. */
  waitForMessage(mobile: string, withinMs?: number): Promise<Message>
  readonly faults: SmsFaults
  /** The calls received, oldest first. */
  readonly calls: readonly SmsCall[]
}

/** Starts the service. @throws when the port is taken */
export async function startSmsSim(options: SmsSimOptions): Promise<SmsSim> {
  const { host = '127.0.0.1', port = 0, now = Date.now, log = () => {}, limits = true } = options
  const inbox = new Inbox()
  const faults = new SmsFaults()
  const calls: SmsCall[] = []
  const sockets = new Set<Socket>()
  const service = {
    credential: { id: options.secretId, key: options.secretKey },
    approved: options,
    inbox,
    faults,
    limits,
    now,
    record(call: SmsCall) {
      calls.push(call)
      log(`${call.action}: ${call.result}${call.fault ? ` (${call.fault})` : ''}`)
    },
  }

  async function route(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const page = request.url === '/' && request.method === 'GET' && !request.headers['x-tc-action']
    if (page || request.url?.startsWith('/sim/')) return serveControls(request, response, { inbox, faults })
    return serveApi(request, response, service)
  }

  const server = createServer((request, response) => {
    route(request, response).catch((error: unknown) => {
      if (!request.destroyed || !response.destroyed) log(`internal: ${String(error)}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  })
  server.on('connection', (socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
    socket.on('error', () => {})
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const taken = (server.address() as AddressInfo).port

  return {
    url: `http://${host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host}:${taken}`,
    port: taken,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      for (const socket of sockets) socket.destroy()
      await closed
    },
    messages: (mobile) => inbox.list(mobile),
    waitForMessage: (mobile, withinMs) => inbox.waitFor(mobile, withinMs),
    faults,
    calls,
  }
}

/**
 * Tencent Cloud's SMS API for one machine, as strict as the real one, with an inbox to read the codes in. It shares no
 * code with the shop. See README.md for what it imitates and what it does not.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { listening, sendPage } from '../kit/http.ts'
import { plainListener } from '../kit/listener.ts'
import { type SmsCall, serveApi } from './api.ts'
import { serveControls } from './controls.ts'
import { SmsFaults } from './faults.ts'
import { Inbox, type Message } from './inbox.ts'
import type { Approved } from './send-sms.ts'

export type { SmsCall } from './api.ts'
export type { SmsFault } from './faults.ts'
export type { Message } from './inbox.ts'

const PAGE = new URL('./page.html', import.meta.url)

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
  const { host, port, now = Date.now, log = () => {}, limits = true } = options
  const inbox = new Inbox()
  const faults = new SmsFaults()
  const calls: SmsCall[] = []
  const service = {
    account: { secretId: options.secretId, secretKey: options.secretKey },
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
    const byHand = !request.headers['x-tc-action']
    if (request.url === '/' && request.method === 'GET' && byHand) return sendPage(response, PAGE)
    if (request.url?.startsWith('/sim/')) return serveControls(request, response, { inbox, faults })
    return serveApi(request, response, service)
  }

  const listener = plainListener(listening(route, log), host, port)
  await listener.open()

  return {
    url: listener.url,
    port: listener.port,
    close: () => listener.close(),
    messages: (mobile) => inbox.list(mobile),
    waitForMessage: (mobile, withinMs) => inbox.waitFor(mobile, withinMs),
    faults,
    calls,
  }
}

/** Sends messages to the merchant, again and again by the schedule, until the answer says "received". */
import { EventEmitter, once } from 'node:events'
import { type ClientRequest, request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { FaultRule, Faults } from './faults.ts'
import { whyNotReceived } from './success-answer.ts'

/** Seconds from one attempt to the next: 15 repeats in 24 h 4 min. */
export const RETRY_SCHEDULE_SEC: readonly number[] = [
  15, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600, 10800, 10800, 10800, 21600, 21600,
]
const ANSWER_WITHIN_MS = 5000
const ANSWER_LIMIT_BYTES = 64 * 1024

/** Which of the two messages, and about what. */
export interface Message {
  readonly point: 'notify' | 'refundnotify'
  readonly outTradeNo: string
  /** The refund's own number, for `refundnotify`. */
  readonly outRefundNo?: string
  readonly url: string
  /** Writes the body again for each attempt (nonce and signature differ); a fault may ask for a wrong one. */
  readonly write: (fault: FaultRule | undefined) => string
}

/** One delivery and what the merchant answered. */
export interface Delivery {
  readonly point: 'notify' | 'refundnotify'
  readonly outTradeNo: string
  readonly outRefundNo?: string
  /** 1 for the first; copies of a repeated notify share the number. */
  readonly attempt: number
  readonly at: number
  readonly url: string
  /** What was sent. */
  readonly sent: string
  /** `0` when no answer came. */
  readonly status: number
  /** The answer's body. */
  readonly body: string
  readonly accepted: boolean
  /** Why it was not accepted. */
  readonly reason?: string
  /** The fault that touched this delivery. */
  readonly fault?: string
}

/** What to wait for. */
export interface WaitOptions {
  /** `answered` (default): the first delivery that reached the merchant. `accepted`: the one that was received well. */
  readonly until?: 'answered' | 'accepted'
  /** The `n`-th delivery instead of the first. */
  readonly nth?: number
  readonly point?: 'notify' | 'refundnotify'
  /** Milliseconds until it gives up waiting (default 30,000). */
  readonly withinMs?: number
}

/** How a message's life stands. */
export type DeliveryState = 'pending' | 'accepted' | 'given up'

interface Track {
  readonly message: Message
  attempt: number
  state: DeliveryState
  timer?: NodeJS.Timeout
}

/** Emits `delivery` (Delivery) for each answer and `done` (Message, DeliveryState) at the end of each message. */
export class Notifier extends EventEmitter {
  readonly #tracks = new Map<string, Track>()
  readonly #deliveries = new Map<string, Delivery[]>()
  readonly #options: { speed: number; faults: Faults; now: () => number; log: (line: string) => void }
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #open = new Set<ClientRequest>()
  #inFlight = 0
  #closed = false

  constructor(options: { speed: number; faults: Faults; now: () => number; log: (line: string) => void }) {
    super()
    this.setMaxListeners(0)
    this.#options = options
  }

  /** Starts sending; the first attempt leaves at once. */
  send(message: Message): void {
    const track: Track = { message, attempt: 0, state: 'pending' }
    this.#tracks.set(keyOf(message), track)
    void this.#attempt(track)
  }

  /** Sends a message once more by hand, whatever became of it; the schedule is not touched. */
  async resend(message: Message): Promise<Delivery> {
    const track = this.#tracks.get(keyOf(message)) ?? { message, attempt: 0, state: 'pending' as const }
    this.#tracks.set(keyOf(message), track)
    const delivery = await this.#deliver(message, track.attempt + 1, undefined)
    if (delivery.accepted) this.#finish(track, 'accepted')
    return delivery
  }

  /** All deliveries about an order, oldest first. */
  deliveries(outTradeNo: string, point?: 'notify' | 'refundnotify'): readonly Delivery[] {
    const all = this.#deliveries.get(outTradeNo) ?? []
    return point ? all.filter((delivery) => delivery.point === point) : all
  }

  /** How a message stands; undefined when there was none. */
  stateOf(point: Message['point'], outTradeNo: string, outRefundNo?: string): DeliveryState | undefined {
    return this.#tracks.get(`${point}\n${outTradeNo}\n${outRefundNo ?? ''}`)?.state
  }

  /** Waits for a delivery, also one that has already been. @throws Error after `withinMs` */
  async waitFor(outTradeNo: string, options: WaitOptions = {}): Promise<Delivery> {
    const { until = 'answered', nth = 1, point = 'notify', withinMs = 30_000 } = options
    const signal = AbortSignal.timeout(withinMs)
    for (;;) {
      const reached = this.deliveries(outTradeNo, point).filter(({ fault }) => fault !== 'lost')
      const wanted = until === 'accepted' ? reached.filter(({ accepted }) => accepted) : reached
      const found = wanted[nth - 1]
      if (found) return found
      const seen = reached.map(({ status, reason }) => `${status} ${reason ?? 'ok'}`).join('; ') || 'none'
      await once(this, 'delivery', { signal }).catch(() => {
        throw new Error(
          `no ${point} of ${outTradeNo} was ${until} within ${withinMs} ms (deliveries: ${seen})`,
        )
      })
    }
  }

  /** Resolves when no message is on its way or waiting for its next attempt. */
  async idle(): Promise<void> {
    while (this.#inFlight > 0 || this.#timers.size > 0) await once(this, 'settled')
  }

  /** Sends nothing any more. */
  close(): void {
    this.#closed = true
    for (const request of this.#open) request.destroy(new Error('the simulator was closed'))
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.emit('settled')
  }

  async #attempt(track: Track): Promise<void> {
    const { message } = track
    track.attempt++
    const fault = this.#options.faults.strikeAt(message.point, message.outTradeNo)
    if (fault?.kind === 'late') await this.#pause(fault.delayMs ?? 1000)
    if (this.#closed) return
    const copies = fault?.kind === 'repeat' ? (fault.count ?? 2) : 1
    const sent = Array.from({ length: copies }, () => this.#deliver(message, track.attempt, fault))
    const deliveries = await Promise.all(sent)
    if (deliveries.some(({ accepted }) => accepted)) return this.#finish(track, 'accepted')
    const wait = RETRY_SCHEDULE_SEC[track.attempt - 1]
    if (wait === undefined || track.state !== 'pending') return this.#finish(track, 'given up')
    if (this.#closed) return
    track.timer = this.#later((wait * 1000) / this.#options.speed, () => void this.#attempt(track))
  }

  #finish(track: Track, state: DeliveryState): void {
    if (track.timer) {
      clearTimeout(track.timer)
      this.#timers.delete(track.timer)
    }
    if (track.state === 'accepted') return
    track.state = state
    this.emit('done', track.message, state)
    this.emit('settled')
  }

  async #deliver(message: Message, attempt: number, fault: FaultRule | undefined): Promise<Delivery> {
    const { point, outTradeNo, outRefundNo, url } = message
    this.#inFlight++
    const sent = message.write(fault)
    const answer =
      fault?.kind === 'lost'
        ? { status: 0, body: '', reason: 'lost on the way' }
        : await post(url, sent, this.#open)
    const reason = answer.reason ?? whyNotReceived(answer.status, answer.body)
    const delivery: Delivery = {
      point,
      outTradeNo,
      ...(outRefundNo === undefined ? {} : { outRefundNo }),
      attempt,
      at: this.#options.now(),
      url,
      sent,
      status: answer.status,
      body: answer.body,
      accepted: reason === undefined,
      ...(reason === undefined ? {} : { reason }),
      ...(fault ? { fault: fault.kind } : {}),
    }
    const known = this.#deliveries.get(outTradeNo)
    if (known) known.push(delivery)
    else this.#deliveries.set(outTradeNo, [delivery])
    this.#inFlight--
    this.#options.log(`${point} ${outTradeNo} #${attempt}: ${reason ?? 'received'}`)
    this.emit('delivery', delivery)
    this.emit('settled')
    return delivery
  }

  #later(delayMs: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      run()
    }, delayMs)
    this.#timers.add(timer)
    return timer
  }

  #pause(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.#later(delayMs, resolve)
    })
  }
}

function keyOf({ point, outTradeNo, outRefundNo }: Message): string {
  return `${point}\n${outTradeNo}\n${outRefundNo ?? ''}`
}

/** One POST of text/xml. Redirects are not followed; an answer later than five seconds does not count. */
function post(
  url: string,
  xml: string,
  open: Set<ClientRequest>,
): Promise<{ status: number; body: string; reason?: string }> {
  return new Promise((resolve) => {
    const send = url.startsWith('https:') ? httpsRequest : httpRequest
    const body = Buffer.from(xml)
    const request = send(url, {
      method: 'POST',
      agent: false,
      headers: { 'content-type': 'text/xml', 'content-length': body.length, 'user-agent': 'Mozilla/4.0' },
    })
    open.add(request)
    const timer = setTimeout(() => request.destroy(new Error('no answer within 5 s')), ANSWER_WITHIN_MS)
    const end = (answer: { status: number; body: string; reason?: string }) => {
      clearTimeout(timer)
      open.delete(request)
      resolve(answer)
    }
    const fail = (error: Error) => end({ status: 0, body: '', reason: error.message })
    request.on('error', fail)
    request.on('response', (response) => {
      const chunks: Buffer[] = []
      let size = 0
      response.on('data', (chunk: Buffer) => {
        size += chunk.length
        if (size <= ANSWER_LIMIT_BYTES) chunks.push(chunk)
      })
      response.on('error', fail)
      response.on('end', () =>
        end({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }),
      )
    })
    request.end(body)
  })
}

/** The messages that arrived, on all phones. */
import { EventEmitter, once } from 'node:events'

/** One message; `at` is epoch milliseconds. */
export interface Received {
  readonly mobile: string
  readonly params: readonly string[]
  readonly at: number
}

/** As `GET /sim/messages` shows it: `code` is the template's first parameter. */
export interface Message {
  readonly mobile: string
  readonly code: string
  readonly at: string
}

/** Emits `message` (Message). */
export class Inbox extends EventEmitter {
  readonly #received: Received[] = []
  readonly #taken = new Map<string, number>()

  constructor() {
    super()
    this.setMaxListeners(0)
  }

  /** Puts a message on its phone. */
  deliver(received: Received): void {
    this.#received.push(received)
    this.emit('message', shown(received))
  }

  /** How many messages a phone got since then. */
  since(mobile: string, afterMs: number): number {
    return this.#received.filter((each) => each.mobile === mobile && each.at > afterMs).length
  }

  /** Newest first; of one phone, or of all. */
  list(mobile?: string): Message[] {
    const wanted = this.#received.filter((each) => mobile === undefined || each.mobile === mobile)
    return wanted.reverse().map(shown)
  }

  /** The next message of that phone that nobody waited for yet, oldest first. @throws Error after `withinMs` */
  async waitFor(mobile: string, withinMs = 30_000): Promise<Message> {
    const nth = this.#taken.get(mobile) ?? 0
    this.#taken.set(mobile, nth + 1)
    const signal = AbortSignal.timeout(withinMs)
    for (;;) {
      const found = this.list(mobile).reverse()[nth]
      if (found) return found
      await once(this, 'message', { signal }).catch(() => {
        throw new Error(`no message for ${mobile} within ${withinMs} ms`)
      })
    }
  }
}

function shown({ mobile, params, at }: Received): Message {
  return { mobile, code: params[0] ?? '', at: new Date(at).toISOString() }
}

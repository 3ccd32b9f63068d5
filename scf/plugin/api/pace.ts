/** How fast we ask: the interval of polls, the pauses before retries, and the API's rate limit. */
import { setTimeout as sleep } from 'node:timers/promises'

/** The vendor's default limit is 20 requests a second per action; stay below it, because the account shares the quota. */
const requestsPerSecond = 18

export class Pace {
  readonly #factor: number
  readonly #limited: boolean
  readonly #sent = new Map<string, number[]>()

  /** @param factor - 1 against the real API; tests use a small fraction, which also lifts our own rate limit at 0 */
  constructor(factor: number) {
    this.#factor = factor
    this.#limited = factor > 0
  }

  /** Waits `ms` at normal pace. */
  async pause(ms: number): Promise<void> {
    await sleep(ms * this.#factor)
  }

  /** Waits `ms` in full, whatever the pace: the API counts by the second. */
  async pauseForLimit(ms: number): Promise<void> {
    await sleep(this.#limited ? ms : 0)
  }

  /** Waits until one more request of this action keeps within the rate limit. */
  async admit(action: string): Promise<void> {
    if (!this.#limited) return
    const sent = this.#sent.get(action) ?? []
    this.#sent.set(action, sent)
    for (;;) {
      const now = performance.now()
      while (sent[0] !== undefined && sent[0] <= now - 1000) sent.shift()
      if (sent.length < requestsPerSecond) {
        sent.push(now)
        return
      }
      await sleep((sent[0] ?? now) + 1001 - now)
    }
  }
}

/**
 * The pace for this run: `TENCENT_API_PACE` when set (tests), a tenth against `TENCENT_API_BASE`, else normal.
 */
export function paceFrom(env: NodeJS.ProcessEnv): Pace {
  const given = Number(env.TENCENT_API_PACE ?? Number.NaN)
  if (Number.isFinite(given) && given >= 0) return new Pace(given)
  return new Pace(env.TENCENT_API_BASE ? 0.1 : 1)
}

import { onScopeDispose, type Ref, ref } from 'vue'

/** How often to ask: the first pause, how it grows, its ceiling, and when to give up (all in milliseconds). */
export interface PollingOptions {
  firstMs: number
  factor: number
  ceilingMs: number
  giveUpMs: number
}

/** What one question led to: go on, stop for good, or wait at least so long (a rate limit). */
export type PollResult = 'again' | 'done' | { waitMs: number }

export interface Polling {
  /** `idle` before and after, `asking`, `waiting`, or `gave-up` when it was long enough. */
  readonly state: Ref<'idle' | 'asking' | 'waiting' | 'gave-up'>
  start(): void
  stop(): void
  /** Asks at once and starts again with the short pauses: the shopper came back or pressed a button. */
  nudge(): void
}

/**
 * Asks, and asks again with growing pauses, until the answer is final or nobody can still be waiting. It rests
 * while the page is hidden or offline, and asks at once when the page comes back: that is when the shopper
 * returns from paying.
 */
export function usePolling(ask: () => Promise<PollResult>, options: PollingOptions): Polling {
  const state: Polling['state'] = ref('idle')
  let timer: ReturnType<typeof setTimeout> | undefined
  let pause = options.firstMs
  let startedAt = 0
  let active = false

  const resting = () => document.hidden || !navigator.onLine

  async function round() {
    if (!active || state.value === 'asking' || resting()) return
    state.value = 'asking'
    const result = await ask().catch((): PollResult => 'again')
    if (!active) return
    if (result === 'done') return stop()
    if (Date.now() - startedAt >= options.giveUpMs) {
      active = false
      state.value = 'gave-up'
      return
    }
    state.value = 'waiting'
    const wait = result === 'again' ? pause : Math.max(pause, result.waitMs)
    pause = Math.min(pause * options.factor, options.ceilingMs)
    timer = setTimeout(round, wait)
  }

  function begin(wait: number) {
    clearTimeout(timer)
    active = true
    startedAt = Date.now()
    pause = options.firstMs
    if (state.value !== 'asking') {
      state.value = 'waiting'
      if (wait > 0) timer = setTimeout(round, wait)
      else void round()
    }
  }
  function stop() {
    active = false
    clearTimeout(timer)
    state.value = 'idle'
  }
  const nudge = () => begin(0)
  const wake = () => {
    if (state.value !== 'idle' && !resting()) nudge()
  }

  document.addEventListener('visibilitychange', wake)
  window.addEventListener('online', wake)
  onScopeDispose(() => {
    stop()
    document.removeEventListener('visibilitychange', wake)
    window.removeEventListener('online', wake)
  })
  return { state, start: () => begin(options.firstMs), stop, nudge }
}

import { type ComputedRef, computed, onScopeDispose, ref } from 'vue'

/** A countdown to a moment; it ticks only while there is something left to count. */
export interface Countdown {
  /** Whole seconds left, rounded up; 0 when over or not running. */
  readonly left: ComputedRef<number>
  readonly running: ComputedRef<boolean>
  /** Counts to this moment (milliseconds since 1970); replaces an earlier one. */
  until(moment: number): void
  stop(): void
}

/**
 * Makes a countdown that lives as long as the component. It compares with the clock instead of counting ticks,
 * so that a page that slept in the background shows the right figure when it wakes.
 * @param ended called once when the moment has come
 */
export function useCountdown(ended?: () => void): Countdown {
  const target = ref(0)
  const now = ref(Date.now())
  let timer: ReturnType<typeof setInterval> | undefined
  const left = computed(() => Math.max(0, Math.ceil((target.value - now.value) / 1000)))

  function stop() {
    clearInterval(timer)
    timer = undefined
    target.value = 0
  }
  function tick() {
    now.value = Date.now()
    if (timer !== undefined && left.value === 0) {
      stop()
      ended?.()
    }
  }
  function until(moment: number) {
    stop()
    target.value = moment
    now.value = Date.now()
    timer = setInterval(tick, 1000)
    tick()
  }
  document.addEventListener('visibilitychange', tick)
  onScopeDispose(() => {
    stop()
    document.removeEventListener('visibilitychange', tick)
  })
  return { left, running: computed(() => left.value > 0), until, stop }
}

import { type ComputedRef, computed, type Ref, ref, type ShallowRef, shallowRef } from 'vue'
import { asShopError, type ShopError } from '../api/errors.ts'
import { useCountdown } from './countdown.ts'
import { clockText, waitText } from './time.ts'

/** A request that a button starts. */
export interface Submission {
  readonly busy: Ref<boolean>
  readonly error: ShallowRef<ShopError | undefined>
  /** What to tell the shopper. It says until when a limit lasts and does not change while it does: it is read out. */
  readonly message: ComputedRef<string>
  /** The time that is left until the button works again, for the button: `14:58`; empty while nothing has to wait. */
  readonly left: ComputedRef<string>
  /** True while the shop asked us to wait. */
  readonly waiting: ComputedRef<boolean>
  /** Forgets a limit and its message: they were another name's or number's. */
  forgive(): void
  /** Runs the task, unless one is running or a limit lasts. @returns true when it succeeded */
  run(task: () => Promise<void>): Promise<boolean>
}

/** One submission at a time: a second click while the first is on its way does nothing. */
export function useSubmit(): Submission {
  const busy = ref(false)
  const error = shallowRef<ShopError>()
  const { left, running, until, stop } = useCountdown(() => {
    error.value = undefined
  })
  const message = computed(() => {
    if (error.value?.kind !== 'limited') return error.value?.message ?? ''
    return `操作太频繁，请${waitText(error.value.details.retryAfterSec ?? 60)}再试`
  })

  const clock = computed(() => (running.value ? clockText(left.value) : ''))

  async function run(task: () => Promise<void>): Promise<boolean> {
    if (busy.value || running.value) return false
    busy.value = true
    error.value = undefined
    try {
      await task()
      return true
    } catch (thrown) {
      error.value = asShopError(thrown)
      if (error.value.kind === 'limited') until(Date.now() + (error.value.details.retryAfterSec ?? 60) * 1000)
      return false
    } finally {
      busy.value = false
    }
  }
  function forgive() {
    stop()
    error.value = undefined
  }
  return { busy, forgive, error, message, left: clock, waiting: running, run }
}

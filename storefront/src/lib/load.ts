import { onScopeDispose, type Ref, ref, type ShallowRef, shallowRef } from 'vue'
import { asShopError, type ShopError } from '../api/errors.ts'

/** Something that a page needs before it can show itself. */
export interface Loading<T> {
  readonly data: ShallowRef<T | undefined>
  /** Why there is nothing to show; unset while there is something, even if a newer version could not be had. */
  readonly error: Ref<ShopError | undefined>
  readonly pending: Ref<boolean>
  reload(): Promise<void>
}

/** A load that may know its answer before it asks. */
export interface Loader<T> {
  (): Promise<T>
  known?(): T | undefined
}

/**
 * Loads at once, again on `reload`, and by itself when the network is back after a failure. Of two loads that
 * overlap only the later one counts. What is known already is there in the first render, which gives the page
 * its height and "back" its place.
 */
export function useLoad<T>(load: Loader<T>): Loading<T> {
  const data = shallowRef<T | undefined>(load.known?.())
  const error = shallowRef<ShopError>()
  const pending = ref(true)
  let turn = 0

  async function reload() {
    const mine = ++turn
    pending.value = true
    try {
      const loaded = await load()
      if (mine !== turn) return
      data.value = loaded
      error.value = undefined
    } catch (thrown) {
      if (mine === turn && data.value === undefined) error.value = asShopError(thrown)
    } finally {
      if (mine === turn) pending.value = false
    }
  }
  const whenOnline = () => {
    if (error.value) void reload()
  }
  window.addEventListener('online', whenOnline)
  onScopeDispose(() => {
    turn++
    window.removeEventListener('online', whenOnline)
  })
  void reload()
  return { data, error, pending, reload }
}

import { onScopeDispose, type Ref, ref, shallowRef, watch } from 'vue'
import type { Product } from '../../api/catalogue.ts'
import { asShopError, type ShopError } from '../../api/errors.ts'
import { type Listed, toProduct } from '../../api/goods.ts'

interface Page {
  products: Listed[]
  next: string | undefined
}

/** A list that grows page by page, and starts over when the query changes. */
export interface ProductList {
  readonly products: Ref<Product[]>
  readonly pending: Ref<boolean>
  readonly finished: Ref<boolean>
  readonly failure: Ref<ShopError | undefined>
  more(): Promise<void>
}

interface Kept {
  products: Product[]
  next: string | undefined
  finished: boolean
  at: number
}

/** Lists that were left, by their place in the browser's history: "back" finds as many pages as were read. */
const kept = new Map<string, Kept>()
const KEPT_LISTS = 10
/** Prices and stock change: an older list is read again. */
const KEPT_MS = 10 * 60_000

function keep(place: string, list: Kept): void {
  kept.delete(place)
  kept.set(place, list)
  for (const oldest of [...kept.keys()].slice(0, -KEPT_LISTS)) kept.delete(oldest)
}

function placeOf(key: string): string {
  const { position } = (history.state ?? {}) as { position?: number }
  return `${position} ${key}`
}

/** Pages may be short, or empty, and not be the last: so many are read for one wish. */
const pagesAtOnce = 5

/** @param key what is asked for; undefined: nothing yet */
export function useProductList(
  key: () => string | undefined,
  fetchPage: (cursor: string | undefined) => Promise<Page>,
): ProductList {
  const products = shallowRef<Product[]>([])
  const pending = ref(false)
  const finished = ref(false)
  const failure = shallowRef<ShopError>()
  let next: string | undefined
  let turn = 0
  let place: string | undefined

  async function more() {
    if (finished.value || pending.value || key() === undefined) return
    const mine = turn
    pending.value = true
    try {
      for (let page = 0; page < pagesAtOnce; page++) {
        const answer = await fetchPage(next)
        if (mine !== turn) return
        const known = new Set(products.value.map(({ id }) => id))
        products.value = [
          ...products.value,
          ...answer.products.filter(({ id }) => !known.has(id)).map(toProduct),
        ]
        next = answer.next
        finished.value = next === undefined
        failure.value = undefined
        if (finished.value || answer.products.length > 0) break
      }
    } catch (thrown) {
      if (mine === turn) failure.value = asShopError(thrown)
    } finally {
      if (mine === turn) pending.value = false
    }
    if (mine === turn && place !== undefined && products.value.length > 0)
      keep(place, { products: products.value, next, finished: finished.value, at: Date.now() })
  }

  watch(
    key,
    (now) => {
      turn++
      place = now === undefined ? undefined : placeOf(now)
      const left = place === undefined ? undefined : kept.get(place)
      const found = left && Date.now() - left.at < KEPT_MS ? left : undefined
      products.value = found?.products ?? []
      next = found?.next
      finished.value = found?.finished ?? false
      pending.value = false
      failure.value = undefined
      if (!found) void more()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    turn++
  })
  return { products, pending, finished, failure, more }
}

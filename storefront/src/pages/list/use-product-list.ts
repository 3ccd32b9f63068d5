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
  }

  watch(
    key,
    () => {
      turn++
      products.value = []
      next = undefined
      finished.value = false
      pending.value = false
      failure.value = undefined
      void more()
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    turn++
  })
  return { products, pending, finished, failure, more }
}

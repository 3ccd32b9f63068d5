/**
 * What is about to be ordered, and the key that makes ordering it twice impossible. Kept for the tab, so that a
 * reload or a lost network in the middle of ordering still leads to one order.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { Product } from '../api/catalogue.ts'
import { randomKey } from '../lib/random.ts'
import { isRecord, stored } from '../lib/storage.ts'
import type { CartLine, PriceChange } from './cart.ts'

export type CheckoutLine = Pick<CartLine, 'productId' | 'quantity' | 'name' | 'img' | 'priceFen'> & {
  /** True when the shop no longer offers it. */
  gone?: boolean
}

interface Checkout {
  lines: CheckoutLine[]
  /** Sent as `Idempotency-Key`: new with every checkout, the same on every retry of it. */
  key: string
  fromCart: boolean
}

const kept = stored<Checkout>(
  () => sessionStorage,
  'checkout',
  (value): value is Checkout =>
    isRecord(value) && Array.isArray(value.lines) && typeof value.key === 'string',
)

export const useCheckout = defineStore('checkout', () => {
  const current = ref(kept.read())

  function begin(lines: CheckoutLine[], fromCart: boolean) {
    current.value = {
      lines: lines.map(({ productId, quantity, name, img, priceFen }) => ({
        productId,
        quantity,
        name,
        img,
        priceFen,
      })),
      key: randomKey(),
      fromCart,
    }
    kept.write(current.value)
  }

  /** Another content is another order: it gets a key of its own. */
  function change(lines: CheckoutLine[]) {
    if (!current.value) return
    current.value = { ...current.value, lines, key: randomKey() }
    kept.write(current.value)
  }

  function setQuantity(productId: number, quantity: number) {
    change(
      (current.value?.lines ?? []).map((line) =>
        line.productId === productId ? { ...line, quantity } : line,
      ),
    )
  }

  function removeGone() {
    change((current.value?.lines ?? []).filter(({ gone }) => !gone))
  }

  /** Brings names and prices up to date with the shop. @returns what changed its price */
  function refresh(products: Product[]): PriceChange[] {
    const changed: PriceChange[] = []
    for (const line of current.value?.lines ?? []) {
      const product = products.find(({ id }) => id === line.productId)
      line.gone = product === undefined
      if (!product) continue
      const { name, img, priceFen } = product
      if (priceFen !== line.priceFen) changed.push({ name, fromFen: line.priceFen, toFen: priceFen })
      Object.assign(line, { name, img, priceFen })
    }
    if (current.value) kept.write(current.value)
    return changed
  }

  function finish() {
    current.value = undefined
    kept.clear()
  }

  return { current, begin, setQuantity, removeGone, refresh, finish }
})

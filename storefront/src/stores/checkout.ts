/**
 * What is about to be ordered, and the key that makes ordering it twice impossible. Kept for the tab, so that a
 * reload or a lost network in the middle of ordering still leads to one order.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { randomKey } from '../lib/random.ts'
import { isRecord, stored } from '../lib/storage.ts'
import type { CartLine } from './cart.ts'

export type CheckoutLine = Pick<CartLine, 'productId' | 'quantity' | 'name' | 'img' | 'priceFen'>

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

  function finish() {
    current.value = undefined
    kept.clear()
  }

  return { current, begin, finish }
})

/**
 * What is about to be ordered, and the key that makes ordering it twice impossible. Kept for the tab, so that a
 * reload or a lost network in the middle of ordering still leads to one order.
 */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import type { NewOrder } from '../api/shop-orders.ts'
import { randomKey } from '../lib/random.ts'
import { isRecord, stored } from '../lib/storage.ts'
import type { CartLine } from './cart-lines.ts'

export type CheckoutLine = Pick<
  CartLine,
  'skuId' | 'productId' | 'quantity' | 'name' | 'spec' | 'img' | 'priceFen'
>

interface Checkout {
  lines: CheckoutLine[]
  fromCart: boolean
  addressId?: number
  remark?: string
  /** The order as it was last sent, as text, and its `Idempotency-Key`: sent again alike, it is the same order. */
  sent?: { body: string; key: string }
}

const kept = stored<Checkout>(
  () => sessionStorage,
  'checkout',
  (value): value is Checkout =>
    isRecord(value) &&
    Array.isArray(value.lines) &&
    value.lines.every((line) => isRecord(line) && Number.isSafeInteger(line.skuId)),
)

export const useCheckout = defineStore('checkout', () => {
  const current = ref(kept.read())

  function change(next: Checkout) {
    current.value = next
    kept.write(next)
  }

  function begin(lines: CheckoutLine[], fromCart: boolean) {
    change({
      lines: lines.map(({ skuId, productId, quantity, name, spec, img, priceFen }) => ({
        skuId,
        productId,
        quantity,
        name,
        spec,
        img,
        priceFen,
      })),
      fromCart,
    })
  }

  function setLines(lines: CheckoutLine[]) {
    if (current.value) change({ ...current.value, lines })
  }

  function setQuantity(skuId: number, quantity: number) {
    setLines(
      (current.value?.lines ?? []).map((line) => (line.skuId === skuId ? { ...line, quantity } : line)),
    )
  }

  function setAddress(addressId: number) {
    if (current.value) change({ ...current.value, addressId })
  }

  function setRemark(remark: string) {
    if (current.value) change({ ...current.value, remark })
  }

  /** The key of this order: the one that it was sent with before, or a new one when anything in it is different. */
  function keyFor(order: NewOrder): string {
    const body = JSON.stringify(order)
    if (!current.value) return randomKey()
    if (current.value.sent?.body !== body) change({ ...current.value, sent: { body, key: randomKey() } })
    return current.value.sent?.key ?? randomKey()
  }

  function finish() {
    current.value = undefined
    kept.clear()
  }

  return { current, begin, setLines, setQuantity, setAddress, setRemark, keyFor, finish }
})

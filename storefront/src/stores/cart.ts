/** The cart: kept in this browser until the shop has one on the server; shared by all its tabs. */
import { defineStore } from 'pinia'
import { computed, ref } from 'vue'
import type { Product } from '../api/catalogue.ts'
import { isRecord, stored } from '../lib/storage.ts'

/** One product in the cart, with what the page showed when it was put there. */
export interface CartLine {
  productId: number
  quantity: number
  selected: boolean
  name: string
  img: string
  priceFen: number
  /** True when the shop no longer offers it. */
  gone: boolean
}

/** Most pieces of one product in one order. */
export const maxQuantity = 99

const isLine = (value: unknown): value is CartLine =>
  isRecord(value) &&
  Number.isSafeInteger(value.productId) &&
  Number.isSafeInteger(value.quantity) &&
  Number.isSafeInteger(value.priceFen) &&
  typeof value.name === 'string' &&
  typeof value.img === 'string'

const kept = stored<CartLine[]>(
  () => localStorage,
  'cart',
  (value): value is CartLine[] => Array.isArray(value) && value.every(isLine),
)

const within = (quantity: number) => Math.min(maxQuantity, Math.max(1, Math.trunc(quantity) || 1))

export const useCart = defineStore('cart', () => {
  const lines = ref<CartLine[]>(kept.read() ?? [])
  const save = () => kept.write(lines.value)
  const find = (productId: number) => lines.value.find((line) => line.productId === productId)

  const count = computed(() => lines.value.reduce((sum, line) => sum + line.quantity, 0))
  const selected = computed(() => lines.value.filter((line) => line.selected && !line.gone))
  const totalFen = computed(() =>
    selected.value.reduce((sum, line) => sum + line.priceFen * line.quantity, 0),
  )

  function add(product: Product, quantity: number) {
    const line = find(product.id)
    if (line) {
      line.quantity = within(line.quantity + quantity)
      line.selected = true
    } else {
      lines.value.push({
        productId: product.id,
        quantity: within(quantity),
        selected: true,
        name: product.name,
        img: product.img,
        priceFen: product.priceFen,
        gone: false,
      })
    }
    save()
  }

  function setQuantity(productId: number, quantity: number) {
    const line = find(productId)
    if (line) line.quantity = within(quantity)
    save()
  }

  function select(productId: number, on: boolean) {
    const line = find(productId)
    if (line) line.selected = on
    save()
  }

  function selectAll(on: boolean) {
    for (const line of lines.value) line.selected = on && !line.gone
    save()
  }

  function remove(productIds: number[]) {
    lines.value = lines.value.filter((line) => !productIds.includes(line.productId))
    save()
  }

  /** Brings names and prices up to date with the shop. @returns the names of what changed its price */
  function refresh(products: Product[]): string[] {
    const changed: string[] = []
    for (const line of lines.value) {
      const product = products.find(({ id }) => id === line.productId)
      line.gone = product === undefined
      if (!product) continue
      if (product.priceFen !== line.priceFen) changed.push(product.name)
      Object.assign(line, { name: product.name, img: product.img, priceFen: product.priceFen })
    }
    save()
    return changed
  }

  window.addEventListener('storage', ({ key }) => {
    if (key === 'letao.cart') lines.value = kept.read() ?? []
  })

  return { lines, count, selected, totalFen, add, setQuantity, select, selectAll, remove, refresh }
})

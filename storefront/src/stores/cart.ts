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

/** A price that is no longer what the page showed. */
export interface PriceChange {
  name: string
  fromFen: number
  toFen: number
}

/** Most pieces of one product in one order. */
export const maxQuantity = 99

const isWithin = (value: unknown, least: number, most: number) =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most

const isLine = (value: unknown): value is CartLine =>
  isRecord(value) &&
  Number.isSafeInteger(value.productId) &&
  isWithin(value.quantity, 1, maxQuantity) &&
  isWithin(value.priceFen, 1, Number.MAX_SAFE_INTEGER) &&
  typeof value.selected === 'boolean' &&
  typeof value.gone === 'boolean' &&
  typeof value.name === 'string' &&
  typeof value.img === 'string'

const kept = stored<unknown[]>(
  () => localStorage,
  'cart',
  (value): value is unknown[] => Array.isArray(value),
)
/** What another version of the page, or a curious shopper, left there may be anything: such lines are dropped. */
const readLines = () => (kept.read() ?? []).filter(isLine)

const within = (quantity: number) => Math.min(maxQuantity, Math.max(1, Math.trunc(quantity) || 1))

export const useCart = defineStore('cart', () => {
  const lines = ref<CartLine[]>(readLines())
  const save = () => kept.write(lines.value)
  const find = (productId: number) => lines.value.find((line) => line.productId === productId)

  const piecesOf = (some: CartLine[]) => some.reduce((sum, line) => sum + line.quantity, 0)
  /** Pieces that can be bought. */
  const count = computed(() => piecesOf(lines.value.filter((line) => !line.gone)))
  const selectedCount = computed(() => piecesOf(selected.value))
  const selected = computed(() => lines.value.filter((line) => line.selected && !line.gone))
  const totalFen = computed(() =>
    selected.value.reduce((sum, line) => sum + line.priceFen * line.quantity, 0),
  )

  /** @returns how many were added: fewer than asked for when the line is full */
  function add(product: Product, quantity: number): number {
    const line = find(product.id)
    const before = line?.quantity ?? 0
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
    return within(before + quantity) - before
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

  /** Takes out what was ordered; what another tab added meanwhile stays. */
  function take(ordered: Pick<CartLine, 'productId' | 'quantity'>[]) {
    for (const { productId, quantity } of ordered) {
      const line = find(productId)
      if (line) line.quantity -= quantity
    }
    lines.value = lines.value.filter(({ quantity }) => quantity > 0)
    save()
  }

  function removeGone() {
    lines.value = lines.value.filter(({ gone }) => !gone)
    save()
  }

  function clear() {
    lines.value = []
    save()
  }

  /** Brings names and prices up to date with the shop. @returns what changed its price */
  function refresh(products: Product[]): PriceChange[] {
    const changed: PriceChange[] = []
    for (const line of lines.value) {
      const product = products.find(({ id }) => id === line.productId)
      line.gone = product === undefined
      if (!product) continue
      if (product.priceFen !== line.priceFen)
        changed.push({ name: product.name, fromFen: line.priceFen, toFen: product.priceFen })
      Object.assign(line, { name: product.name, img: product.img, priceFen: product.priceFen })
    }
    save()
    return changed
  }

  window.addEventListener('storage', ({ key }) => {
    if (key === 'letao.cart') lines.value = readLines()
  })

  return {
    lines,
    count,
    selected,
    selectedCount,
    totalFen,
    add,
    setQuantity,
    select,
    selectAll,
    remove,
    removeGone,
    take,
    clear,
    refresh,
  }
})

/** Lines of a cart: what they say, where they come from, and how this browser keeps them. */
import type { ServerLine } from '../api/cart.ts'
import type { ProductDetail } from '../api/goods.ts'
import { isRecord, stored } from '../lib/storage.ts'

/** `short`: fewer are left than wanted. `off_sale` and `gone` cannot be bought. */
export type LineState = 'ok' | 'price_changed' | 'short' | 'off_sale' | 'gone'

/** So many pairs of a SKU in the cart, with what was last known of it. */
export interface CartLine {
  skuId: number
  /** 0: the product is gone, there is no page of it. */
  productId: number
  quantity: number
  selected: boolean
  name: string
  /** Colour and size in words; empty where there is nothing to choose. */
  spec: string
  img: string
  priceFen: number
  /** What it cost when it was put there. */
  seenFen: number
  state: LineState
  left: number
}

/** Most pieces of one SKU in the cart. */
export const maxQuantity = 99

const isWithin = (value: unknown, least: number, most: number) =>
  Number.isSafeInteger(value) && (value as number) >= least && (value as number) <= most

const isLine = (value: unknown): value is CartLine =>
  isRecord(value) &&
  isWithin(value.skuId, 1, 2 ** 31 - 1) &&
  isWithin(value.productId, 0, 2 ** 31 - 1) &&
  isWithin(value.quantity, 1, maxQuantity) &&
  isWithin(value.priceFen, 0, Number.MAX_SAFE_INTEGER) &&
  isWithin(value.seenFen, 0, Number.MAX_SAFE_INTEGER) &&
  typeof value.selected === 'boolean' &&
  [value.name, value.spec, value.img, value.state].every((text) => typeof text === 'string')

interface Kept {
  /** Whose cart the server said this is; left out: a stranger's. */
  owner?: string
  /** The server has not confirmed every change: the page may have been left before one was sent. */
  unsent?: boolean
  lines: unknown[]
}

/** The cart as this browser keeps it. */
export const kept = stored<Kept>(
  () => localStorage,
  'cart',
  (value): value is Kept => isRecord(value) && Array.isArray(value.lines),
)

/** What another version of the page, or a curious shopper, left there may be anything: such lines are dropped. */
export function readKept(): { owner: string | undefined; unsent: boolean; lines: CartLine[] } {
  const { owner, unsent, lines = [] } = kept.read() ?? {}
  const seen = new Set<number>()
  const whole = lines.filter(isLine).filter(({ skuId }) => !seen.has(skuId) && seen.add(skuId))
  return { owner: typeof owner === 'string' ? owner : undefined, unsent: unsent === true, lines: whole }
}

/** As many pieces as a line takes: from one to `maxQuantity`. */
export const within = (quantity: number) => Math.min(maxQuantity, Math.max(1, Math.trunc(quantity) || 1))
/** Can it be ordered at all? */
export const isGone = ({ state }: Pick<CartLine, 'state'>) => state === 'gone' || state === 'off_sale'

export function fromServer(line: ServerLine): CartLine {
  return {
    skuId: line.skuId,
    productId: line.productId ?? 0,
    quantity: line.quantity,
    selected: line.selected,
    name: line.name ?? '',
    spec: line.spec ?? '',
    img: line.img ?? '',
    priceFen: line.price_fen,
    seenFen: line.seen_price_fen,
    state: line.state as LineState,
    left: line.left,
  }
}

/** What the product's page says of a line that is kept in this browser. */
export function refreshed(line: CartLine, product: ProductDetail | undefined): CartLine {
  const sku = product?.skus.find(({ skuId }) => skuId === line.skuId)
  if (!product || !sku) return { ...line, state: product ? 'off_sale' : 'gone', left: 0 }
  const changed = sku.price_fen === line.seenFen ? 'ok' : 'price_changed'
  // Above ten the page does not say how many there are.
  const isShort = sku.left < Math.min(line.quantity, 10)
  return {
    ...line,
    name: product.name,
    spec: sku.spec,
    img: sku.img,
    priceFen: sku.price_fen,
    state: isShort ? 'short' : changed,
    left: sku.left,
  }
}

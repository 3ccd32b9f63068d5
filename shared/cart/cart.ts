/** The cart on the server: SKUs and quantities. Prices and stock are the catalogue's, read fresh each time. */
import { findSkus, leftOf, type SkuInfo } from '#shared/catalogue'
import type { Database, Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { readAvailable } from '#shared/stock'
import {
  listCart,
  lockCart,
  MAX_CART_LINES,
  MAX_CART_QUANTITY,
  putItem,
  removeItems,
  selectItems,
} from './cart-table.ts'

export interface CartDeps {
  db: Database
  now: () => Date
}

/**
 * `short`: fewer are left than wanted (`left` says how many). `price_changed`: since the line was put there.
 * `off_sale` and `gone` cannot be bought.
 */
export type CartLineState = 'ok' | 'price_changed' | 'short' | 'off_sale' | 'gone'

export interface CartLine {
  skuId: number
  productId: number | null
  name: string
  spec: string
  img: string
  /** Fen, as of now. */
  price_fen: number
  /** Fen, when it was put there. */
  seen_price_fen: number
  quantity: number
  selected: boolean
  state: CartLineState
  /** Pairs that can be had, up to the most that a line takes. */
  left: number
}

export interface CartItem {
  skuId: number
  quantity: number
}

/** Every line with what is true of it now. */
export async function readCart(userId: number, { db }: { db: Sql }): Promise<CartLine[]> {
  const rows = await listCart(db, userId)
  const ids = rows.map(({ sku_id }) => sku_id)
  const skus = new Map((await findSkus(db, ids)).map((sku) => [sku.id, sku]))
  const available = await readAvailable(db, ids)
  return rows.map((row) => {
    const sku = skus.get(row.sku_id)
    const left = sku ? Math.min(leftOf(sku, available), MAX_CART_QUANTITY) : 0
    return {
      skuId: row.sku_id,
      productId: sku?.productId ?? null,
      name: sku?.name ?? '',
      spec: sku?.spec ?? '',
      img: sku?.img ?? '',
      price_fen: sku?.priceFen ?? row.seen_price_fen,
      seen_price_fen: row.seen_price_fen,
      quantity: row.quantity,
      selected: row.selected === 1,
      state: stateOf(row, sku, left),
      left: sku?.onSale ? left : 0,
    }
  })
}

function stateOf(
  row: { quantity: number; seen_price_fen: number },
  sku: SkuInfo | undefined,
  left: number,
): CartLineState {
  if (!sku) return 'gone'
  if (!sku.onSale) return 'off_sale'
  if (left < row.quantity) return 'short'
  return sku.priceFen === row.seen_price_fen ? 'ok' : 'price_changed'
}

/**
 * Puts pairs into the cart, on top of what is there (`add`) or exactly so many (`set`). Stock does not matter here:
 * a line that is short says so.
 *
 * @throws AppError INVALID_PARAMETER (no such SKU on sale, cart full)
 */
export async function changeCart(
  { userId, item, how }: { userId: number; item: CartItem; how: 'add' | 'set' },
  deps: CartDeps,
): Promise<void> {
  const [sku] = await findSkus(deps.db, [item.skuId])
  if (!sku?.onSale) throw new AppError('INVALID_PARAMETER', { msg: '商品不存在或已下架' })
  await deps.db.transaction(async (tx) => {
    const known = await lockCart(tx, userId)
    if (!known.has(sku.id) && known.size >= MAX_CART_LINES)
      throw new AppError('INVALID_PARAMETER', { msg: `购物车最多放${MAX_CART_LINES}种商品` })
    await putItem(tx, userId, { ...item, priceFen: sku.priceFen, how }, deps.now())
  })
}

/**
 * Merges the cart that a browser kept before its owner signed in: of each SKU the larger quantity, so that doing it
 * twice changes nothing. What cannot be had any more is left out and named.
 *
 * @returns the SKUs that were left out
 */
export async function mergeCart(
  { userId, items }: { userId: number; items: readonly CartItem[] },
  deps: CartDeps,
): Promise<number[]> {
  const wanted = new Map<number, number>()
  for (const { skuId, quantity } of items) wanted.set(skuId, Math.max(wanted.get(skuId) ?? 0, quantity))
  const skus = (await findSkus(deps.db, [...wanted.keys()])).filter(({ onSale }) => onSale)
  const kept = await deps.db.transaction(async (tx) => {
    const known = new Set(await lockCart(tx, userId))
    const put: number[] = []
    for (const sku of skus.sort((a, b) => a.id - b.id)) {
      if (!known.has(sku.id) && known.size >= MAX_CART_LINES) continue
      known.add(sku.id)
      const quantity = wanted.get(sku.id) ?? 1
      await putItem(tx, userId, { skuId: sku.id, quantity, priceFen: sku.priceFen, how: 'max' }, deps.now())
      put.push(sku.id)
    }
    return new Set(put)
  })
  return [...wanted.keys()].filter((skuId) => !kept.has(skuId))
}

/** Takes lines out. */
export async function removeFromCart(
  { userId, skuIds }: { userId: number; skuIds: readonly number[] },
  { db }: { db: Sql },
): Promise<void> {
  await removeItems(db, userId, skuIds)
}

/** Chooses lines for the checkout, or leaves them for later. */
export async function chooseLines(
  { userId, skuIds, selected }: { userId: number; skuIds: readonly number[]; selected: boolean },
  { db }: { db: Sql },
): Promise<void> {
  await selectItems(db, userId, skuIds, selected)
}

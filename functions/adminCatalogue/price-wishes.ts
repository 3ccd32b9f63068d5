/** Prices that fall steeply: one person asks, another one agrees. */
import {
  type Admin,
  type AdminCall,
  type Decision,
  decideWish,
  listWishes,
  type WishQuery,
} from '#shared/admin'
import { findEveryProduct, listAllSkus } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import type { ProductBody, SkusBody } from './schema.ts'
import { writeProduct, writeSkus } from './write.ts'

export type CatalogueCall = AdminCall & { readonly user: Admin }

/** The kind of its wishes. */
export const PRICE_ACTION = 'price.drop'
/** Below this part of the old price a slip is likelier than a sale: a second person has to agree. */
const STEEP_DROP = 0.3

export const isSteep = (before: number, after: number) => after < before * STEEP_DROP
/** What such a wish is about, and what the log says was changed. */
export const targetOf = (id: number) => `product:${id}`
export const notFound = () => new AppError('RECORD_NOT_FOUND', { msg: '商品不存在' })

/** Prices that wait for a second person. */
export function listPriceWishes(query: WishQuery, { db }: { db: Sql }) {
  return listWishes(db, { action: PRICE_ACTION, ...query })
}

/** The second person agrees, or does not. @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT */
export function decidePrice(decision: Decision, call: CatalogueCall): Promise<void> {
  return decideWish<PriceWish>(call, decision, { action: PRICE_ACTION, subject: 'price' }, write)
}

/** What waits: a product with its price, or SKUs with theirs. */
interface PriceWish {
  product?: ProductBody
  skus?: SkusBody
}

async function write(tx: Sql, { product, skus }: PriceWish, now: Date): Promise<void> {
  if (product) {
    const old = await findEveryProduct(tx, product.id ?? 0, { lock: true })
    if (!old) throw notFound()
    await writeProduct(tx, product, old, now)
  }
  if (skus) {
    if (!(await findEveryProduct(tx, skus.productId, { lock: true }))) throw notFound()
    const known = new Map((await listAllSkus(tx, [skus.productId])).map((sku) => [sku.id, sku]))
    await writeSkus(tx, skus, known, now)
  }
}

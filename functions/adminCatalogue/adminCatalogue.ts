/** What the shop sells, as its own people see and write it. */
import {
  type Admin,
  type AdminCall,
  askApproval,
  audited,
  decideApproval,
  findWaiting,
  listWaiting,
  writeAudit,
} from '#shared/admin'
import {
  type EveryProductRow,
  findEveryProduct,
  indexProduct,
  insertProduct,
  insertSku,
  listAllSkus,
  listEveryProduct,
  listPictures,
  type ProductRow,
  replacePictures,
  type SkuInfo,
  searchEveryProduct,
  setProductPrice,
  updateProduct,
  updateSku,
} from '#shared/catalogue'
import type { Database, Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { readStock } from '#shared/stock'
import type { DecideBody, ListQuery, ProductBody, SkuBody, SkusBody, WaitingQuery } from './schema.ts'

export type CatalogueCall = AdminCall & { readonly user: Admin }

/** Below this part of the old price a slip is likelier than a sale: a second person has to agree. */
export const STEEP_DROP = 0.3
const PRICE_ACTION = 'price.drop'

export interface ProductView {
  id: number
  name: string
  subtitle: string | null
  img: string
  price_fen: number
  old_price_fen: number
  brandId: number | null
  categoryId: number | null
  gender: string
  onSale: boolean
}

export function viewProduct(row: ProductRow): ProductView {
  return {
    id: row.id,
    name: row.name,
    subtitle: row.subtitle,
    img: row.img,
    price_fen: row.price_fen,
    old_price_fen: row.old_price_fen,
    brandId: row.brand_id,
    categoryId: row.category_id,
    gender: row.gender,
    onSale: row.on_sale === 1,
  }
}

/** One page, newest first: everything, or what has these words in its name. */
export async function listForDesk(
  { q, on_sale: onSale, cursor: beforeId, limit }: ListQuery,
  { db }: { db: Sql },
): Promise<{ products: ProductView[]; nextCursor: string | null }> {
  if (q !== undefined) {
    const found = await searchEveryProduct(db, { words: q, beforeId, limit })
    const products = found.products.filter((row) => onSale === undefined || (row.on_sale === 1) === onSale)
    return {
      products: products.map(viewProduct),
      nextCursor: found.beforeId === undefined ? null : String(found.beforeId),
    }
  }
  const rows = await listEveryProduct(db, { onSale, beforeId, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    products: page.map(viewProduct),
    nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
  }
}

/** One product with its SKUs, their stock, and the price that waits for a second person. @throws AppError RECORD_NOT_FOUND */
export async function showForDesk(id: number, { db }: { db: Sql }) {
  const product = await findEveryProduct(db, id)
  if (!product) throw notFound()
  const [pictures, skus, waiting] = await Promise.all([
    listPictures(db, id),
    listAllSkus(db, [id]),
    findWaiting(db, PRICE_ACTION, [targetOf(id)]),
  ])
  const stock = new Map(
    (
      await readStock(
        db,
        skus.map((sku) => sku.id),
      )
    ).map((row) => [row.sku_id, row]),
  )
  const wish = waiting.get(targetOf(id))
  return {
    ...viewProduct(product),
    material: product.material,
    detail: product.detail,
    zone: product.zone,
    pictures,
    skus: skus.map((sku) => viewSku(sku, stock.get(sku.id))),
    waiting: wish ? { approvalId: wish.id, askedBy: wish.asked_by } : null,
  }
}

function viewSku(sku: SkuInfo, stock: { available: number; reserved: number } | undefined) {
  return {
    id: sku.id,
    skuCode: sku.skuCode,
    colour: sku.colour,
    sizeMm: sku.sizeMm,
    euX10: sku.euX10,
    usX10: sku.usX10,
    spec: sku.spec,
    price_fen: sku.priceFen,
    maxPerOrder: sku.maxPerOrder,
    onSale: sku.onSale,
    countsStock: sku.countsStock,
    available: stock?.available ?? 0,
    reserved: stock?.reserved ?? 0,
  }
}

/** Either it was done, or it waits for a second person. */
export interface Saved {
  id: number
  /** The wish that a second person decides. */
  approvalId: number | null
}

/**
 * Writes a product, its pictures and its search index. A price far below the old one waits for a second person; what
 * else was changed with it waits too.
 *
 * @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT (another price waits already)
 */
export function saveProduct(body: ProductBody, call: CatalogueCall): Promise<Saved> {
  return audited(
    call,
    (saved) => ({
      action: saved.approvalId === null ? 'product.save' : 'product.ask',
      target: targetOf(saved.id),
    }),
    async (tx) => {
      const old = body.id === undefined ? undefined : await findEveryProduct(tx, body.id, { lock: true })
      if (body.id !== undefined && !old) throw notFound()
      if (old && isSteep(old.price_fen, body.price_fen)) {
        const detail = { product: body }
        const approvalId = await askApproval(
          tx,
          { action: PRICE_ACTION, target: targetOf(old.id), detail, by: call.user.id },
          call.now(),
        )
        return {
          result: { id: old.id, approvalId },
          before: { price_fen: old.price_fen },
          after: { price_fen: body.price_fen },
        }
      }
      const id = await writeProduct(tx, body, old, call.now())
      return { result: { id, approvalId: null }, before: old && plain(old), after: body }
    },
  )
}

async function writeProduct(
  tx: Sql,
  body: ProductBody,
  old: EveryProductRow | undefined,
  now: Date,
): Promise<number> {
  const fields = {
    name: body.name,
    subtitle: body.subtitle,
    img: body.img,
    price_fen: body.price_fen,
    old_price_fen: Math.max(body.old_price_fen, body.price_fen),
    brand_id: body.brandId,
    category_id: body.categoryId,
    gender: body.gender,
    material: body.material,
    detail: body.detail,
    zone: body.zone === undefined ? (old?.zone ?? null) : body.zone,
    on_sale: body.onSale ? 1 : 0,
  }
  let id = old?.id
  if (id === undefined) id = await insertProduct(tx, fields, now)
  else await updateProduct(tx, id, fields, now)
  await replacePictures(tx, id, body.pictures)
  await indexProduct(tx, {
    id,
    name: body.name,
    subtitle: body.subtitle,
    indexed_text: old?.indexed_text ?? null,
  })
  await keepLowestPrice(tx, id, now)
  return id
}

/** Where there are sizes, a product costs what its cheapest SKU on sale does. */
async function keepLowestPrice(tx: Sql, id: number, now: Date): Promise<void> {
  const sized = (await listAllSkus(tx, [id])).filter(({ sizeMm }) => sizeMm > 0)
  const onSale = sized.filter((sku) => sku.onSale)
  const prices = (onSale.length > 0 ? onSale : sized).map(({ priceFen }) => priceFen)
  if (prices.length > 0) await setProductPrice(tx, id, Math.min(...prices), now)
}

/**
 * Writes the SKUs of a product: those with an `id` are rewritten, the others are new. None is ever deleted: orders name
 * them. A price far below the old one waits for a second person, and all of them with it.
 *
 * @throws AppError RECORD_NOT_FOUND, INVALID_PARAMETER (code, or colour and size, taken), STATE_CONFLICT
 */
export function saveSkus(body: SkusBody, call: CatalogueCall): Promise<Saved> {
  const target = targetOf(body.productId)
  return audited(
    call,
    (saved) => ({ action: saved.approvalId === null ? 'sku.save' : 'sku.ask', target }),
    async (tx) => {
      const product = await findEveryProduct(tx, body.productId, { lock: true })
      if (!product) throw notFound()
      const old = await listAllSkus(tx, [product.id])
      const byId = new Map(old.map((sku) => [sku.id, sku]))
      const isSteepDrop = body.skus.some(({ id, price_fen }) => {
        const before = id === undefined ? undefined : byId.get(id)?.priceFen
        return isSteep(before ?? product.price_fen, price_fen)
      })
      const before = old.map(({ id, priceFen, onSale }) => ({ id, price_fen: priceFen, onSale }))
      if (isSteepDrop) {
        const approvalId = await askApproval(
          tx,
          { action: PRICE_ACTION, target, detail: { skus: body }, by: call.user.id },
          call.now(),
        )
        return { result: { id: product.id, approvalId }, before, after: body.skus }
      }
      await writeSkus(tx, body, byId, call.now())
      return { result: { id: product.id, approvalId: null }, before, after: body.skus }
    },
  )
}

async function writeSkus(
  tx: Sql,
  { productId, skus }: SkusBody,
  known: ReadonlyMap<number, SkuInfo>,
  now: Date,
): Promise<void> {
  for (const sku of skus) {
    if (sku.id !== undefined && !known.has(sku.id))
      throw new AppError('RECORD_NOT_FOUND', { msg: '规格不存在' })
    const fields = fieldsOf(sku)
    const isWritten =
      sku.id === undefined
        ? (await insertSku(tx, productId, fields, now)) !== undefined
        : await updateSku(tx, sku.id, productId, fields)
    if (!isWritten)
      throw new AppError('INVALID_PARAMETER', { msg: `货号${sku.skuCode}，或它的颜色和尺码，已经有了` })
  }
  await keepLowestPrice(tx, productId, now)
}

function fieldsOf(sku: SkuBody) {
  return {
    sku_code: sku.skuCode,
    colour: sku.colour,
    size_mm: sku.sizeMm,
    eu_x10: sku.euX10,
    us_x10: sku.usX10,
    price_fen: sku.price_fen,
    max_per_order: sku.maxPerOrder,
    on_sale: sku.onSale ? 1 : 0,
  }
}

/** Prices that wait for a second person. */
export async function listPriceWishes({ cursor: beforeId, limit }: WaitingQuery, { db }: { db: Database }) {
  const rows = await listWaiting(db, { action: PRICE_ACTION, beforeId, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    wishes: page.map(({ id, target, detail, asked_by, asked_at }) => ({
      approvalId: id,
      target,
      detail: JSON.parse(detail) as unknown,
      askedBy: asked_by,
      askedAt: asked_at.toISOString(),
    })),
    nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
  }
}

/** The second person agrees, or does not. @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT */
export async function decidePrice({ approvalId, approve }: DecideBody, call: CatalogueCall): Promise<void> {
  await call.db.transaction(async (tx) => {
    const now = call.now()
    const wish = await decideApproval(
      tx,
      { id: approvalId, action: PRICE_ACTION, by: call.user.id, approve },
      now,
    )
    const { product, skus } = JSON.parse(wish.detail) as { product?: ProductBody; skus?: SkusBody }
    if (approve && product) {
      const old = await findEveryProduct(tx, product.id ?? 0, { lock: true })
      if (!old) throw notFound()
      await writeProduct(tx, product, old, now)
    }
    if (approve && skus) {
      if (!(await findEveryProduct(tx, skus.productId, { lock: true }))) throw notFound()
      await writeSkus(
        tx,
        skus,
        new Map((await listAllSkus(tx, [skus.productId])).map((sku) => [sku.id, sku])),
        now,
      )
    }
    const action = approve ? 'price.approve' : 'price.refuse'
    await writeAudit(tx, call, { action, target: wish.target }, { after: product ?? skus })
  })
}

const isSteep = (before: number, after: number) => after < before * STEEP_DROP
const targetOf = (id: number) => `product:${id}`
const notFound = () => new AppError('RECORD_NOT_FOUND', { msg: '商品不存在' })
const plain = ({ indexed_text: _, ...row }: EveryProductRow) => row

/** What the shop sells, as its own people see it. */
import { findWaiting } from '#shared/admin'
import {
  assetUrl,
  findEveryProduct,
  listAllSkus,
  listEveryProduct,
  listPictures,
  type ProductRow,
  type SkuInfo,
  searchEveryProduct,
} from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { readStock } from '#shared/stock'
import { notFound, PRICE_ACTION, targetOf } from './price-wishes.ts'
import type { ListQuery } from './schema.ts'

export interface ProductView {
  id: number
  name: string
  subtitle: string | null
  /** As it is stored. */
  img: string
  /** Where it can be seen. */
  imgUrl: string
  price_fen: number
  old_price_fen: number
  brandId: number | null
  categoryId: number | null
  gender: string
  onSale: boolean
}

export function viewProduct(row: ProductRow, assetBaseUrl: string): ProductView {
  return {
    id: row.id,
    name: row.name,
    subtitle: row.subtitle,
    img: row.img,
    imgUrl: assetUrl(assetBaseUrl, row.img),
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
  { db, assetBaseUrl }: { db: Sql; assetBaseUrl: string },
): Promise<{ products: ProductView[]; nextCursor: string | null }> {
  const view = (row: ProductRow) => viewProduct(row, assetBaseUrl)
  if (q !== undefined) {
    const found = await searchEveryProduct(db, {
      words: q,
      limit,
      after: beforeId === undefined ? undefined : { price_fen: 0, id: beforeId },
      fits: async (rows) => rows.filter((row) => onSale === undefined || (row.on_sale === 1) === onSale),
    })
    return {
      products: found.products.map(view),
      nextCursor: found.next === undefined ? null : String(found.next.id),
    }
  }
  const rows = await listEveryProduct(db, { onSale, beforeId, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    products: page.map(view),
    nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
  }
}

/** One product with its SKUs, their stock, and the price that waits for a second person. @throws AppError RECORD_NOT_FOUND */
export async function showForDesk(id: number, { db, assetBaseUrl }: { db: Sql; assetBaseUrl: string }) {
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
    ...viewProduct(product, assetBaseUrl),
    material: product.material,
    detail: product.detail,
    zone: product.zone,
    pictures,
    pictureUrls: pictures.map((path) => assetUrl(assetBaseUrl, path)),
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
    onSale: sku.ownOnSale,
    countsStock: sku.countsStock,
    available: stock?.available ?? 0,
    reserved: stock?.reserved ?? 0,
  }
}

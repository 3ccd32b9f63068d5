/** Lists, details and search: what a shopper looks at before choosing. */
import {
  assetUrl,
  findBrand,
  findProduct,
  leftOf,
  listPictures,
  listProducts,
  listSizes,
  listSkus,
  type ProductCursor,
  type ProductRow,
  type SkuInfo,
  searchProducts,
} from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { fenToYuan } from '#shared/money'
import { readAvailable } from '#shared/stock'
import type { ProductsQuery, SearchQuery } from './schema.ts'

export interface ProductsDeps {
  /** A replica will do: a list may be a moment old. */
  sql: Pick<Sql, 'rows'>
  assetBaseUrl: string
}

/** As in `/sports`, prices in yuan; `price_fen` says the same in fen. */
export interface ProductView {
  id: number
  name: string
  subtitle: string | null
  img: string
  price: number
  oldPrice: number
  price_fen: number
  brandId: number | null
  categoryId: number | null
  gender: string
}

interface Page {
  products: ProductView[]
  /** A page can be short and still not be the last: only null is the end. */
  nextCursor: string | null
}

export function toView(row: ProductRow, assetBaseUrl: string): ProductView {
  return {
    id: row.id,
    name: row.name,
    subtitle: row.subtitle,
    img: assetUrl(assetBaseUrl, row.img),
    price: Number(fenToYuan(row.price_fen)),
    oldPrice: Number(fenToYuan(row.old_price_fen)),
    price_fen: row.price_fen,
    brandId: row.brand_id,
    categoryId: row.category_id,
    gender: row.gender,
  }
}

/** Rows that one page looks at, where a filter has no key of its own. */
const SCAN = 200

/** One page of products on sale. @throws AppError INVALID_PARAMETER (cursor) */
export async function listPage(query: ProductsQuery, { sql, assetBaseUrl }: ProductsDeps): Promise<Page> {
  const { sort, brandId, categoryId, gender, size, limit } = query
  const isFiltered = gender !== undefined || size !== undefined || (brandId && categoryId)
  const scan = isFiltered ? SCAN : limit + 1
  const after = readCursor(query.cursor)
  const rows = await listProducts(sql, { filter: { brandId, categoryId }, order: sort, after, scan })
  const fitting = await fitsAll(rows, query, sql)
  const page = fitting.slice(0, limit)
  const isMore = fitting.length > limit || rows.length === scan
  const last = fitting.length > limit ? page.at(-1) : rows.at(-1)
  return {
    products: page.map((row) => toView(row, assetBaseUrl)),
    nextCursor: isMore && last ? `${last.price_fen}.${last.id}` : null,
  }
}

async function fitsAll(
  rows: readonly ProductRow[],
  { brandId, categoryId, gender, size }: ProductsQuery,
  sql: Pick<Sql, 'rows'>,
): Promise<ProductRow[]> {
  const fitting = rows.filter(
    (row) =>
      (brandId === undefined || row.brand_id === brandId) &&
      (categoryId === undefined || row.category_id === categoryId) &&
      (gender === undefined || row.gender === gender || row.gender === 'unisex'),
  )
  if (size === undefined) return fitting
  const skus = (
    await listSkus(
      sql,
      fitting.map(({ id }) => id),
    )
  ).filter(({ euX10 }) => euX10 === size)
  const left = await readAvailable(
    sql,
    skus.map(({ id }) => id),
  )
  const inStock = new Set(skus.filter((sku) => leftOf(sku, left) > 0).map(({ productId }) => productId))
  return fitting.filter(({ id }) => inStock.has(id))
}

/** A cursor is the last price and id that was looked at. */
function readCursor(cursor: string | undefined): ProductCursor | undefined {
  if (cursor === undefined) return undefined
  const [price, id] = cursor.split('.')
  if (id === undefined) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  return { price_fen: Number(price), id: Number(id) }
}

/** Products that have all words. @throws AppError INVALID_PARAMETER (cursor) */
export async function search(query: SearchQuery, { sql, assetBaseUrl }: ProductsDeps): Promise<Page> {
  const { products, next } = await searchProducts(sql, {
    words: query.q,
    limit: query.limit,
    order: query.sort,
    after: readCursor(query.cursor),
    fits: (rows) => fitsAll(rows, query, sql),
  })
  return {
    products: products.map((row) => toView(row, assetBaseUrl)),
    nextCursor: next === undefined ? null : `${next.price_fen}.${next.id}`,
  }
}

export interface SkuView {
  skuId: number
  colour: string
  /** Length of the foot; 0: no sizes. */
  sizeMm: number
  /** EU size, such as `42.5`. */
  eu: string | null
  us: string | null
  spec: string
  img: string
  price_fen: number
  /** Pairs that can be had: exact up to 10, then 10. */
  left: number
  maxPerOrder: number | null
}

/** From so many pairs on, a shopper need not know how many there are. */
const PLENTY = 10

/** @throws AppError RECORD_NOT_FOUND */
export async function showProduct(id: number, { sql, assetBaseUrl }: ProductsDeps) {
  const product = await findProduct(sql, id)
  if (!product) throw new AppError('RECORD_NOT_FOUND', { msg: '商品不存在或已下架' })
  const [skus, pictures, brand] = await Promise.all([
    listSkus(sql, [id]),
    listPictures(sql, id),
    product.brand_id === null ? undefined : findBrand(sql, product.brand_id),
  ])
  const left = await readAvailable(
    sql,
    skus.map((sku) => sku.id),
  )
  const sizes = product.brand_id === null ? [] : await listSizes(sql, product.brand_id, product.gender)
  return {
    ...toView(product, assetBaseUrl),
    brandName: brand?.brandName ?? null,
    material: product.material,
    detail: product.detail,
    pictures: [product.img, ...pictures].map((path) => assetUrl(assetBaseUrl, path)),
    skus: skus.map((sku) => skuView(sku, leftOf(sku, left), assetBaseUrl)),
    sizeChart: sizes.map(({ size_mm, eu_x10, us_x10 }) => ({
      sizeMm: size_mm,
      eu: String(eu_x10 / 10),
      us: String(us_x10 / 10),
    })),
  }
}

function skuView(sku: SkuInfo, left: number, assetBaseUrl: string): SkuView {
  return {
    skuId: sku.id,
    colour: sku.colour,
    sizeMm: sku.sizeMm,
    eu: sku.euX10 === null ? null : String(sku.euX10 / 10),
    us: sku.usX10 === null ? null : String(sku.usX10 / 10),
    spec: sku.spec,
    img: assetUrl(assetBaseUrl, sku.img),
    price_fen: sku.priceFen,
    left: Math.min(left, PLENTY),
    maxPerOrder: sku.maxPerOrder,
  }
}

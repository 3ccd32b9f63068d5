/** The table `product`: every statement on it. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import type { FeedEntry } from './feed-entry.ts'

type Reader = Pick<Sql, 'rows'>

export type Gender = 'women' | 'men' | 'unisex'

export interface ProductRow {
  id: number
  name: string
  img: string
  /** Fen: the lowest price of its SKUs. */
  price_fen: number
  old_price_fen: number
  on_sale: number
  brand_id: number | null
  category_id: number | null
  gender: Gender
  subtitle: string | null
}

export interface ProductDetailRow extends ProductRow {
  material: string | null
  detail: string | null
}

const columns = `id, name, img, price_fen, old_price_fen, on_sale, brand_id, category_id, gender, subtitle`

/** A zone of the home page. */
export function listZone(sql: Reader, zone: 'sports'): Promise<ProductRow[]> {
  return sql.rows<ProductRow>(
    `/* product.listZone */ SELECT ${columns} FROM product WHERE on_sale = 1 AND zone = ? ORDER BY zone_position, id LIMIT 100`,
    [zone],
  )
}

const feedColumns =
  'id, name, img, NULL AS link, zone_position AS position, NULL AS starts_at, NULL AS ends_at'

/** A zone's products on sale, as entries of its feed. */
export function listZoneEntries(sql: Reader, zone: 'sports'): Promise<FeedEntry[]> {
  return sql.rows<FeedEntry>(
    `/* product.listZoneEntries */ SELECT ${feedColumns} FROM product WHERE on_sale = 1 AND zone = ?
     ORDER BY zone_position, id LIMIT 100`,
    [zone],
  )
}

/** As `listZoneEntries`, locked until the transaction ends. */
export function lockZoneEntries(tx: Sql, zone: 'sports'): Promise<FeedEntry[]> {
  return tx.rows<FeedEntry>(
    `/* product.lockZoneEntries */ SELECT ${feedColumns} FROM product WHERE on_sale = 1 AND zone = ?
     ORDER BY zone_position, id LIMIT 100 FOR UPDATE`,
    [zone],
  )
}

/** Puts a product into a zone of the home page, or into none. */
export async function placeInZone(
  tx: Sql,
  id: number,
  zone: 'sports' | null,
  position: number,
): Promise<void> {
  await tx.run('/* product.placeInZone */ UPDATE product SET zone = ?, zone_position = ? WHERE id = ?', [
    zone,
    position,
    id,
  ])
}

/** One product that is on sale, with its texts. */
export async function findProduct(sql: Reader, id: number): Promise<ProductDetailRow | undefined> {
  const rows = await sql.rows<ProductDetailRow>(
    `/* product.findProduct */ SELECT ${columns}, material, detail FROM product WHERE id = ? AND on_sale = 1`,
    [id],
  )
  return rows[0]
}

/** These products, in no order. */
export function findProducts(sql: Reader, ids: readonly number[]): Promise<ProductRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return sql.rows<ProductRow>(
    `/* product.findProducts */ SELECT ${columns} FROM product WHERE on_sale = 1 AND id IN (${marks(ids)})`,
    ids,
  )
}

export type ProductOrder = 'newest' | 'price_up' | 'price_down'

export interface ProductFilter {
  brandId?: number | undefined
  categoryId?: number | undefined
  gender?: Gender | undefined
}

/** Where the page before ended. */
export interface ProductCursor {
  id: number
  price_fen: number
}

/** The key that delivers this filter in this order. */
function keyOf({ brandId, categoryId }: ProductFilter, order: ProductOrder): string {
  const base = brandId !== undefined ? 'brand' : categoryId !== undefined ? 'category' : undefined
  if (order === 'newest') return base === undefined ? 'product_newest' : `product_of_${base}`
  return base === undefined ? 'product_of_all_by_price' : `product_of_${base}_by_price`
}

/**
 * One page of products on sale, along a key: the thousandth page reads as many rows as the first. The condition is
 * written out by columns, for neither server uses a row constructor as a range.
 *
 * @param scan - rows that are read at most; what a further filter leaves of them is the page
 */
export function listProducts(
  sql: Reader,
  input: { filter: ProductFilter; order: ProductOrder; after: ProductCursor | undefined; scan: number },
): Promise<ProductRow[]> {
  const { filter, order, after, scan } = input
  const where = ['on_sale = 1']
  const values: SqlValue[] = []
  if (filter.brandId !== undefined) {
    where.push('brand_id = ?')
    values.push(filter.brandId)
  } else if (filter.categoryId !== undefined) {
    where.push('category_id = ?')
    values.push(filter.categoryId)
  }
  if (after && order === 'newest') {
    where.push('id < ?')
    values.push(after.id)
  } else if (after) {
    const [far, near] = order === 'price_up' ? ['>=', '>'] : ['<=', '<']
    where.push(`price_fen ${far} ?`, `(price_fen ${near} ? OR id ${near} ?)`)
    values.push(after.price_fen, after.price_fen, after.id)
  }
  const direction = order === 'price_up' ? 'ASC' : 'DESC'
  const by = order === 'newest' ? `id ${direction}` : `price_fen ${direction}, id ${direction}`
  return sql.rows<ProductRow>(
    `/* product.listProducts */ SELECT ${columns} FROM product FORCE INDEX (${keyOf(filter, order)})
     WHERE ${where.join(' AND ')} ORDER BY ${by} LIMIT ${Math.trunc(scan)}`,
    values,
  )
}

/** Products that the search does not know yet. */
export function listUnindexed(
  sql: Reader,
  limit: number,
): Promise<{ id: number; name: string; subtitle: string | null; indexed_text: null }[]> {
  return sql.rows(
    `/* product.listUnindexed */ SELECT id, name, subtitle, indexed_text FROM product WHERE indexed_text IS NULL
     ORDER BY id LIMIT ${Math.trunc(limit)}`,
  )
}

/** Remembers what a product's index was made of. */
export async function setIndexedText(tx: Sql, id: number, text: string): Promise<void> {
  await tx.run('/* product.setIndexedText */ UPDATE product SET indexed_text = ? WHERE id = ?', [
    text.slice(0, 255),
    id,
  ])
}

/** Does a product cost exactly this? */
export async function hasProductAt(sql: Pick<Sql, 'row'>, priceFen: number): Promise<boolean> {
  const row = await sql.row<{ id: number }>(
    '/* product.atPrice */ SELECT id FROM product WHERE on_sale = 1 AND price_fen = ? LIMIT 1',
    [priceFen],
  )
  return row !== undefined
}

/** These products, on sale or not, in no order. */
export function findEveryProducts(sql: Reader, ids: readonly number[]): Promise<ProductRow[]> {
  if (ids.length === 0) return Promise.resolve([])
  return sql.rows<ProductRow>(
    `/* product.findEveryOf */ SELECT ${columns} FROM product WHERE id IN (${marks(ids)})`,
    ids,
  )
}

/** Every product, on sale or not, newest first, for the shop's own people. */
export function listEveryProduct(
  sql: Reader,
  input: { onSale: boolean | undefined; beforeId: number | undefined; limit: number },
): Promise<ProductRow[]> {
  const { onSale, beforeId, limit } = input
  const where = [
    ...(onSale === undefined ? [] : ['on_sale = ?']),
    ...(beforeId === undefined ? [] : ['id < ?']),
  ]
  return sql.rows<ProductRow>(
    `/* product.listEvery */ SELECT ${columns} FROM product ${where.length > 0 ? `WHERE ${where.join(' AND ')}` : ''}
     ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [...(onSale === undefined ? [] : [onSale ? 1 : 0]), ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** A product, on sale or not, with what only the shop's own people need. */
export interface EveryProductRow extends ProductDetailRow {
  zone: 'sports' | null
  indexed_text: string | null
}

/** One product, on sale or not; locked when the reader is a transaction that will change it. */
export async function findEveryProduct(
  sql: Reader,
  id: number,
  { lock = false }: { lock?: boolean } = {},
): Promise<EveryProductRow | undefined> {
  const [row] = await sql.rows<EveryProductRow>(
    `/* product.findEvery */ SELECT ${columns}, material, detail, zone, indexed_text FROM product WHERE id = ?${lock ? ' FOR UPDATE' : ''}`,
    [id],
  )
  return row
}

/** What the shop's people write of a product. Prices in fen. */
export interface ProductFields {
  name: string
  subtitle: string | null
  img: string
  price_fen: number
  old_price_fen: number
  brand_id: number | null
  category_id: number | null
  gender: Gender
  material: string | null
  detail: string | null
  zone: 'sports' | null
  on_sale: number
}

const written: readonly (keyof ProductFields)[] = [
  'name',
  'subtitle',
  'img',
  'price_fen',
  'old_price_fen',
  'brand_id',
  'category_id',
  'gender',
  'material',
  'detail',
  'zone',
  'on_sale',
]

/** Writes a new product. @returns its id */
export async function insertProduct(tx: Sql, fields: ProductFields, now: Date): Promise<number> {
  const { insertId } = await tx.run(
    `/* product.insert */ INSERT INTO product (${written.join(', ')}, created_at, updated_at)
     VALUES (${marks(written)}, ?, ?)`,
    [...written.map((field) => fields[field]), now, now],
  )
  return insertId
}

/** Rewrites a product; its price is then what its SKUs say. */
export async function updateProduct(tx: Sql, id: number, fields: ProductFields, now: Date): Promise<void> {
  await tx.run(
    `/* product.update */ UPDATE product SET ${written.map((field) => `${field} = ?`).join(', ')}, updated_at = ? WHERE id = ?`,
    [...written.map((field) => fields[field]), now, id],
  )
}

/** The lowest price of its SKUs, where they have sizes. */
export async function setProductPrice(tx: Sql, id: number, priceFen: number, now: Date): Promise<void> {
  await tx.run('/* product.setPrice */ UPDATE product SET price_fen = ?, updated_at = ? WHERE id = ?', [
    priceFen,
    now,
    id,
  ])
}

/** The table `sku`: every statement on it. */
import { isDuplicateKey, marks, type Sql } from '#shared/db'

/** A SKU with what its product says about it. */
export interface SkuInfo {
  id: number
  productId: number
  /** The product's name. */
  name: string
  skuCode: string
  colour: string
  /** Length of the foot; 0: the product has no sizes. */
  sizeMm: number
  /** EU size in tenths: 425 is 42.5. */
  euX10: number | null
  usX10: number | null
  /** Colour and size in words. */
  spec: string
  img: string
  priceFen: number
  /** The SKU and its product are both on sale. */
  onSale: boolean
  /** The SKU is, whatever its product is: what the shop's people have set. */
  ownOnSale: boolean
  /** False: it never sells out, and no order reserves it. */
  countsStock: boolean
  /** Pairs that one order may take; null: as many as any. */
  maxPerOrder: number | null
}

interface Row {
  id: number
  product_id: number
  name: string
  sku_code: string
  colour: string
  size_mm: number
  eu_x10: number | null
  us_x10: number | null
  img: string
  price_fen: number
  on_sale: number
  own_on_sale: number
  counts_stock: number
  max_per_order: number | null
}

// A SKU without a size costs what its product costs: there the tutorial's shops have it.
const skuColumns = `sku.id, sku.product_id, product.name, sku.sku_code, sku.colour, sku.size_mm, sku.eu_x10, sku.us_x10,
    COALESCE(sku.img, product.img) AS img,
    IF(sku.size_mm = 0, product.price_fen, sku.price_fen) AS price_fen, sku.on_sale AND product.on_sale AS on_sale,
    sku.on_sale AS own_on_sale, sku.counts_stock, sku.max_per_order`
const selectSku = `SELECT ${skuColumns} FROM sku JOIN product ON product.id = sku.product_id`

function toInfo(row: Row): SkuInfo {
  return {
    id: row.id,
    productId: row.product_id,
    name: row.name,
    skuCode: row.sku_code,
    colour: row.colour,
    sizeMm: row.size_mm,
    euX10: row.eu_x10,
    usX10: row.us_x10,
    spec: specText(row.colour, row.eu_x10, row.size_mm),
    img: row.img,
    priceFen: row.price_fen,
    onSale: row.on_sale === 1,
    ownOnSale: row.own_on_sale === 1,
    countsStock: row.counts_stock === 1,
    maxPerOrder: row.max_per_order,
  }
}

/** Colour and size as a shopper reads them: `白色 42.5码`; `均码` where there is no size. */
export function specText(colour: string, euX10: number | null, sizeMm: number): string {
  const size = euX10 === null ? (sizeMm === 0 ? '均码' : `${sizeMm}mm`) : `${euX10 / 10}码`
  return colour === '' ? size : `${colour} ${size}`
}

/** These SKUs, on sale or not; unknown ids are left out. */
export async function findSkus(sql: Pick<Sql, 'rows'>, ids: readonly number[]): Promise<SkuInfo[]> {
  if (ids.length === 0) return []
  const rows = await sql.rows<Row>(`/* sku.read */ ${selectSku} WHERE sku.id IN (${marks(ids)})`, ids)
  return rows.map(toInfo)
}

/** The SKUs of these products that are on sale, smallest size first. */
export async function listSkus(sql: Pick<Sql, 'rows'>, productIds: readonly number[]): Promise<SkuInfo[]> {
  if (productIds.length === 0) return []
  const rows = await sql.rows<Row>(
    `/* sku.listOnSale */ ${selectSku} WHERE sku.product_id IN (${marks(productIds)}) AND sku.on_sale = 1
     ORDER BY sku.product_id, sku.colour, sku.size_mm`,
    productIds,
  )
  return rows.map(toInfo)
}

/** Every SKU of these products, on sale or not. */
export async function listAllSkus(sql: Pick<Sql, 'rows'>, productIds: readonly number[]): Promise<SkuInfo[]> {
  if (productIds.length === 0) return []
  const rows = await sql.rows<Row>(
    `/* sku.listAll */ ${selectSku} WHERE sku.product_id IN (${marks(productIds)}) ORDER BY sku.product_id, sku.id`,
    productIds,
  )
  return rows.map(toInfo)
}

/** A product on sale with every SKU of it, on sale or not. */
export interface ProductWithSkus {
  readonly id: number
  readonly name: string
  readonly img: string
  readonly priceFen: number
  readonly skus: readonly SkuInfo[]
}

/** These products with their SKUs, in order of id; what is not on sale is left out. */
export async function findWithSkus(
  sql: Pick<Sql, 'rows'>,
  productIds: readonly number[],
): Promise<ProductWithSkus[]> {
  if (productIds.length === 0) return []
  type Both = (Row | { id: null }) & { of_id: number; of_name: string; of_img: string; of_price_fen: number }
  const rows = await sql.rows<Both>(
    `/* sku.findWithSkus */ SELECT ${skuColumns}, product.id AS of_id, product.name AS of_name, product.img AS of_img,
       product.price_fen AS of_price_fen
     FROM product LEFT JOIN sku ON sku.product_id = product.id
     WHERE product.on_sale = 1 AND product.id IN (${marks(productIds)}) ORDER BY product.id, sku.id`,
    productIds,
  )
  const found = new Map<number, Omit<ProductWithSkus, 'skus'> & { skus: SkuInfo[] }>()
  for (const { of_id: id, of_name: name, of_img: img, of_price_fen: priceFen, ...sku } of rows) {
    const product = found.get(id) ?? { id, name, img, priceFen, skus: [] }
    found.set(id, product)
    if (sku.id !== null) product.skus.push(toInfo(sku))
  }
  return [...found.values()]
}

/** The SKUs of the whole shop, on sale or not, in order of id: one page. */
export async function listSkusAfter(
  sql: Pick<Sql, 'rows'>,
  { afterId, limit }: { afterId: number; limit: number },
): Promise<SkuInfo[]> {
  const rows = await sql.rows<Row>(
    `/* sku.listAfter */ ${selectSku} WHERE sku.id > ? ORDER BY sku.id LIMIT ${Math.trunc(limit)}`,
    [afterId],
  )
  return rows.map(toInfo)
}

/** Pairs that an uncounted SKU shows: as many as one line takes. */
const UNCOUNTED = 99

/** Pairs of each SKU that can be ordered now; `stock` is what `#shared/stock` counted. */
export function leftOf(sku: Pick<SkuInfo, 'id' | 'countsStock'>, stock: ReadonlyMap<number, number>): number {
  return sku.countsStock ? (stock.get(sku.id) ?? 0) : UNCOUNTED
}

/** What the shop's people write of a SKU. */
export interface SkuFields {
  sku_code: string
  colour: string
  /** Length of the foot; 0: no sizes. */
  size_mm: number
  eu_x10: number | null
  us_x10: number | null
  price_fen: number
  max_per_order: number | null
  on_sale: number
}

const written: readonly (keyof SkuFields)[] = [
  'sku_code',
  'colour',
  'size_mm',
  'eu_x10',
  'us_x10',
  'price_fen',
  'max_per_order',
  'on_sale',
]

/** Writes a new SKU, counted from none. @returns its id; undefined: its code, or its colour and size, is taken */
export async function insertSku(
  tx: Sql,
  productId: number,
  fields: SkuFields,
  now: Date,
): Promise<number | undefined> {
  try {
    const { insertId } = await tx.run(
      `/* sku.insert */ INSERT INTO sku (product_id, ${written.join(', ')}, counts_stock, created_at)
       VALUES (?, ${marks(written)}, 1, ?)`,
      [productId, ...written.map((field) => fields[field]), now],
    )
    return insertId
  } catch (error) {
    if (isDuplicateKey(error, 'sku_code') || isDuplicateKey(error, 'sku_of_product')) return undefined
    throw error
  }
}

/** Rewrites a SKU of this product. @returns false: its code, or its colour and size, is taken */
export async function updateSku(tx: Sql, id: number, productId: number, fields: SkuFields): Promise<boolean> {
  try {
    await tx.run(
      `/* sku.update */ UPDATE sku SET ${written.map((field) => `${field} = ?`).join(', ')} WHERE id = ? AND product_id = ?`,
      [...written.map((field) => fields[field]), id, productId],
    )
    return true
  } catch (error) {
    if (isDuplicateKey(error, 'sku_code') || isDuplicateKey(error, 'sku_of_product')) return false
    throw error
  }
}

/** The SKU with this code. */
export async function findSkuByCode(sql: Pick<Sql, 'rows'>, code: string): Promise<SkuInfo | undefined> {
  const [row] = await sql.rows<Row>(`/* sku.findByCode */ ${selectSku} WHERE sku.sku_code = ?`, [code])
  return row && toInfo(row)
}

/** The SKUs with these codes, of whichever product. */
export async function findSkusByCodes(sql: Pick<Sql, 'rows'>, codes: readonly string[]): Promise<SkuInfo[]> {
  if (codes.length === 0) return []
  const rows = await sql.rows<Row>(
    `/* sku.findByCodes */ ${selectSku} WHERE sku.sku_code IN (${marks(codes)})`,
    codes,
  )
  return rows.map(toInfo)
}

/** From now on this SKU is counted: it sells out. A SKU that is counted already stays so. */
export async function beginCounting(tx: Sql, id: number): Promise<void> {
  await tx.run('/* sku.beginCounting */ UPDATE sku SET counts_stock = 1 WHERE id = ? AND counts_stock = 0', [
    id,
  ])
}

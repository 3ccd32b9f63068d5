/** Writes what was decided: a product with its pictures and its search index, or its SKUs. */
import {
  type EveryProductRow,
  indexProduct,
  insertProduct,
  insertSku,
  listAllSkus,
  replacePictures,
  type SkuInfo,
  setProductPrice,
  updateProduct,
  updateSku,
} from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import type { ProductBody, SkuBody, SkusBody } from './schema.ts'

/** @param old - the product as it is; undefined: a new one. @returns its id */
export async function writeProduct(
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

/** @throws AppError RECORD_NOT_FOUND, INVALID_PARAMETER (code, or colour and size, taken) */
export async function writeSkus(
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

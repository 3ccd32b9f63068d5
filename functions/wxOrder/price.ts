/** What an order costs and what it is called: decided here, never by the caller. */
import { findSkus, findWithSkus, type SkuInfo } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { isPayableFen } from '#shared/money'
import type { OrderItemRow } from '#shared/payment/ledger'
import type { OrderItem } from './schema.ts'

const MAX_QUANTITY = 999

/** A line, and whether an order of it reserves stock. */
export interface PricedItem extends OrderItemRow {
  readonly countsStock: boolean
}

/**
 * Looks the items up; equal ones become one line. A product in one size is sold by its number alone, of one in several
 * sizes the SKU has to be named.
 *
 * @throws AppError INVALID_PARAMETER when something is unknown or not on sale, has several sizes, or is too much
 */
export async function priceItems(sql: Sql, items: readonly OrderItem[]): Promise<PricedItem[]> {
  const bySku = sumOf(items, 'skuId')
  const byProduct = sumOf(
    items.filter(({ skuId }) => skuId === undefined),
    'productId',
  )
  const named = await findSkus(sql, [...bySku.keys()])
  const lines = named.filter(({ onSale }) => onSale).map((sku) => ofSku(sku, bySku.get(sku.id) ?? 0))
  if (lines.length !== bySku.size) throw notOnSale()
  for (const [id, quantity] of byProduct.size > 0 ? await soleLines(sql, byProduct) : []) {
    const same = lines.find(({ skuId, productId }) => productId === id.productId && skuId === id.skuId)
    if (same) same.quantity += quantity
    else lines.push({ ...id, quantity })
  }
  for (const { quantity } of lines) {
    if (quantity > MAX_QUANTITY)
      throw new AppError('INVALID_PARAMETER', { msg: `数量quantity不能大于${MAX_QUANTITY}` })
  }
  return lines.sort((a, b) => a.productId - b.productId || (a.skuId ?? 0) - (b.skuId ?? 0))
}

function sumOf(items: readonly OrderItem[], key: 'skuId' | 'productId'): Map<number, number> {
  const sums = new Map<number, number>()
  for (const item of items) {
    const id = item[key]
    if (id !== undefined) sums.set(id, (sums.get(id) ?? 0) + item.quantity)
  }
  return sums
}

/** The line of each product that is sold by its number alone. */
async function soleLines(
  sql: Sql,
  quantities: ReadonlyMap<number, number>,
): Promise<[Omit<PricedItem, 'quantity'>, number][]> {
  const ids = [...quantities.keys()]
  const products = await findWithSkus(sql, ids)
  if (products.length !== ids.length) throw notOnSale()
  return products.map(({ id, name, img, priceFen, skus: own }) => {
    const quantity = quantities.get(id) ?? 0
    // A row that somebody wrote without a SKU is sold as it always was.
    if (own.length === 0)
      return [{ productId: id, skuId: null, name, img, priceFen, countsStock: false }, quantity]
    const live = own.filter(({ onSale }) => onSale)
    const [sku] = live
    if (!sku) throw notOnSale()
    if (live.length > 1) throw new AppError('INVALID_PARAMETER', { msg: '请选择尺码' })
    const { quantity: _quantity, ...line } = ofSku(sku, quantity)
    return [line, quantity]
  })
}

function ofSku(sku: SkuInfo, quantity: number): PricedItem & { quantity: number } {
  const { id: skuId, productId, img, priceFen, countsStock } = sku
  const name = sku.sizeMm === 0 ? sku.name : `${sku.name} ${sku.spec}`
  return { productId, skuId, name, img, priceFen, countsStock, quantity }
}

function notOnSale(): AppError {
  return new AppError('INVALID_PARAMETER', { msg: '商品不存在或已下架' })
}

/** The pieces that the order has to reserve. */
export function countedOf(lines: readonly PricedItem[]): { skuId: number; quantity: number }[] {
  return lines.flatMap(({ skuId, quantity, countsStock }) =>
    countsStock && skuId !== null ? [{ skuId, quantity }] : [],
  )
}

/** The sum in fen. */
export function totalOf(lines: readonly OrderItemRow[]): number {
  const total = lines.reduce((sum, { priceFen, quantity }) => sum + priceFen * quantity, 0)
  if (!isPayableFen(total)) throw new AppError('INVALID_PARAMETER', { msg: '订单金额超出范围' })
  return total
}

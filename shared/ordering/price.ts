/** What an order costs: the catalogue's prices of this moment, the freight of the address. Never the caller's numbers. */
import type { AddressRow } from '#shared/addresses'
import { findSkus } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { isPayableFen } from '#shared/money'
import { freightOf } from './amounts.ts'
import { findFreightRule } from './freight-rule-table.ts'

export interface OrderedItem {
  skuId: number
  quantity: number
}

export interface PricedLine {
  skuId: number
  productId: number
  name: string
  /** Colour and size in words. */
  spec: string
  img: string
  price_fen: number
  quantity: number
  sum_fen: number
  /** Does an order of it reserve stock? */
  countsStock: boolean
}

/** Everything that the payer has to know before paying. */
export interface Breakdown {
  lines: PricedLine[]
  goods_fen: number
  freight_fen: number
  payable_fen: number
}

/** One order holds so many different SKUs, and so many pairs of one. */
export const MAX_LINES = 50
export const MAX_PAIRS = 99

/**
 * Prices the items for an address; lines of the same SKU become one, in ascending order of SKU.
 *
 * @throws AppError INVALID_PARAMETER (not on sale, too many, not delivered there, sum out of range)
 */
export async function priceOrder(
  sql: Sql,
  items: readonly OrderedItem[],
  address: Pick<AddressRow, 'region_code'>,
): Promise<Breakdown> {
  const lines = await priceLines(sql, items)
  const goods_fen = lines.reduce((sum, { sum_fen }) => sum + sum_fen, 0)
  const pairs = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  const rule = await findFreightRule(sql, address.region_code)
  if (!rule.deliverable) throw new AppError('INVALID_PARAMETER', { msg: '暂不支持配送到该地区' })
  const freight_fen = freightOf(rule, pairs, goods_fen)
  const payable_fen = goods_fen + freight_fen
  if (!isPayableFen(payable_fen)) throw new AppError('INVALID_PARAMETER', { msg: '订单金额超出范围' })
  return { lines, goods_fen, freight_fen, payable_fen }
}

async function priceLines(sql: Sql, items: readonly OrderedItem[]): Promise<PricedLine[]> {
  const wanted = new Map<number, number>()
  for (const { skuId, quantity } of items) wanted.set(skuId, (wanted.get(skuId) ?? 0) + quantity)
  const skus = (await findSkus(sql, [...wanted.keys()])).filter(({ onSale }) => onSale)
  if (skus.length !== wanted.size) throw new AppError('INVALID_PARAMETER', { msg: '商品不存在或已下架' })
  return skus
    .sort((a, b) => a.id - b.id)
    .map(({ id, productId, name, spec, img, priceFen, maxPerOrder, countsStock }) => {
      const quantity = wanted.get(id) ?? 0
      const most = Math.min(maxPerOrder ?? MAX_PAIRS, MAX_PAIRS)
      if (quantity > most) throw new AppError('INVALID_PARAMETER', { msg: `${name} 每单最多购买${most}双` })
      return {
        skuId: id,
        productId,
        name,
        spec,
        img,
        price_fen: priceFen,
        quantity,
        sum_fen: priceFen * quantity,
        countsStock,
      }
    })
}

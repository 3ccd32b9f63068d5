/** What an order costs and what it is called: decided here, never by the caller. */
import { readProductsOnSale } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { isPayableFen } from '#shared/money'
import type { OrderItemRow } from '#shared/payment/ledger'
import type { OrderItem } from './schema.ts'

const MAX_QUANTITY = 999

/**
 * Looks the products up; lines of the same product become one.
 *
 * @throws AppError INVALID_PARAMETER when a product is unknown or not on sale, or the order is too large
 */
export async function priceItems(sql: Sql, items: readonly OrderItem[]): Promise<OrderItemRow[]> {
  const quantities = new Map<number, number>()
  for (const { productId, quantity } of items)
    quantities.set(productId, (quantities.get(productId) ?? 0) + quantity)
  const products = await readProductsOnSale(sql, [...quantities.keys()])
  if (products.length !== quantities.size)
    throw new AppError('INVALID_PARAMETER', { msg: '商品不存在或已下架' })
  return products.map(({ id, name, img, priceFen }) => {
    const quantity = quantities.get(id) ?? 0
    if (quantity > MAX_QUANTITY)
      throw new AppError('INVALID_PARAMETER', { msg: `数量quantity不能大于${MAX_QUANTITY}` })
    return { productId: id, name, img, priceFen, quantity }
  })
}

/** The sum in fen. */
export function totalOf(lines: readonly OrderItemRow[]): number {
  const total = lines.reduce((sum, { priceFen, quantity }) => sum + priceFen * quantity, 0)
  if (!isPayableFen(total)) throw new AppError('INVALID_PARAMETER', { msg: '订单金额超出范围' })
  return total
}

/** What the payer reads in WeChat: `乐淘-<first product> 等3件`. */
export function describe(lines: readonly OrderItemRow[]): string {
  const count = lines.reduce((sum, { quantity }) => sum + quantity, 0)
  return payableText(`乐淘-${lines[0]?.name ?? ''}`, count > 1 ? ` 等${count}件` : '')
}

const MAX_BODY_BYTES = 127

/** Control characters, and what an emoji leaves when it is cut: joiners, variation selectors, the keycap. */
const invisible = /[\p{Cc}\p{Cf}]|\p{Variation_Selector}|\u20e3/u

/** Cut to what WeChat's `body` holds, without the four-byte characters that its bills drop, on one line. */
export function payableText(text: string, ending = ''): string {
  let result = ''
  for (const character of text) {
    if (Buffer.byteLength(character) > 3 || invisible.test(character)) continue
    if (Buffer.byteLength(result + character + ending) > MAX_BODY_BYTES) break
    result += character
  }
  return (result + ending).trim()
}

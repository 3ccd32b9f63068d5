/** What a checkout is about: items and an address, found and priced. Writes nothing. */
import { type AddressRow, addressText, findAddress, readDefaultAddress } from '#shared/addresses'
import { readCart } from '#shared/cart'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { readAvailable } from '#shared/stock'
import { type Breakdown, MAX_LINES, type OrderedItem, priceOrder } from './price.ts'

export interface CheckoutInput {
  userId: number
  /** Left out: the chosen lines of the cart. */
  items: readonly OrderedItem[] | undefined
  /** Left out: the default address. */
  addressId: number | undefined
}

/** What will be ordered, and where it goes. */
export interface Checkout extends Breakdown {
  address: AddressRow
  /** Did the items come from the cart? Then ordering takes them out of it. */
  fromCart: boolean
  /** Lines of which fewer are left than wanted. */
  short: { skuId: number; left: number }[]
}

/** @throws AppError INVALID_PARAMETER, RECORD_NOT_FOUND (the address) */
export async function prepareCheckout(sql: Sql, input: CheckoutInput): Promise<Checkout> {
  const { userId } = input
  const address =
    input.addressId === undefined
      ? await readDefaultAddress(sql, userId)
      : await findAddress(sql, input.addressId, userId)
  if (!address) {
    throw input.addressId === undefined
      ? new AppError('INVALID_PARAMETER', { msg: '请先填写收货地址' })
      : new AppError('RECORD_NOT_FOUND', { msg: '收货地址不存在' })
  }
  const items = input.items ?? (await chosenItems(sql, userId))
  const breakdown = await priceOrder(sql, items, address)
  const available = await readAvailable(
    sql,
    breakdown.lines.map(({ skuId }) => skuId),
  )
  const short = breakdown.lines
    .filter(({ skuId, quantity, countsStock }) => countsStock && (available.get(skuId) ?? 0) < quantity)
    .map(({ skuId }) => ({ skuId, left: available.get(skuId) ?? 0 }))
  return { ...breakdown, address, fromCart: input.items === undefined, short }
}

async function chosenItems(sql: Sql, userId: number): Promise<OrderedItem[]> {
  const lines = (await readCart(userId, { db: sql })).filter(({ selected }) => selected)
  if (lines.length === 0) throw new AppError('INVALID_PARAMETER', { msg: '请选择要购买的商品' })
  if (lines.length > MAX_LINES)
    throw new AppError('INVALID_PARAMETER', { msg: `每单最多购买${MAX_LINES}种商品` })
  return lines.map(({ skuId, quantity }) => ({ skuId, quantity }))
}

/** What the shopper sees of a checkout. */
export interface CheckoutView extends Breakdown {
  address: { id: number; receiver: string; mobile: string; text: string }
  short: Checkout['short']
}

/** A checkout without what only the order needs. */
export function viewCheckout({ address, fromCart: _fromCart, ...rest }: Checkout): CheckoutView {
  const { id, receiver, mobile } = address
  return { ...rest, address: { id, receiver, mobile, text: addressText(address) } }
}

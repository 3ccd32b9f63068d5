/** Orders of shoes: checkout, order, parcels, after-sale. Amounts are fen. */

import type { CartItem } from './cart.ts'
import { api, unwrap } from './client.ts'
import type { carriers } from './codes.generated.ts'

export type Carrier = keyof typeof carriers

/** What an order would cost and where it would go. */
export async function checkout(items: CartItem[], addressId: number) {
  return (await unwrap(api.POST('/shop/checkout', { body: { items, addressId } }))).data
}

export type Breakdown = Awaited<ReturnType<typeof checkout>>

export interface NewOrder {
  items: CartItem[]
  addressId: number
  /** The sum that was shown: another one is not ordered. */
  expected_payable_fen: number
  remark?: string
}

/** @param key the same for every attempt at the same order: then there is one */
export async function placeShopOrder(body: NewOrder, key: string) {
  const header = { 'Idempotency-Key': key }
  return (await unwrap(api.POST('/shop/order', { body, params: { header } }))).data
}

export type Tab = 'unpaid' | 'unshipped' | 'shipped' | 'completed' | 'closed'

/** A page of own orders, newest first, or those of one tab. */
export async function fetchShopOrders(tab: Tab | undefined, cursor: string | undefined) {
  const query = { limit: 10, ...(tab ? { state: tab } : {}), ...(cursor ? { cursor } : {}) }
  const answer = await unwrap(api.GET('/shop/orders', { params: { query } }))
  return { orders: answer.data, next: answer.nextCursor ?? undefined }
}

export type ShopOrder = Awaited<ReturnType<typeof fetchShopOrders>>['orders'][number]

export async function fetchShopOrder(order_no: string) {
  return (await unwrap(api.GET('/shop/orderDetail', { params: { query: { order_no } } }))).data
}

export type ShopOrderDetail = Awaited<ReturnType<typeof fetchShopOrder>>
export type Case = ShopOrderDetail['cases'][number]

export const fetchBadges = async () => (await unwrap(api.GET('/badges'))).data
export type Badges = Awaited<ReturnType<typeof fetchBadges>>

export const cancelOrder = async (order_no: string) => {
  await unwrap(api.POST('/shop/cancel', { body: { order_no } }))
}
export const receiveOrder = async (order_no: string) => {
  await unwrap(api.POST('/shop/receive', { body: { order_no } }))
}
export const extendOrder = async (order_no: string) => {
  await unwrap(api.POST('/shop/extend', { body: { order_no } }))
}
export const hideOrder = async (order_no: string) => {
  await unwrap(api.POST('/shop/hide', { body: { order_no } }))
}

export interface Ask {
  order_no: string
  lineId: number
  quantity: number
  kind: 'CANCEL' | 'REFUND_ONLY' | 'RETURN'
  reason: string
}

export const askCase = async (body: Ask) => (await unwrap(api.POST('/afterSales/ask', { body }))).data
export const cancelCase = async (after_sale_no: string) => {
  await unwrap(api.POST('/afterSales/cancel', { body: { after_sale_no } }))
}
export const sendParcel = async (after_sale_no: string, carrier: Carrier, trackingNo: string) => {
  await unwrap(api.POST('/afterSales/parcel', { body: { after_sale_no, carrier, trackingNo } }))
}

export async function fetchCases(cursor?: string) {
  const query = { limit: 20, ...(cursor ? { cursor } : {}) }
  const answer = await unwrap(api.GET('/afterSales', { params: { query } }))
  return { cases: answer.data, next: answer.nextCursor ?? undefined }
}

/** True while this is still being worked on. */
export const isOpenCase = ({ state }: Pick<Case, 'state'>) =>
  !['REFUNDED', 'REJECTED', 'CANCELLED'].includes(state)

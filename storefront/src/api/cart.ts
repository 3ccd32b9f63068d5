/** The cart on the server. Every change answers with the whole cart. */
import { api, unwrap } from './client.ts'

export interface CartItem {
  skuId: number
  quantity: number
}

export const fetchCart = async () => (await unwrap(api.GET('/cart/items'))).data
export const addItem = async (body: CartItem) => (await unwrap(api.POST('/cart/add', { body }))).data
export const setItem = async (body: CartItem) => (await unwrap(api.POST('/cart/set', { body }))).data
export const removeItems = async (skuIds: number[]) =>
  (await unwrap(api.POST('/cart/remove', { body: { skuIds } }))).data
export const selectItems = async (skuIds: number[], selected: boolean) =>
  (await unwrap(api.POST('/cart/select', { body: { skuIds, selected } }))).data
/** Of each SKU the larger quantity; safe to repeat. */
export const mergeItems = async (items: CartItem[]) =>
  (await unwrap(api.POST('/cart/merge', { body: { items } }))).data

export type ServerLine = Awaited<ReturnType<typeof fetchCart>>[number]

/** Products in colours and sizes, lists and search. Amounts are fen. */
import { fenToYuan, yuanToFen } from '../lib/money.ts'
import type { Product } from './catalogue.ts'
import { api, unwrap } from './client.ts'

/** Never an older answer that the browser kept: prices and stock are in it. */
export async function fetchDetail(id: number) {
  return (await unwrap(api.GET('/products/detail', { params: { query: { id } }, cache: 'no-cache' }))).data
}

export type ProductDetail = Awaited<ReturnType<typeof fetchDetail>>
/** A colour in a size; a product without sizes has one SKU, whose `sizeMm` is 0. */
export type Sku = ProductDetail['skus'][number]

/** Only one thing to buy: nothing has to be chosen. */
export const onlySku = ({ skus }: Pick<ProductDetail, 'skus'>) => (skus.length === 1 ? skus[0] : undefined)

export type Sort = 'newest' | 'price_up' | 'price_down'

export interface ListQuery {
  sort?: Sort
  brandId?: number
  categoryId?: number
  gender?: 'women' | 'men'
  /** EU size in tenths, in stock. */
  size?: number
  cursor?: string
}

/** A page of products; it may be short and still not be the last: `next` is undefined on the last one. */
export async function fetchList(query: ListQuery) {
  const answer = await unwrap(api.GET('/products', { params: { query: { ...query, limit: 20 } } }))
  return { products: answer.data, next: answer.nextCursor ?? undefined }
}

/** Products whose names have all words. */
export async function searchProducts(q: string, list: ListQuery) {
  const query = { ...list, q, limit: 20 }
  const answer = await unwrap(api.GET('/products/search', { params: { query } }))
  return { products: answer.data, next: answer.nextCursor ?? undefined }
}

export type Listed = Awaited<ReturnType<typeof fetchList>>['products'][number]

/** `¥359 起` when sizes differ in price, else `¥359`. */
export function priceRange(skus: readonly Sku[]): string {
  const prices = skus.map(({ price_fen }) => price_fen)
  const least = Math.min(...prices)
  return `¥${fenToYuan(least)}${Math.max(...prices) > least ? ' 起' : ''}`
}

/** A product of a list, as cards show it. */
export function toProduct({ id, name, img, price_fen, oldPrice, brandId, categoryId }: Listed): Product {
  return {
    id,
    name: name ?? '',
    img: img ?? '',
    priceFen: price_fen,
    oldPriceFen: yuanToFen(oldPrice),
    brandId,
    categoryId,
  }
}

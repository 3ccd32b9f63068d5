/** What the shop shows, with prices already in fen. */
import { yuanToFen } from '../lib/money.ts'
import { api, unwrap } from './client.ts'

export interface Product {
  id: number
  name: string
  img: string
  priceFen: number
  /** What it cost before; equal to `priceFen` where there was no other price. */
  oldPriceFen: number
  brandId: number | null
  categoryId: number | null
}

export const fetchBanners = async () => (await unwrap(api.GET('/banners'))).data
export const fetchGrid = async () => (await unwrap(api.GET('/gridList'))).data
export const fetchHotBrands = async () => (await unwrap(api.GET('/brandList'))).data
export const fetchCategories = async () => (await unwrap(api.GET('/oneCategory'))).data
export const fetchBrands = async (categoryId: number) =>
  (await unwrap(api.GET('/twoCategory', { params: { query: { id: categoryId } } }))).data

/** Never an older answer that the browser kept: prices are in it. */
export async function fetchProducts(): Promise<Product[]> {
  const { data } = await unwrap(api.GET('/sports', { cache: 'no-cache' }))
  return data.map(({ id, name, img, price, oldPrice, brandId, categoryId }) => ({
    id,
    name,
    img,
    priceFen: yuanToFen(price),
    oldPriceFen: yuanToFen(oldPrice),
    brandId,
    categoryId,
  }))
}

export type Banner = Awaited<ReturnType<typeof fetchBanners>>[number]
export type GridEntry = Awaited<ReturnType<typeof fetchGrid>>[number]
export type Brand = Awaited<ReturnType<typeof fetchHotBrands>>[number]
export type Category = Awaited<ReturnType<typeof fetchCategories>>[number]

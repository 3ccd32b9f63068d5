/** What the home page shows: banners, grid, sports zone, hot brands. */
import { assetUrl } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { fenToYuan } from '#shared/money'

export interface FeedDeps {
  /** A replica will do: a feed may be a moment old. */
  sql: Pick<Sql, 'rows'>
  /** Address of the CDN in front of the pictures; empty: paths stay relative. */
  assetBaseUrl: string
}

interface ProductRow {
  id: number
  name: string
  img: string
  price_fen: number
  old_price_fen: number
}

export async function listBanners({ sql, assetBaseUrl }: FeedDeps) {
  const rows = await sql.rows<{ id: number; img_src: string; link: string }>(
    'SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20',
  )
  return rows.map((row) => ({ ...row, img_src: assetUrl(assetBaseUrl, row.img_src) }))
}

export async function listGrid({ sql, assetBaseUrl }: FeedDeps) {
  const rows = await sql.rows<{ id: number; img_src: string; name: string; link: string }>(
    'SELECT id, img_src, name, link FROM grid ORDER BY id LIMIT 20',
  )
  return rows.map((row) => ({ ...row, img_src: assetUrl(assetBaseUrl, row.img_src) }))
}

/** Prices leave as yuan, in numbers: the one place where the storefront expects them so. */
export async function listSports({ sql, assetBaseUrl }: FeedDeps) {
  const rows = await sql.rows<ProductRow>(
    'SELECT id, name, img, price_fen, old_price_fen FROM product WHERE on_sale = 1 ORDER BY id LIMIT 100',
  )
  return rows.map(({ id, name, img, price_fen, old_price_fen }) => ({
    id,
    name,
    img: assetUrl(assetBaseUrl, img),
    price: Number(fenToYuan(price_fen)),
    oldPrice: Number(fenToYuan(old_price_fen)),
  }))
}

export async function listHotBrands({ sql, assetBaseUrl }: FeedDeps) {
  const rows = await sql.rows<{
    id: number
    brandName: string
    brandLogo: string | null
    categoryId: number
  }>('SELECT id, brandName, brandLogo, categoryId FROM brand WHERE hot = 1 ORDER BY id LIMIT 100')
  return rows.map((row) => ({ ...row, brandLogo: assetUrl(assetBaseUrl, row.brandLogo) }))
}

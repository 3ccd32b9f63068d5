/** What the home page shows: banners, grid, sports zone, hot brands. */
import { assetUrl, listBanners, listGrid, listHotBrands, listZone } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { fenToYuan } from '#shared/money'

export interface FeedDeps {
  /** A replica will do: a feed may be a moment old. */
  sql: Pick<Sql, 'rows'>
  /** Address of the CDN in front of the pictures; empty: paths stay relative. */
  assetBaseUrl: string
  now: () => Date
}

export async function readBanners({ sql, assetBaseUrl, now }: FeedDeps) {
  const rows = await listBanners(sql, now())
  return rows.map((row) => ({ ...row, img_src: assetUrl(assetBaseUrl, row.img_src) }))
}

export async function readGrid({ sql, assetBaseUrl, now }: FeedDeps) {
  const rows = await listGrid(sql, now())
  return rows.map((row) => ({ ...row, img_src: assetUrl(assetBaseUrl, row.img_src) }))
}

/** Prices leave as yuan, in numbers: that is where the storefronts expect them so. */
export async function readSports({ sql, assetBaseUrl }: FeedDeps) {
  const rows = await listZone(sql, 'sports')
  return rows.map(({ id, name, img, price_fen, old_price_fen, brand_id, category_id }) => ({
    id,
    name,
    img: assetUrl(assetBaseUrl, img),
    price: Number(fenToYuan(price_fen)),
    oldPrice: Number(fenToYuan(old_price_fen)),
    brandId: brand_id,
    categoryId: category_id,
  }))
}

export async function readHotBrands({ sql, assetBaseUrl }: FeedDeps) {
  const rows = await listHotBrands(sql)
  return rows.map((row) => ({ ...row, brandLogo: assetUrl(assetBaseUrl, row.brandLogo) }))
}

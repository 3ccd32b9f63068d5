/** The two levels of the category page. */
import { assetUrl, listBrandsOf, listCategories } from '#shared/catalogue'
import type { Sql } from '#shared/db'

export interface CategoryDeps {
  /** A replica will do: a feed may be a moment old. */
  sql: Pick<Sql, 'rows'>
  assetBaseUrl: string
}

export function readCategories({ sql }: CategoryDeps) {
  return listCategories(sql)
}

/** The brands of one category; an unknown category has none. */
export async function readBrandsOf(categoryId: number, { sql, assetBaseUrl }: CategoryDeps) {
  const rows = await listBrandsOf(sql, categoryId)
  return rows.map((row) => ({ ...row, brandLogo: assetUrl(assetBaseUrl, row.brandLogo) }))
}

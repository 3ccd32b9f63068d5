/** The two levels of the category page. */

import { assetUrl } from '#shared/catalogue'
import type { Sql } from '#shared/db'

export interface CategoryDeps {
  /** A replica will do: a feed may be a moment old. */
  sql: Pick<Sql, 'rows'>
  assetBaseUrl: string
}

export async function listCategories({ sql }: CategoryDeps) {
  return sql.rows<{ id: number; categoryName: string }>(
    'SELECT id, categoryName FROM category ORDER BY id LIMIT 100',
  )
}

/** The brands of one category; an unknown category has none. */
export async function listBrandsOf(categoryId: number, { sql, assetBaseUrl }: CategoryDeps) {
  const rows = await sql.rows<{
    id: number
    brandName: string
    brandLogo: string | null
    categoryId: number
  }>('SELECT id, brandName, brandLogo, categoryId FROM brand WHERE categoryId = ? ORDER BY id LIMIT 200', [
    categoryId,
  ])
  return rows.map((row) => ({ ...row, brandLogo: assetUrl(assetBaseUrl, row.brandLogo) }))
}

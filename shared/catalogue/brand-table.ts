/** The table `brand`: every statement on it. */
import type { Sql } from '#shared/db'

type Reader = Pick<Sql, 'rows'>

/** As the tutorial's storefronts read it. */
export interface BrandRow {
  id: number
  brandName: string
  brandLogo: string | null
  categoryId: number
}

const columns = 'id, brandName, brandLogo, categoryId'

/** The brands of the home page. */
export function listHotBrands(sql: Reader): Promise<BrandRow[]> {
  return sql.rows<BrandRow>(
    `/* brand.listHotBrands */ SELECT ${columns} FROM brand WHERE hot = 1 ORDER BY id LIMIT 100`,
  )
}

/** The brands of one category; an unknown category has none. */
export function listBrandsOf(sql: Reader, categoryId: number): Promise<BrandRow[]> {
  return sql.rows<BrandRow>(
    `/* brand.listBrandsOf */ SELECT ${columns} FROM brand WHERE categoryId = ? ORDER BY id LIMIT 200`,
    [categoryId],
  )
}

/** One brand. */
export async function findBrand(sql: Reader, id: number): Promise<BrandRow | undefined> {
  return (
    await sql.rows<BrandRow>(`/* brand.findBrand */ SELECT ${columns} FROM brand WHERE id = ?`, [id])
  )[0]
}

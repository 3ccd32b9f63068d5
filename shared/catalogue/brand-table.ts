/** The table `brand`: every statement on it. */
import type { Sql } from '#shared/db'
import type { FeedEntry } from './feed-entry.ts'

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
    `/* brand.listHotBrands */ SELECT ${columns} FROM brand WHERE hot = 1 ORDER BY hot_position, id LIMIT 100`,
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

const feedColumns = `id, brandName AS name, brandLogo AS img, NULL AS link, hot_position AS position, NULL AS starts_at,
  NULL AS ends_at`

/** The hot brands, as entries of their feed. */
export function listHotEntries(sql: Reader): Promise<FeedEntry[]> {
  return sql.rows<FeedEntry>(
    `/* brand.listHotEntries */ SELECT ${feedColumns} FROM brand WHERE hot = 1 ORDER BY hot_position, id LIMIT 100`,
  )
}

/** As `listHotEntries`, locked until the transaction ends. */
export function lockHotEntries(tx: Sql): Promise<FeedEntry[]> {
  return tx.rows<FeedEntry>(
    `/* brand.lockHotEntries */ SELECT ${feedColumns} FROM brand WHERE hot = 1 ORDER BY hot_position, id LIMIT 100 FOR UPDATE`,
  )
}

/** Says whether a brand is hot, and where it stands among those. */
export async function placeHotBrand(tx: Sql, id: number, hot: boolean, position: number): Promise<void> {
  await tx.run('/* brand.placeHot */ UPDATE brand SET hot = ?, hot_position = ? WHERE id = ?', [
    hot ? 1 : 0,
    position,
    id,
  ])
}

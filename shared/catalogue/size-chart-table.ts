/** The table `size_chart`: what a size is called, per brand and gender. */
import type { Sql } from '#shared/db'

export interface SizeRow {
  /** Length of the foot. */
  size_mm: number
  /** Tenths: 425 is 42.5. */
  eu_x10: number
  us_x10: number
}

/** The chart of a brand, smallest first. */
export function listSizes(sql: Pick<Sql, 'rows'>, brandId: number, gender: string): Promise<SizeRow[]> {
  return sql.rows<SizeRow>(
    '/* size_chart.listSizes */ SELECT size_mm, eu_x10, us_x10 FROM size_chart WHERE brand_id = ? AND gender = ? ORDER BY size_mm LIMIT 60',
    [brandId, gender],
  )
}

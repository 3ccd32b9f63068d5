/** The table `category`: every statement on it. */
import type { Sql } from '#shared/db'

export interface CategoryRow {
  id: number
  categoryName: string
}

/** All categories. */
export function listCategories(sql: Pick<Sql, 'rows'>): Promise<CategoryRow[]> {
  return sql.rows<CategoryRow>(
    '/* category.listCategories */ SELECT id, categoryName FROM category ORDER BY id LIMIT 100',
  )
}

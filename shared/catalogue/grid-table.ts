/** The table `grid`: every statement on it. */
import type { Sql } from '#shared/db'

export interface GridRow {
  id: number
  img_src: string
  name: string
  link: string
}

/** The entries below the banners. */
export function listGrid(sql: Pick<Sql, 'rows'>): Promise<GridRow[]> {
  return sql.rows<GridRow>(
    '/* grid.listGrid */ SELECT id, img_src, name, link FROM grid ORDER BY id LIMIT 20',
  )
}

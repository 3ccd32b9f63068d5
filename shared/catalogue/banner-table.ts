/** The table `banner`: every statement on it. */
import type { Sql } from '#shared/db'

export interface BannerRow {
  id: number
  img_src: string
  link: string
}

/** The pictures at the top of the home page. */
export function listBanners(sql: Pick<Sql, 'rows'>): Promise<BannerRow[]> {
  return sql.rows<BannerRow>(
    '/* banner.listBanners */ SELECT id, img_src, link FROM banner ORDER BY id LIMIT 20',
  )
}

/** The table `product_img`: further pictures of a product, every statement on it. */
import type { Sql } from '#shared/db'

/** The paths of a product's pictures, in their order. */
export async function listPictures(sql: Pick<Sql, 'rows'>, productId: number): Promise<string[]> {
  const rows = await sql.rows<{ path: string }>(
    '/* product_img.listPictures */ SELECT path FROM product_img WHERE product_id = ? ORDER BY position LIMIT 20',
    [productId],
  )
  return rows.map(({ path }) => path)
}

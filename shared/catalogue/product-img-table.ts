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

/** Puts these pictures in the place of those that a product has. */
export async function replacePictures(tx: Sql, productId: number, paths: readonly string[]): Promise<void> {
  await tx.run('/* product_img.clear */ DELETE FROM product_img WHERE product_id = ?', [productId])
  if (paths.length === 0) return
  await tx.run(
    `/* product_img.insert */ INSERT INTO product_img (product_id, position, path) VALUES ${paths.map(() => '(?, ?, ?)').join(', ')}`,
    paths.flatMap((path, position) => [productId, position, path]),
  )
}

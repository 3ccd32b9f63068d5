/** `product`: what is on sale. */
import type { Sql } from '#shared/db'

export interface ProductRow {
  id: number
  name: string
  img: string
  priceFen: number
}

/** Those of the products that are on sale, by their ids. */
export function readProductsOnSale(sql: Sql, ids: readonly number[]): Promise<ProductRow[]> {
  return sql.rows<ProductRow>(
    `/* product.readOnSale */ SELECT id, name, img, price_fen AS priceFen FROM product
     WHERE on_sale = 1 AND id IN (${ids.map(() => '?').join(', ')}) ORDER BY id`,
    [...ids],
  )
}

/** Does a product cost exactly this? */
export async function hasProductAt(sql: Pick<Sql, 'row'>, priceFen: number): Promise<boolean> {
  const row = await sql.row<{ id: number }>(
    '/* product.atPrice */ SELECT id FROM product WHERE price_fen = ? LIMIT 1',
    [priceFen],
  )
  return row !== undefined
}

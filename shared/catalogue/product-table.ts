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

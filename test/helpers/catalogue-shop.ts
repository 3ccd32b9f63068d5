/** What the tests of the shop domain need: a migrated database with the demo catalogue, shoppers, and products of their own. */
import jwt from 'jsonwebtoken'
import { createTestDatabase, type TestDatabase } from './database.ts'
import { call, loadFunction, type MainHandler, type Reply, scfContext } from './functions.ts'
import { catchLogs, type Logs } from './logs.ts'

export const JWT_SECRET = 'a secret of the tests, 32 bytes or more'

export interface Shopper {
  id: number
  token: string
}

export interface OwnSku {
  skuId: number
  productId: number
}

let shoppers = 5000
let products = 0

/** Opens a shop; `close` in an `after` hook. */
export async function openCatalogueShop(env: Record<string, string> = {}) {
  const logs: Logs = catchLogs()
  const database: TestDatabase = await createTestDatabase()
  Object.assign(process.env, { DATABASE_URL: database.url, JWT_SECRET, STAGE: 'dev', ...env })
  await loadFunction('migrate')({ seed: true }, scfContext())

  return {
    logs,
    database,

    /** Somebody who is signed in. */
    shopper(): Shopper {
      const id = ++shoppers
      const iat = Math.floor(Date.now() / 1000)
      const claims = { sub: String(id), username: `shopper${id}`, iat, exp: iat + 3600 }
      return { id, token: jwt.sign(claims, JWT_SECRET) }
    },

    get(
      handler: MainHandler,
      path: string,
      query: Record<string, string> = {},
      by?: Shopper,
    ): Promise<Reply> {
      return call(handler, { path, query, ...(by && { token: by.token }) })
    },

    post(
      handler: MainHandler,
      path: string,
      body: unknown,
      by: Shopper,
      headers: Record<string, string> = {},
    ): Promise<Reply> {
      return call(handler, { path, body, token: by.token, headers })
    },

    /** A product of its own with one SKU per entry: pairs in stock, price in fen. */
    async sell(
      skus: readonly { pairs: number; fen?: number; maxPerOrder?: number }[] = [{ pairs: 10 }],
    ): Promise<OwnSku[]> {
      const productId = 100_000 + ++products
      const name = `试鞋${productId}`
      await database.query(
        'INSERT INTO product (id, name, img, price_fen, old_price_fen, zone) VALUES (?, ?, ?, ?, ?, NULL)',
        [productId, name, '/images/product1.svg', skus[0]?.fen ?? 10_000, 20_000],
      )
      const made: OwnSku[] = []
      for (const [index, { pairs, fen = 10_000, maxPerOrder = null }] of skus.entries()) {
        const skuId = productId * 10 + index
        await database.query(
          `INSERT INTO sku (id, product_id, sku_code, colour, size_mm, eu_x10, price_fen, max_per_order)
           VALUES (?, ?, ?, '黑色', ?, ?, ?, ?)`,
          [skuId, productId, `T${skuId}`, 230 + index * 5, 360 + index * 10, fen, maxPerOrder],
        )
        await database.query('INSERT INTO sku_stock (sku_id, available) VALUES (?, ?)', [skuId, pairs])
        made.push({ skuId, productId })
      }
      return made
    },

    async stockOf(skuId: number): Promise<{ available: number; reserved: number }> {
      const [row] = await database.query<{ available: number; reserved: number }>(
        'SELECT available, reserved FROM sku_stock WHERE sku_id = ?',
        [skuId],
      )
      if (!row) throw new Error(`SKU ${skuId} has no stock`)
      return row
    },

    /** An address that is delivered to for 10 yuan, free from 199. */
    async address(addresses: MainHandler, by: Shopper, regionCode = '440305'): Promise<number> {
      const body = { receiver: '张三', mobile: '13800138000', regionCode, detail: '科技园路1号1栋101' }
      const reply = await this.post(addresses, '/addresses/save', body, by)
      if (reply.json.status !== 200) throw new Error(reply.body)
      return (reply.json.data as { id: number }).id
    },

    async close(): Promise<void> {
      await database.drop()
      logs.release()
    },
  }
}

export type CatalogueShop = Awaited<ReturnType<typeof openCatalogueShop>>

/** A shop with sizes, addresses and a WeChat Pay simulator: what the tests of business orders need. */
import type { SqlValue } from '#shared/db'
import { type ComparedPage, compareStock, type StockFault } from '#shared/stock'
import { call, loadFunction, type MainHandler, type Reply } from './functions.ts'
import type { PayShopOptions, Shopper } from './pay-shop.ts'
import { openRefundShop } from './refund-shop.ts'

export interface PlacedOrder {
  order_no: string
  out_trade_no: string
  payable_fen: number
}

export interface StoredShopOrder {
  id: number
  order_no: string
  state: string
  close_reason: string | null
  payable_fen: number
  refunded_fen: number
  transaction_id: string | null
}

/** SKUs that tests sell have numbers from here on; those of the demo catalogue are below. */
const OWN_SKUS = 2_000_000

let products = 0

export async function openOrderShop(options: PayShopOptions = {}) {
  const shop = await openRefundShop(options)
  const { database } = shop
  const handlers = new Map<string, MainHandler>()

  function handler(name: string): MainHandler {
    const known = handlers.get(name)
    if (known) return known
    const loaded = loadFunction(name)
    handlers.set(name, loaded)
    return loaded
  }

  const own = {
    handler,

    get(name: string, path: string, query: Record<string, string>, by: Shopper): Promise<Reply> {
      return call(handler(name), { path, query, token: by.token })
    },

    send(
      name: string,
      path: string,
      body: unknown,
      by: Shopper,
      headers: Record<string, string> = {},
    ): Promise<Reply> {
      return call(handler(name), { path, body, token: by.token, headers })
    },

    /** SKUs of a product of its own: pairs in stock, price in fen. */
    async sell(...skus: { pairs: number; fen?: number }[]): Promise<number[]> {
      const productId = 200_000 + ++products
      await database.query(
        'INSERT INTO product (id, name, img, price_fen, old_price_fen, zone) VALUES (?, ?, ?, ?, ?, NULL)',
        [productId, `试鞋${productId}`, '/images/product1.svg', skus[0]?.fen ?? 10_000, 20_000],
      )
      const ids: number[] = []
      for (const [index, { pairs, fen = 10_000 }] of skus.entries()) {
        const skuId = productId * 10 + index
        await database.query(
          `INSERT INTO sku (id, product_id, sku_code, colour, size_mm, eu_x10, price_fen)
           VALUES (?, ?, ?, '黑色', ?, ?, ?)`,
          [skuId, productId, `T${skuId}`, 230 + index * 5, 360 + index * 10, fen],
        )
        await database.query('INSERT INTO sku_stock (sku_id, available) VALUES (?, ?)', [skuId, pairs])
        await database.query(
          "INSERT INTO stock_move (sku_id, kind, ref, quantity, at) VALUES (?, 'adjust', 'Jopening', ?, UTC_TIMESTAMP(3))",
          [skuId, pairs],
        )
        ids.push(skuId)
      }
      return ids
    },

    async address(by: Shopper): Promise<number> {
      const body = {
        receiver: '张三',
        mobile: '13800138000',
        regionCode: '440305',
        detail: '科技园路1号1栋101',
      }
      const { json } = await own.send('addresses', '/addresses/save', body, by)
      return (json.data as { id: number }).id
    },

    /** Checks out and orders; the answer is the caller's to judge. */
    async order(
      by: Shopper,
      items: readonly { skuId: number; quantity: number }[],
      options: { key?: string; instance?: MainHandler; addressId?: number; expected?: number } = {},
    ): Promise<Reply> {
      const addressId = options.addressId ?? (await own.address(by))
      const priced = await own.send('checkout', '/shop/checkout', { items, addressId }, by)
      const sum = (priced.json.data as { payable_fen?: number } | undefined)?.payable_fen
      const body = { items, addressId, expected_payable_fen: options.expected ?? sum ?? 1 }
      const headers: Record<string, string> =
        options.key === undefined ? {} : { 'Idempotency-Key': options.key }
      return call(options.instance ?? handler('shopOrder'), {
        path: '/shop/order',
        body,
        token: by.token,
        headers,
      })
    },

    /** An order that has to succeed. */
    async placed(by: Shopper, items: readonly { skuId: number; quantity: number }[]): Promise<PlacedOrder> {
      const { json, body } = await own.order(by, items)
      if (json.status !== 200) throw new Error(`order: ${body}`)
      return json.data as PlacedOrder
    },

    /** Shows its QR code, pays, and waits until WeChat's notify was taken. */
    async pay(by: Shopper, { out_trade_no }: PlacedOrder): Promise<void> {
      const { json, body } = await own.send('wxOrder', '/wx/order', { out_trade_no }, by)
      if (json.status !== 200) throw new Error(`pay: ${body}`)
      shop.wechat.pay(out_trade_no)
      await shop.wechat.waitForNotify(out_trade_no)
    },

    /** An order that is paid. */
    async paid(by: Shopper, items: readonly { skuId: number; quantity: number }[]): Promise<PlacedOrder> {
      const placed = await own.placed(by, items)
      await own.pay(by, placed)
      return placed
    },

    async stored(orderNo: string): Promise<StoredShopOrder> {
      const [row] = await database.query<StoredShopOrder>('SELECT * FROM shop_order WHERE order_no = ?', [
        orderNo,
      ])
      if (!row) throw new Error(`${orderNo} is not in the database`)
      return row
    },

    async stock(skuId: number): Promise<[available: number, reserved: number]> {
      const [row] = await database.query<{ available: number; reserved: number }>(
        `SELECT CAST(SUM(available) AS SIGNED) AS available, CAST(SUM(reserved) AS SIGNED) AS reserved FROM (
           SELECT sku_id, available, reserved FROM sku_stock UNION ALL
           SELECT sku_id, available, reserved FROM sku_stock_bucket
         ) AS pieces WHERE sku_id = ? GROUP BY sku_id`,
        [skuId],
      )
      if (!row) throw new Error(`SKU ${skuId} has no stock`)
      return [row.available, row.reserved]
    },

    /** SKUs whose stock is not what orders and movements say: none, always. */
    async stockFaults(): Promise<unknown[]> {
      const reserved = await database.query(
        `SELECT stock.sku_id, stock.reserved, COALESCE(held.pieces, 0) AS held FROM (
           SELECT sku_id, SUM(reserved) AS reserved FROM (
             SELECT sku_id, reserved FROM sku_stock UNION ALL SELECT sku_id, reserved FROM sku_stock_bucket
           ) AS pieces GROUP BY sku_id
         ) AS stock LEFT JOIN (
           SELECT line.sku_id, SUM(line.quantity - line.shipped_quantity - line.cancelled_quantity) AS pieces
           FROM shop_order_line AS line JOIN shop_order ON shop_order.id = line.order_id
           WHERE shop_order.state IN ('UNPAID', 'PAID', 'PART_SHIPPED') AND line.counts_stock = 1
           GROUP BY line.sku_id
         ) AS held ON held.sku_id = stock.sku_id
         WHERE stock.sku_id >= ${OWN_SKUS} AND stock.reserved <> COALESCE(held.pieces, 0)`,
      )
      const rows = <T>(sql: string, values: readonly SqlValue[] = []) => database.query<T>(sql, [...values])
      const sql = { rows, row: async <T>(...args: Parameters<typeof rows>) => (await rows<T>(...args))[0] }
      const moved: StockFault[] = []
      for (let after: number | undefined = OWN_SKUS - 1; after !== undefined; ) {
        const page: ComparedPage = await compareStock(sql, { afterSku: after, limit: 500 })
        moved.push(...page.faults)
        after = page.lastSku
      }
      return [...reserved, ...moved]
    },
  }
  return { ...shop, ...own }
}

export type OrderShop = Awaited<ReturnType<typeof openOrderShop>>

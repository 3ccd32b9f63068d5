/** What is to be packed, and where it goes: the rows of a packing list. */
import { type AdminCall, noted } from '#shared/admin'
import { findSkus } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { listOldestInState, pairsToShip, readShopOrder, type ShopOrderRow } from '#shared/ordering'
import { idOf } from './orders.ts'
import type { PackingQuery } from './schema.ts'

export interface PackingRow {
  order_no: string
  createdAt: string
  receiver: string
  mobile: string
  address: string
  remark: string | null
  lines: { lineId: number; name: string; spec: string; skuCode: string; quantity: number }[]
}

/**
 * One order, or a page of those that wait to be shipped, the oldest first. Whose addresses were read is noted.
 *
 * @throws AppError ORDER_NOT_FOUND, INVALID_PARAMETER (the cursor)
 */
export async function listPacking(
  query: PackingQuery,
  call: AdminCall,
): Promise<{ rows: PackingRow[]; nextCursor: string | null }> {
  const { db } = call
  const { order_no, limit } = query
  const found = order_no === undefined ? await waiting(query, db) : [await one(order_no, db)]
  const page = found.slice(0, limit)
  const rows: PackingRow[] = []
  for (const order of page) rows.push(await packingRow(order, db))
  const orders = page.map((order) => order.order_no)
  await noted(call, {
    action: 'order.packing',
    target: order_no === undefined ? 'orders' : `order:${order_no}`,
    detail: { orders },
  })
  return { rows, nextCursor: found.length > limit ? (page.at(-1)?.order_no ?? null) : null }
}

async function one(orderNo: string, db: Sql): Promise<ShopOrderRow> {
  const order = await readShopOrder(db, orderNo)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  return order
}

/** Both states have a key by which they are in order; two short lists become one. */
async function waiting({ cursor, limit }: PackingQuery, db: Sql): Promise<ShopOrderRow[]> {
  const page = { afterId: await idOf(db, cursor), limit: limit + 1 }
  const paid = await listOldestInState(db, { state: 'PAID', ...page })
  const begun = await listOldestInState(db, { state: 'PART_SHIPPED', ...page })
  return [...paid, ...begun].sort((a, b) => a.id - b.id).slice(0, limit + 1)
}

async function packingRow(order: ShopOrderRow, db: Sql): Promise<PackingRow> {
  const pairs = (await pairsToShip(db, order.id)).filter(({ quantity }) => quantity > 0)
  const skus = await findSkus(
    db,
    pairs.map(({ line }) => line.sku_id),
  )
  const codes = new Map(skus.map(({ id, skuCode }) => [id, skuCode]))
  const { order_no, created_at, receiver, mobile, address, remark } = order
  return {
    order_no,
    createdAt: created_at.toISOString(),
    receiver,
    mobile,
    address,
    remark,
    lines: pairs.map(({ line, quantity }) => ({
      lineId: line.id,
      name: line.name,
      spec: line.spec,
      skuCode: codes.get(line.sku_id) ?? '',
      quantity,
    })),
  }
}

/** The shopper's own orders. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import {
  countByState,
  countOpenCases,
  findShopOrder,
  listOwnOrders,
  type OrderDetail,
  type OrderState,
  type OrderView,
  viewOrder,
  viewOrders,
} from '#shared/ordering'
import { findOpenAttempt } from '#shared/payment/ledger'

export interface ShopOrdersDeps {
  /** The primary: who has just ordered wants to see it. */
  db: Sql
}

/** Newest first, paged by key. @throws AppError INVALID_PARAMETER when the cursor is none of the user's orders */
export async function listShopOrders(
  input: { userId: number; states: readonly OrderState[]; cursor: string | undefined; limit: number },
  { db }: ShopOrdersDeps,
): Promise<{ orders: OrderView[]; nextCursor: string | null }> {
  const { userId, states, cursor, limit } = input
  const last = cursor === undefined ? undefined : await findShopOrder(db, cursor, userId)
  if (cursor !== undefined && !last) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  const rows = await listOwnOrders(db, { userId, states, beforeId: last?.id, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const nextCursor = rows.length > limit ? (page.at(-1)?.order_no ?? null) : null
  return { orders: await viewOrders(db, page), nextCursor }
}

export interface OwnOrderDetail extends OrderDetail {
  /** The payment that is open: its number pays the order at `/wx/order`. */
  out_trade_no: string | null
}

/** @throws AppError ORDER_NOT_FOUND */
export async function showShopOrder(
  { userId, orderNo }: { userId: number; orderNo: string },
  { db }: ShopOrdersDeps,
): Promise<OwnOrderDetail> {
  const order = await findShopOrder(db, orderNo, userId)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  const attempt = order.state === 'UNPAID' ? await findOpenAttempt(db, order.id) : undefined
  return { ...(await viewOrder(db, order)), out_trade_no: attempt ?? null }
}

/** The numbers on the member page; each is counted up to 100. */
export interface Badges {
  unpaid: number
  unshipped: number
  shipped: number
  afterSale: number
}

export async function countBadges(userId: number, { db }: ShopOrdersDeps): Promise<Badges> {
  const counts = await countByState(db, userId, ['UNPAID', 'PAID', 'PART_SHIPPED', 'SHIPPED'])
  return {
    unpaid: counts.get('UNPAID') ?? 0,
    unshipped: (counts.get('PAID') ?? 0) + (counts.get('PART_SHIPPED') ?? 0),
    shipped: counts.get('SHIPPED') ?? 0,
    afterSale: await countOpenCases(db, userId),
  }
}

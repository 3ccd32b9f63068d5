/** Orders as the shop's people look for them, and see them. */
import { type AdminCall, namesOf, noted } from '#shared/admin'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import {
  carriers,
  type DeskOrderDetail,
  type DeskOrderView,
  listAllOrders,
  listOrdersInState,
  listOrdersOfMobile,
  readShopOrder,
  type ShopOrderRow,
  viewDeskOrder,
  viewDeskOrders,
} from '#shared/ordering'
import type { ListQuery } from './schema.ts'

/** Newest first, paged by key, mobiles masked. @throws AppError INVALID_PARAMETER when the cursor is no order */
export async function searchOrders(
  query: ListQuery,
  { db }: { db: Sql },
): Promise<{ orders: DeskOrderView[]; nextCursor: string | null }> {
  const { limit } = query
  const rows = await find(query, db)
  const page = rows.slice(0, limit)
  return {
    orders: await viewDeskOrders(db, page),
    nextCursor: rows.length > limit ? (page.at(-1)?.order_no ?? null) : null,
  }
}

async function find({ order_no, mobile, state, cursor, limit }: ListQuery, db: Sql): Promise<ShopOrderRow[]> {
  if (order_no !== undefined) {
    const row = await readShopOrder(db, order_no)
    return row ? [row] : []
  }
  const page = { beforeId: await idOf(db, cursor), limit: limit + 1 }
  if (mobile !== undefined) return listOrdersOfMobile(db, { mobile, ...page })
  return state === undefined ? listAllOrders(db, page) : listOrdersInState(db, { state, ...page })
}

/** The order at which a page ended. */
export async function idOf(db: Sql, cursor: string | undefined): Promise<number | undefined> {
  if (cursor === undefined) return undefined
  const last = await readShopOrder(db, cursor)
  if (!last) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  return last.id
}

/** With whom parcels go. */
export const carrierList = Object.entries(carriers).map(([code, name]) => ({ code, name }))

type DeskEvent = DeskOrderDetail['events'][number]

interface ShownOrder extends DeskOrderDetail {
  /** `who`: the colleague's name, or in a word who else it was. */
  events: (DeskEvent & { who: string })[]
}

const others = { user: '顾客', shop: '店里', timer: '系统', wechat: '微信支付' } as const

/** The number of the colleague; null: somebody else did it. */
function clerkOf(actor: string): number | null {
  return actor.startsWith('admin:') ? Number(actor.slice('admin:'.length)) : null
}

function whoOf(actor: string, names: ReadonlyMap<number, string>): string {
  const clerk = clerkOf(actor)
  if (clerk !== null) return names.get(clerk) ?? `员工${clerk}`
  return others[actor.split(':')[0] as keyof typeof others] ?? actor
}

/** One order with the whole address: that it was read is noted first. @throws AppError ORDER_NOT_FOUND */
export async function showOrder(orderNo: string, call: AdminCall): Promise<ShownOrder> {
  const order = await readShopOrder(call.db, orderNo)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  await noted(call, { action: 'order.read', target: `order:${orderNo}` })
  const view = await viewDeskOrder(call.db, order)
  const names = await namesOf(
    call.db,
    view.events.map(({ actor }) => clerkOf(actor)),
  )
  const events = view.events.map((event) => ({ ...event, who: whoOf(event.actor, names) }))
  return { ...view, events }
}

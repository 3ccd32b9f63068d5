/** Orders and cases as the shop's people read them: with the shopper, and with who did what. */
import type { Sql } from '#shared/db'
import { maskMobile } from '#shared/log'
import { caseMove } from './after-sale-states.ts'
import type { AfterSaleRow } from './after-sale-table.ts'
import { eventText } from './order-events.ts'
import type { ShopOrderRow } from './shop-order-table/index.ts'
import { orderMoves } from './states.ts'
import { type CaseView, caseView, type OrderDetail, type OrderView, viewOrder, viewOrders } from './view.ts'

export interface DeskOrderView extends OrderView {
  userId: number
  receiver: string
  /** Masked. */
  mobile: string
  remark: string | null
}

/** With the full address: who reads it is written down. */
export interface DeskOrderDetail extends OrderDetail {
  userId: number
  canShip: boolean
  canCancel: boolean
}

export interface DeskCaseView extends CaseView {
  order_no: string
  /** Null: nobody yet, or a timer. */
  decidedBy: number | null
  releasedBy: number | null
  restock: boolean | null
  refundNo: string | null
}

/** A page of orders, without addresses. */
export async function viewDeskOrders(sql: Sql, orders: readonly ShopOrderRow[]): Promise<DeskOrderView[]> {
  const views = await viewOrders(sql, orders)
  return orders.flatMap(({ user_id: userId, receiver, mobile, remark }, index) => {
    const view = views[index]
    return view ? [{ ...view, userId, receiver, mobile: maskMobile(mobile), remark }] : []
  })
}

/** One order with everything that happened to it, and who did it. */
export async function viewDeskOrder(sql: Sql, order: ShopOrderRow): Promise<DeskOrderDetail> {
  const view = await viewOrder(sql, order, ({ event, at, actor, detail }) => ({
    event,
    text: eventText(event, detail),
    at: at.toISOString(),
    actor,
    detail,
  }))
  return {
    ...view,
    userId: order.user_id,
    canShip: typeof orderMoves[order.state].ship_rest !== 'string',
    canCancel: order.state === 'UNPAID',
  }
}

/** A case, and whose work it was. */
export function deskCaseView(row: AfterSaleRow, orderNo: string): DeskCaseView {
  return {
    ...caseView(row),
    order_no: orderNo,
    decidedBy: row.decided_by,
    releasedBy: row.released_by,
    restock: row.restock === null ? null : row.restock === 1,
    refundNo: row.out_refund_no,
  }
}

/** What this person may do with a case now, as far as its state and the four eyes say. */
export function caseChoices(
  row: AfterSaleRow,
  adminId: number,
): { decide: boolean; inspect: boolean; release: boolean } {
  const may = (event: Parameters<typeof caseMove>[1]) =>
    !['refused', 'repeated'].includes(caseMove(row.state, event))
  return {
    decide: may('reject'),
    inspect: may('inspect_ok'),
    release: may('release') && row.decided_by !== adminId,
  }
}

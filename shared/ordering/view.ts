/** Orders and cases as callers read them. */
import type { Sql } from '#shared/db'
import { caseKindText, caseStateText } from './after-sale-states.ts'
import { type AfterSaleRow, listCasesOfOrder } from './after-sale-table.ts'
import { listEvents, type OrderEventRow } from './order-event-table.ts'
import { eventText, type OrderEventName } from './order-events.ts'
import { type Carrier, carriers } from './ship.ts'
import { listShipmentLines, listShipments } from './shipment-table.ts'
import { type LineRow, listLines } from './shop-order-line-table.ts'
import type { ShopOrderRow } from './shop-order-table/index.ts'
import { type CloseReason, type OrderState, orderStateText } from './states.ts'

export interface LineView {
  id: number
  skuId: number
  productId: number
  name: string
  spec: string
  img: string
  price_fen: number
  quantity: number
  paid_fen: number
  shippedQuantity: number
  refundedQuantity: number
  refunded_fen: number
}

export interface OrderView {
  order_no: string
  state: OrderState
  stateText: string
  closeReason: CloseReason | null
  goods_fen: number
  freight_fen: number
  payable_fen: number
  refunded_fen: number
  /** ISO 8601. */
  createdAt: string
  lines: LineView[]
}

export interface CaseView {
  after_sale_no: string
  lineId: number
  kind: AfterSaleRow['kind']
  kindText: string
  state: AfterSaleRow['state']
  stateText: string
  quantity: number
  amount_fen: number
  freight_fen: number
  reason: string
  answer: string | null
  carrier: string | null
  trackingNo: string | null
  createdAt: string
}

export interface ShipmentView {
  carrier: string
  carrierName: string
  trackingNo: string
  shippedAt: string
  lines: { lineId: number; quantity: number }[]
}

export interface OrderEventView {
  event: OrderEventName
  /** In the shopper's words. */
  text: string
  at: string
  actor: string
  detail: string | null
}

export interface OrderDetail extends OrderView {
  receiver: string
  mobile: string
  address: string
  remark: string | null
  paidAt: string | null
  shippedAt: string | null
  completedAt: string | null
  closedAt: string | null
  /** When a shipped order completes by itself. */
  dueAt: string | null
  canExtend: boolean
  shipments: ShipmentView[]
  cases: CaseView[]
  events: OrderEventView[]
}

function lineView(line: LineRow): LineView {
  return {
    id: line.id,
    skuId: line.sku_id,
    productId: line.product_id,
    name: line.name,
    spec: line.spec,
    img: line.img,
    price_fen: line.price_fen,
    quantity: line.quantity,
    paid_fen: line.paid_fen,
    shippedQuantity: line.shipped_quantity,
    refundedQuantity: line.refunded_quantity,
    refunded_fen: line.refunded_fen,
  }
}

function orderView(order: ShopOrderRow, lines: readonly LineRow[]): OrderView {
  return {
    order_no: order.order_no,
    state: order.state,
    stateText: orderStateText[order.state],
    closeReason: order.state === 'CLOSED' ? order.close_reason : null,
    goods_fen: order.goods_fen,
    freight_fen: order.freight_fen,
    payable_fen: order.payable_fen,
    refunded_fen: order.refunded_fen,
    createdAt: order.created_at.toISOString(),
    lines: lines.filter(({ order_id }) => order_id === order.id).map(lineView),
  }
}

/** A case without what only the shop may know. */
export function caseView(row: AfterSaleRow): CaseView {
  return {
    after_sale_no: row.after_sale_no,
    lineId: row.order_line_id,
    kind: row.kind,
    kindText: caseKindText[row.kind],
    state: row.state,
    stateText: caseStateText[row.state],
    quantity: row.quantity,
    amount_fen: row.amount_fen,
    freight_fen: row.freight_fen,
    reason: row.reason,
    answer: row.answer,
    carrier: row.carrier,
    trackingNo: row.tracking_no,
    createdAt: row.created_at.toISOString(),
  }
}

/** A page of orders with their lines: two statements, whatever the page holds. */
export async function viewOrders(sql: Sql, orders: readonly ShopOrderRow[]): Promise<OrderView[]> {
  const lines = await listLines(
    sql,
    orders.map(({ id }) => id),
  )
  return orders.map((order) => orderView(order, lines))
}

const iso = (moment: Date | null) => moment?.toISOString() ?? null

/** An event as the shopper reads it: `actor` says user, admin, timer or wechat, no ids. */
function shopperEvent({ event, at, actor, detail }: OrderEventRow): OrderEventView {
  return {
    event,
    text: eventText(event, detail),
    at: at.toISOString(),
    actor: actor.split(':')[0] ?? '',
    detail: event.startsWith('paid') || event === 'cancel_asked' ? null : detail,
  }
}

/**
 * One order with everything that happened to it.
 *
 * @param viewEvent - how an event is shown; left out: as the shopper reads it
 */
export async function viewOrder(
  sql: Sql,
  order: ShopOrderRow,
  viewEvent: (row: OrderEventRow) => OrderEventView = shopperEvent,
): Promise<OrderDetail> {
  const lines = await listLines(sql, [order.id])
  const shipments = await listShipments(sql, order.id)
  const shipped = await listShipmentLines(
    sql,
    shipments.map(({ id }) => id),
  )
  const cases = await listCasesOfOrder(sql, order.id)
  const events = await listEvents(sql, order.id)
  return {
    ...orderView(order, lines),
    receiver: order.receiver,
    mobile: order.mobile,
    address: order.address,
    remark: order.remark,
    paidAt: iso(order.paid_at),
    shippedAt: iso(order.shipped_at),
    completedAt: iso(order.completed_at),
    closedAt: iso(order.closed_at),
    dueAt: iso(order.due_at),
    canExtend: order.state === 'SHIPPED' && order.extended === 0,
    shipments: shipments.map(({ id, carrier, tracking_no, created_at }) => ({
      carrier,
      carrierName: carriers[carrier as Carrier] ?? carrier,
      trackingNo: tracking_no,
      shippedAt: created_at.toISOString(),
      lines: shipped
        .filter(({ shipment_id }) => shipment_id === id)
        .map(({ order_line_id, quantity }) => ({ lineId: order_line_id, quantity })),
    })),
    cases: cases.map(caseView),
    events: events.map(viewEvent),
  }
}

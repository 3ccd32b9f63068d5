/** What the shop's people do with orders. */
import { type AdminCall, audited, writeAudit } from '#shared/admin'
import { maskMobile } from '#shared/log'
import {
  cancelUnpaid,
  correctParcel,
  correctReceiver,
  type OrderState,
  orderStateText,
  readShopOrder,
  shipOrder,
  writeEvent,
} from '#shared/ordering'
import type { OrderDeps } from '#shared/payment/ledger'
import type { CancelBody, ParcelBody, ReceiverBody, ShipBody } from './schema.ts'

export interface OrderStateView {
  order_no: string
  state: OrderState
  stateText: string
}

const shown = (orderNo: string, state: OrderState): OrderStateView => ({
  order_no: orderNo,
  state,
  stateText: orderStateText[state],
})

/** Sends a parcel; the same one again changes nothing. @throws AppError as `shipOrder` */
export async function ship(body: ShipBody, call: AdminCall): Promise<OrderStateView> {
  const { order_no: orderNo, ...parcel } = body
  const subject = { action: 'order.ship', target: `order:${orderNo}`, wanted: parcel }
  const order = await audited(call, subject, async (tx) => ({
    result: await shipOrder(tx, { orderNo, ...parcel, actor: `admin:${call.user.id}` }, call.now()),
  }))
  return shown(orderNo, order.state)
}

/** Corrects to whom an order goes. @throws AppError as `correctReceiver` */
export async function changeReceiver(body: ReceiverBody, call: AdminCall): Promise<OrderStateView> {
  const { order_no: orderNo, ...wanted } = body
  const actor = `admin:${call.user.id}` as const
  const subject = { action: 'order.receiver', target: `order:${orderNo}` }
  const order = await audited(call, subject, async (tx) => {
    const before = await correctReceiver(tx, { orderNo, ...wanted, actor }, call.now())
    const { receiver, mobile, address } = before
    const masked = { ...wanted, mobile: maskMobile(wanted.mobile) }
    return { result: before, before: { receiver, mobile: maskMobile(mobile), address }, after: masked }
  })
  return shown(orderNo, order.state)
}

/** Corrects the number of a parcel. @throws AppError as `correctParcel` */
export async function changeParcel(body: ParcelBody, call: AdminCall): Promise<OrderStateView> {
  const { order_no: orderNo, carrier, trackingNo, toCarrier, toTrackingNo } = body
  const to = { carrier: toCarrier, trackingNo: toTrackingNo }
  const actor = `admin:${call.user.id}` as const
  const subject = { action: 'order.parcel', target: `order:${orderNo}` }
  const order = await audited(call, subject, async (tx) => ({
    result: await correctParcel(tx, { orderNo, carrier, trackingNo, to, actor }, call.now()),
    before: { carrier, trackingNo },
    after: to,
  }))
  return shown(orderNo, order.state)
}

/**
 * Cancels an unpaid order. What is written with the wish commits before WeChat is asked, so that the log knows of it
 * whatever comes of it.
 *
 * @throws AppError as `cancelUnpaid`
 */
export async function cancel(
  { order_no: orderNo, reason }: CancelBody,
  call: AdminCall,
  deps: OrderDeps,
): Promise<OrderStateView> {
  await cancelUnpaid(
    () => readShopOrder(call.db, orderNo),
    'SHOP',
    deps,
    async (tx, { id, state }) => {
      const event = { event: 'cancel_asked', before: state, after: state, detail: reason } as const
      await writeEvent(tx, id, { ...event, actor: `admin:${call.user.id}` }, call.now())
      const subject = { action: 'order.cancel', target: `order:${orderNo}` }
      await writeAudit(tx, call, subject, { before: { state }, after: { reason } })
    },
  )
  return shown(orderNo, 'CLOSED')
}

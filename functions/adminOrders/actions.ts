/** What the shop's people do with orders. */
import { type AdminCall, audited, writeAudit } from '#shared/admin'
import {
  cancelUnpaid,
  type OrderState,
  orderStateText,
  readShopOrder,
  shipOrder,
  writeEvent,
} from '#shared/ordering'
import type { OrderDeps } from '#shared/payment/ledger'
import type { CancelBody, ShipBody } from './schema.ts'

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

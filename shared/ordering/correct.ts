/** Corrections of what was written wrongly: where an order goes, and the number of a parcel. */
import { isDuplicateKey, type Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { type Actor, writeEvent } from './order-event-table.ts'
import { type Carrier, carriers } from './ship.ts'
import { findShipment, renumberShipment } from './shipment-table.ts'
import { lockShopOrderByNumber, type ShopOrderRow, setReceiver } from './shop-order-table/index.ts'
import { orderStateText } from './states.ts'

export interface ReceiverInput {
  orderNo: string
  receiver: string
  mobile: string
  /** Street and house; the region stays, for the freight was paid to it. */
  detail: string
  actor: Actor
}

/**
 * Corrects who receives an order and where in its region, as long as nothing was shipped.
 *
 * @returns the order as it was
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT (shipped, or over)
 */
export async function correctReceiver(tx: Sql, input: ReceiverInput, now: Date): Promise<ShopOrderRow> {
  const order = await lockShopOrderByNumber(tx, input.orderNo)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  if (order.state !== 'UNPAID' && order.state !== 'PAID')
    throw new AppError('STATE_CONFLICT', {
      msg: `订单${orderStateText[order.state]}，不能再改收货信息`,
      data: { state: order.state },
    })
  // An address is its region in words, a blank, and what was typed; regions have no blanks.
  const [region = ''] = order.address.split(' ')
  const { receiver, mobile, detail } = input
  await setReceiver(tx, order.id, { receiver, mobile, address: `${region} ${detail}` }, now)
  await writeEvent(
    tx,
    order.id,
    { event: 'address_corrected', before: order.state, after: order.state, actor: input.actor },
    now,
  )
  return order
}

export interface ParcelInput {
  orderNo: string
  carrier: Carrier
  trackingNo: string
  /** What it should have been. */
  to: { carrier: Carrier; trackingNo: string }
  actor: Actor
}

/**
 * Corrects the carrier or number of a parcel. What lies in it stays; the same correction again changes nothing.
 *
 * @throws AppError ORDER_NOT_FOUND, RECORD_NOT_FOUND (no such parcel), STATE_CONFLICT (another parcel has that number)
 */
export async function correctParcel(tx: Sql, input: ParcelInput, now: Date): Promise<ShopOrderRow> {
  const order = await lockShopOrderByNumber(tx, input.orderNo)
  if (!order) throw new AppError('ORDER_NOT_FOUND')
  const { carrier, trackingNo, to } = input
  const parcel = await findShipment(tx, order.id, carrier, trackingNo)
  if (!parcel) {
    if (await findShipment(tx, order.id, to.carrier, to.trackingNo)) return order
    throw new AppError('RECORD_NOT_FOUND', { msg: '订单没有这个包裹' })
  }
  try {
    await renumberShipment(tx, parcel.id, to)
  } catch (error) {
    if (!isDuplicateKey(error, 'shipment_parcel')) throw error
    throw new AppError('STATE_CONFLICT', { msg: '这个订单已有同号的包裹' })
  }
  const detail = `${carriers[carrier]} ${trackingNo} → ${carriers[to.carrier]} ${to.trackingNo}`
  const { state } = order
  await writeEvent(
    tx,
    order.id,
    { event: 'parcel_corrected', before: state, after: state, actor: input.actor, detail },
    now,
  )
  return order
}

import { type Carrier, carriers, type OrderState, orderStateText, TRACKING_NUMBER } from '#shared/ordering'
import { Joi, line, mobilePattern, parameters, wholeNumber } from '#shared/validate'

const number27 = Joi.string().pattern(/^\d{27}$/)
const orderNo = number27.required().label('订单号order_no')
const page = {
  cursor: number27.empty('').label('游标cursor'),
  limit: wholeNumber(1, 100).empty('').default(20).label('每页数量limit'),
}

interface Page {
  cursor?: string
  limit: number
}

export interface ListQuery extends Page {
  order_no?: string
  mobile?: string
  state?: OrderState
}

/** One thing is searched for: each has a key of its own. */
export const listQuery = parameters<ListQuery>({
  order_no: number27.empty('').label('订单号order_no'),
  mobile: Joi.string().pattern(mobilePattern).empty('').label('手机号mobile'),
  state: Joi.string()
    .valid(...Object.keys(orderStateText))
    .empty('')
    .label('状态state'),
  ...page,
}).oxor('order_no', 'mobile', 'state')

export interface OrderQuery {
  order_no: string
}

export const detailQuery = parameters<OrderQuery>({ order_no: orderNo })

export interface ShipBody extends OrderQuery {
  carrier: Carrier
  trackingNo: string
  lines?: { lineId: number; quantity: number }[]
}

const carrier = Joi.string()
  .valid(...Object.keys(carriers))
  .required()
const trackingNo = Joi.string().trim().uppercase().pattern(TRACKING_NUMBER).required()

export const shipBody = parameters<ShipBody>({
  order_no: orderNo,
  carrier: carrier.label('快递公司carrier'),
  trackingNo: trackingNo.label('运单号trackingNo'),
  lines: Joi.array()
    .items(
      Joi.object({
        lineId: wholeNumber(1, Number.MAX_SAFE_INTEGER).required().label('商品行lineId'),
        quantity: wholeNumber(1, 99).required().label('数量quantity'),
      }),
    )
    .min(1)
    .max(50)
    .label('商品行lines'),
})

/** Waybills and the forms of carriers hold no characters beyond U+FFFF. */
const written = (min: number, max: number) =>
  line({ min, max })
    .trim()
    .custom((value: string, helpers) =>
      /[\u{10000}-\u{10FFFF}]/u.test(value) ? helpers.error('text.unsafe') : value,
    )

export interface ReceiverBody extends OrderQuery {
  receiver: string
  mobile: string
  detail: string
}

export const receiverBody = parameters<ReceiverBody>({
  order_no: orderNo,
  receiver: written(2, 25).required().label('收货人receiver'),
  mobile: Joi.string().pattern(mobilePattern).required().label('手机号mobile'),
  detail: written(5, 120).required().label('详细地址detail'),
})

export interface ParcelBody extends OrderQuery {
  carrier: Carrier
  trackingNo: string
  toCarrier: Carrier
  toTrackingNo: string
}

export const parcelBody = parameters<ParcelBody>({
  order_no: orderNo,
  carrier: carrier.label('快递公司carrier'),
  trackingNo: trackingNo.label('运单号trackingNo'),
  toCarrier: carrier.label('更正后的快递公司toCarrier'),
  toTrackingNo: trackingNo.label('更正后的运单号toTrackingNo'),
})

export interface PackingQuery extends Page {
  order_no?: string
}

export const packingQuery = parameters<PackingQuery>({
  order_no: number27.empty('').label('订单号order_no'),
  ...page,
})

export interface CancelBody extends OrderQuery {
  reason: string
}

export const cancelBody = parameters<CancelBody>({
  order_no: orderNo,
  reason: line({ min: 2, max: 200 }).trim().required().label('原因reason'),
})

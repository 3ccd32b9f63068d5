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

export const shipBody = parameters<ShipBody>({
  order_no: orderNo,
  carrier: Joi.string()
    .valid(...Object.keys(carriers))
    .required()
    .label('快递公司carrier'),
  trackingNo: Joi.string().trim().uppercase().pattern(TRACKING_NUMBER).required().label('运单号trackingNo'),
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

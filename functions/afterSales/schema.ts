import { type AfterSaleKind, type Carrier, carriers, MAX_PAIRS, TRACKING_NUMBER } from '#shared/ordering'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

const number27 = Joi.string().pattern(/^\d{27}$/)

export interface ListQuery {
  cursor?: string
  limit: number
}

export const listQuery = parameters<ListQuery>({
  cursor: number27.empty('').label('游标cursor'),
  limit: wholeNumber(1, 50).empty('').default(20).label('每页数量limit'),
})

export interface AskBody {
  order_no: string
  lineId: number
  quantity: number
  kind: AfterSaleKind
  reason: string
}

export const askBody = parameters<AskBody>({
  order_no: number27.required().label('订单号order_no'),
  lineId: wholeNumber(1, Number.MAX_SAFE_INTEGER).required().label('商品行lineId'),
  quantity: wholeNumber(1, MAX_PAIRS).required().label('数量quantity'),
  kind: Joi.string().valid('CANCEL', 'REFUND_ONLY', 'RETURN').required().label('售后类型kind'),
  reason: line({ min: 2, max: 200 }).trim().required().label('原因reason'),
})

export interface CaseBody {
  after_sale_no: string
}

export const caseBody = parameters<CaseBody>({
  after_sale_no: number27.required().label('售后单号after_sale_no'),
})

export interface ParcelBody extends CaseBody {
  carrier: Carrier
  trackingNo: string
}

export const parcelBody = parameters<ParcelBody>({
  after_sale_no: number27.required().label('售后单号after_sale_no'),
  carrier: Joi.string()
    .valid(...Object.keys(carriers))
    .required()
    .label('快递公司carrier'),
  trackingNo: Joi.string().trim().uppercase().pattern(TRACKING_NUMBER).required().label('运单号trackingNo'),
})

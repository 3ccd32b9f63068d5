import { type Decision, decisionKeys } from '#shared/admin'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

/** What a person looks at: bill against ledger, money that nobody expected, refunds that do not go through. */
export type MoneyKind = 'differences' | 'late' | 'refunds'

export interface MoneyQuery {
  kind: MoneyKind
  cursor?: number
  limit: number
}

const id = wholeNumber(1, Number.MAX_SAFE_INTEGER)

export const moneyQuery = parameters<MoneyQuery>({
  kind: Joi.string().valid('differences', 'late', 'refunds').required().label('类别kind'),
  cursor: id.empty('').label('游标cursor'),
  limit: wholeNumber(1, 100).empty('').default(20).label('每页数量limit'),
})

export interface RefundBody {
  out_refund_no: string
}

export const refundBody = parameters<RefundBody>({
  out_refund_no: Joi.string()
    .pattern(/^[\w|*@-]{1,64}$/)
    .required()
    .label('退款单号out_refund_no'),
})

const outTradeNo = Joi.string()
  .pattern(/^[\w|*@-]{1,50}$/)
  .required()
  .label('支付单号out_trade_no')

export interface LateBody {
  out_trade_no: string
  transaction_id: string
  reason: string
}

export const lateBody = parameters<LateBody>({
  out_trade_no: outTradeNo,
  transaction_id: Joi.string()
    .pattern(/^\w{1,50}$/)
    .required()
    .label('微信支付单号transaction_id'),
  reason: line({ min: 2, max: 80 }).trim().required().label('原因reason'),
})

export const releaseBody = parameters<Decision>(decisionKeys)

export interface ClearBody {
  out_trade_no: string
}

export const clearBody = parameters<ClearBody>({ out_trade_no: outTradeNo })

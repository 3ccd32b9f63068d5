import { type OrderState, orderStateText } from '#shared/ordering'
import { Joi, parameters, wholeNumber } from '#shared/validate'

export interface OrdersQuery {
  state?: OrderState
  since?: string
  cursor?: string
  limit: number
}

/** A page of 200 orders of 50 lines each still fits into the platform's answer of 6 MB. */
export const ordersQuery = parameters<OrdersQuery>({
  state: Joi.string()
    .valid(...Object.keys(orderStateText))
    .empty('')
    .label('状态state'),
  since: Joi.string()
    .pattern(/^20\d{2}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$/)
    .empty('')
    .label('起始日期since'),
  cursor: Joi.string()
    .pattern(/^\d{27}$/)
    .empty('')
    .label('游标cursor'),
  limit: wholeNumber(1, 200).empty('').default(200).label('每页数量limit'),
})

export interface StockQuery {
  cursor: number
  limit: number
}

export const stockQuery = parameters<StockQuery>({
  cursor: wholeNumber(1, 2 ** 31 - 1)
    .empty('')
    .default(0)
    .label('游标cursor'),
  limit: wholeNumber(1, 500).empty('').default(500).label('每页数量limit'),
})

import type { OrderState } from '#shared/ordering'
import { Joi, parameters, wholeNumber } from '#shared/validate'

/** The number of an order or a case. */
export const number27 = Joi.string().pattern(/^\d{27}$/)

export interface ListQuery {
  state?: 'unpaid' | 'unshipped' | 'shipped' | 'completed' | 'closed'
  cursor?: string
  limit: number
}

/** The tabs of the order page, and the states behind each. */
export const tabs = {
  unpaid: ['UNPAID'],
  unshipped: ['PAID', 'PART_SHIPPED'],
  shipped: ['SHIPPED'],
  completed: ['COMPLETED'],
  closed: ['CLOSED'],
} as const satisfies Record<string, readonly OrderState[]>

/** The states behind the tab; none: every order. */
export function statesOf({ state }: Pick<ListQuery, 'state'>): readonly OrderState[] {
  return state === undefined ? [] : tabs[state]
}

export const listQuery = parameters<ListQuery>({
  state: Joi.string()
    .valid(...Object.keys(tabs))
    .empty('')
    .label('状态state'),
  cursor: number27.empty('').label('游标cursor'),
  limit: wholeNumber(1, 50).empty('').default(20).label('每页数量limit'),
})

export interface DetailQuery {
  order_no: string
}

export const detailQuery = parameters<DetailQuery>({ order_no: number27.required().label('订单号order_no') })

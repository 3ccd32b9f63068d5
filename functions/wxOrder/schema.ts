import type { CustomHelpers } from 'joi'
import { MAX_ORDER_FEN } from '#shared/money'
import { outTradeNo } from '#shared/pay/schema'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

export interface OrderItem {
  productId: number
  quantity: number
}

/**
 * Three kinds of body: `items`; the tutorial's `body` and `total_fee`; `out_trade_no` alone to pay an own order again.
 * Of two kinds at once the first counts, and the fields of the others are dropped: who sends `items` sets no price.
 */
export interface OrderBody {
  items?: OrderItem[]
  body?: string
  /** Fen. */
  total_fee?: number
  spbill_create_ip?: string
  trade_type?: 'NATIVE'
  out_trade_no?: string
}

const item = Joi.object<OrderItem>({
  productId: wholeNumber(1, 2 ** 31 - 1)
    .required()
    .label('商品编号productId'),
  quantity: wholeNumber(1, 999).required().label('数量quantity'),
})

export const orderBody = parameters<OrderBody>({
  items: Joi.array().items(item).min(1).max(50).label('商品items'),
  body: line({ max: 127 }).trim().label('商品描述body'),
  total_fee: wholeNumber(1, MAX_ORDER_FEN).label('金额total_fee'),
  spbill_create_ip: Joi.string().ip({ cidr: 'forbidden' }).empty('').label('终端IP spbill_create_ip'),
  trade_type: Joi.string().valid('NATIVE').empty('').label('交易类型trade_type'),
  out_trade_no: outTradeNo.label('订单号out_trade_no'),
})
  .or('items', 'body', 'total_fee', 'out_trade_no')
  .custom(oneKind)

function oneKind(value: OrderBody, helpers: CustomHelpers) {
  const { items, body, total_fee, out_trade_no, ...common } = value
  if (items) return { ...common, items }
  if (body !== undefined && total_fee !== undefined) return { ...common, body, total_fee }
  if (body === undefined && total_fee === undefined) return { out_trade_no }
  return helpers.message({ custom: body === undefined ? '商品描述body不能为空' : '金额total_fee不能为空' })
}

import type { CustomHelpers } from 'joi'
import { MAX_ORDER_FEN } from '#shared/money'
import { outTradeNo } from '#shared/payment/ledger'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

export interface OrderItem {
  productId?: number
  /** Which size and colour; needed where a product has several. */
  skuId?: number
  quantity: number
}

/**
 * Three kinds of body: `items`; the tutorial's `body` and `total_fee`; `out_trade_no` alone to pay an own order again.
 * Of two kinds at once the first counts, and the fields of the others are dropped unread, as unknown fields are: who
 * sends `items` sets no price.
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
    .when('skuId', { is: Joi.exist(), otherwise: Joi.required() })
    .label('商品编号productId'),
  skuId: wholeNumber(1, 2 ** 31 - 1).label('规格编号skuId'),
  quantity: wholeNumber(1, 999).required().label('数量quantity'),
})

const fields = parameters<OrderBody>({
  items: Joi.array().items(item).min(1).max(50).label('商品items'),
  body: line({ max: 127 }).trim().label('商品描述body'),
  total_fee: wholeNumber(1, MAX_ORDER_FEN).label('金额total_fee'),
  spbill_create_ip: Joi.string()
    .ip({ version: ['ipv4', 'ipv6'], cidr: 'forbidden' })
    .empty('')
    .label('终端IP spbill_create_ip'),
  trade_type: Joi.string().valid('NATIVE').empty('').label('交易类型trade_type'),
  out_trade_no: outTradeNo.label('订单号out_trade_no'),
})
  .or('items', 'body', 'total_fee', 'out_trade_no')
  .custom(bothOfTheTutorial)

/** What `POST /wx/order` takes. */
export const orderBody = {
  validate: (sent: unknown) => fields.validate(oneKind(sent)),
  describe: () => fields.describe(),
}

function oneKind(sent: unknown): unknown {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent
  const { items, body, total_fee, out_trade_no, ...common } = sent as Record<string, unknown>
  if (items !== undefined) return { ...common, items }
  if (body !== undefined || total_fee !== undefined) return { ...common, body, total_fee }
  return { ...common, out_trade_no }
}

function bothOfTheTutorial(value: OrderBody, helpers: CustomHelpers) {
  const isHalf = (value.body === undefined) !== (value.total_fee === undefined)
  if (!isHalf) return value
  return helpers.message({
    custom: value.body === undefined ? '商品描述body不能为空' : '金额total_fee不能为空',
  })
}

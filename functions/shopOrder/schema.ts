import { MAX_LINES, MAX_PAIRS, type OrderedItem } from '#shared/ordering'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

export interface ShopOrderBody {
  /** Left out: the chosen lines of the cart. */
  items?: OrderedItem[]
  addressId: number
  /** What the shopper was shown: another sum is not ordered. */
  expected_payable_fen: number
  remark?: string
}

export const shopOrderBody = parameters<ShopOrderBody>({
  items: Joi.array()
    .items(
      Joi.object<OrderedItem>({
        skuId: wholeNumber(1, 2 ** 31 - 1)
          .required()
          .label('规格编号skuId'),
        quantity: wholeNumber(1, MAX_PAIRS).required().label('数量quantity'),
      }),
    )
    .min(1)
    .max(MAX_LINES)
    .label('商品items'),
  addressId: wholeNumber(1, Number.MAX_SAFE_INTEGER).required().label('收货地址addressId'),
  expected_payable_fen: wholeNumber(1, Number.MAX_SAFE_INTEGER)
    .required()
    .label('应付金额expected_payable_fen'),
  remark: line({ min: 0, max: 200 }).allow('').label('备注remark'),
})

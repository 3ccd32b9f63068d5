import { MAX_LINES, MAX_PAIRS, type OrderedItem } from '#shared/ordering'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

/** What is bought: `items`, or the chosen lines of the cart when they are left out. */
export const items = Joi.array()
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
  .label('商品items')

export const addressId = wholeNumber(1, Number.MAX_SAFE_INTEGER).label('收货地址addressId')

export const remark = line({ min: 0, max: 200 }).allow('').label('备注remark')

export interface CheckoutBody {
  items?: OrderedItem[]
  /** Left out: the default address. */
  addressId?: number
}

export const checkoutBody = parameters<CheckoutBody>({ items, addressId })

import { MAX_CART_LINES, MAX_CART_QUANTITY } from '#shared/cart'
import { Joi, parameters, wholeNumber } from '#shared/validate'

const skuId = wholeNumber(1, 2 ** 31 - 1)
  .required()
  .label('规格编号skuId')
const quantity = wholeNumber(1, MAX_CART_QUANTITY).required().label('数量quantity')

export interface ItemBody {
  skuId: number
  quantity: number
}

export const itemBody = parameters<ItemBody>({ skuId, quantity })

export interface MergeBody {
  items: ItemBody[]
}

export const mergeBody = parameters<MergeBody>({
  items: Joi.array().items(Joi.object({ skuId, quantity })).max(MAX_CART_LINES).required().label('商品items'),
})

export interface LinesBody {
  skuIds: number[]
}

const skuIds = Joi.array()
  .items(
    wholeNumber(1, 2 ** 31 - 1)
      .required()
      .label('规格编号skuId'),
  )
  .min(1)
  .max(MAX_CART_LINES)
  .required()
  .label('商品skuIds')

export const linesBody = parameters<LinesBody>({ skuIds })

export interface SelectBody extends LinesBody {
  selected: boolean
}

export const selectBody = parameters<SelectBody>({
  skuIds,
  selected: Joi.boolean().required().label('是否选中selected'),
})

import { type Decision, decisionKeys, type WishQuery, wishQueryKeys } from '#shared/admin'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

const MAX_ID = 2 ** 31 - 1
const id = wholeNumber(1, MAX_ID)
const limit = wholeNumber(1, 100).empty('').default(20).label('每页数量limit')

export interface StockQuery {
  /** One SKU by its code. */
  code?: string
  /** The SKUs of one product. */
  productId?: number
  /** Only those of which at most so many are left. */
  low?: number
  cursor?: number
  limit: number
}

export const stockQuery = parameters<StockQuery>({
  code: Joi.string().max(40).trim().empty('').label('货号code'),
  productId: id.empty('').label('商品productId'),
  low: wholeNumber(0, 1000).empty('').label('库存不多于low'),
  cursor: id.empty('').label('游标cursor'),
  limit,
})

export interface MovesQuery {
  skuId: number
  cursor?: number
  limit: number
}

export const movesQuery = parameters<MovesQuery>({
  skuId: id.required().label('规格skuId'),
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).empty('').label('游标cursor'),
  limit,
})

export interface AdjustBody {
  skuId: number
  /** Pieces that were found (positive) or are missing (negative). */
  delta: number
  reason: string
  /** Names this count: the same one again changes nothing. */
  ref: string
}

export const adjustBody = parameters<AdjustBody>({
  skuId: id.required().label('规格skuId'),
  delta: wholeNumber(-100_000, 100_000).invalid(0).required().label('数量delta'),
  reason: line({ min: 2, max: 100 }).trim().required().label('原因reason'),
  ref: Joi.string()
    .pattern(/^[A-Za-z0-9_-]{8,32}$/)
    .required()
    .label('编号ref'),
})

export interface HotBody {
  skuId: number
  hot: boolean
}

export const hotBody = parameters<HotBody>({
  skuId: id.required().label('规格skuId'),
  hot: Joi.boolean().strict().required().label('热卖hot'),
})

export const decideBody = parameters<Decision>(decisionKeys)
export const wishQuery = parameters<WishQuery>(wishQueryKeys)

import type { Gender, ProductOrder } from '#shared/catalogue'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

const id = wholeNumber(1, 2 ** 31 - 1).empty('')
const limit = wholeNumber(1, 50).empty('').default(20).label('每页数量limit')
const cursor = Joi.string()
  .pattern(/^\d{1,10}(\.\d{1,10})?$/)
  .empty('')
  .label('游标cursor')

/** Which products, in which order, from where on. */
export interface ProductsQuery {
  sort: ProductOrder
  brandId?: number
  categoryId?: number
  gender?: Gender
  /** EU size in tenths: only products that have it in stock. */
  size?: number
  cursor?: string
  limit: number
}

const listKeys = {
  sort: Joi.string().valid('newest', 'price_up', 'price_down').empty('').default('newest').label('排序sort'),
  brandId: id.label('品牌brandId'),
  categoryId: id.label('分类categoryId'),
  gender: Joi.string().valid('women', 'men', 'unisex').empty('').label('性别gender'),
  size: wholeNumber(100, 600).empty('').label('尺码size'),
  cursor,
  limit,
}

export const productsQuery = parameters<ProductsQuery>(listKeys)

export interface DetailQuery {
  id: number
}

export const detailQuery = parameters<DetailQuery>({ id: id.required().label('商品编号id') })

export interface SearchQuery extends ProductsQuery {
  q: string
}

export const searchQuery = parameters<SearchQuery>({
  q: line({ max: 40 }).trim().required().label('搜索词q'),
  ...listKeys,
})

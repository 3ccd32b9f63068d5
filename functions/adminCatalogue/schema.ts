import { type Decision, decisionKeys, type WishQuery, wishQueryKeys } from '#shared/admin'
import { Joi, line, parameters, wholeNumber } from '#shared/validate'

const MAX_ID = 2 ** 31 - 1
/** Fen: a hundred thousand yuan. */
export const MAX_PRICE_FEN = 10_000_000
/** The shop's own number of a SKU. */
export const skuCodePattern = /^[A-Za-z0-9._-]{1,40}$/
const MAX_PICTURES = 9
const MAX_SKUS = 200

const id = wholeNumber(1, MAX_ID)
const priceFen = wholeNumber(1, MAX_PRICE_FEN)
/** A path on our own site or in the picture store: never another site's, and no uploaded SVG. Which of them, `save.ts` says. */
const picture = Joi.string()
  .max(255)
  .pattern(/^(?:\/?images\/[\w.-]+\.(?:svg|png|jpe?g|webp)|\/p\/\d{6}\/[\w-]+\.(?:png|jpg|webp))$/)

export interface ListQuery {
  q?: string
  on_sale?: boolean
  cursor?: number
  limit: number
}

export const listQuery = parameters<ListQuery>({
  q: line({ min: 0, max: 50 }).trim().empty('').label('关键词q'),
  on_sale: Joi.boolean().empty('').label('在售on_sale'),
  cursor: id.empty('').label('游标cursor'),
  limit: wholeNumber(1, 100).empty('').default(20).label('每页数量limit'),
})

export interface DetailQuery {
  id: number
}

export const detailQuery = parameters<DetailQuery>({ id: id.required().label('商品id') })

export interface ProductBody {
  /** Left out: a new product. */
  id?: number
  name: string
  subtitle: string | null
  img: string
  pictures: string[]
  price_fen: number
  old_price_fen: number
  brandId: number | null
  categoryId: number | null
  gender: 'women' | 'men' | 'unisex'
  material: string | null
  detail: string | null
  /** Left out: as it is. */
  zone?: 'sports' | null
  onSale: boolean
}

const optionalLine = (max: number) => line({ min: 0, max }).trim().empty('').allow(null).default(null)

export const productBody = parameters<ProductBody>({
  id: id.label('商品id'),
  name: line({ min: 2, max: 100 }).trim().required().label('名称name'),
  subtitle: optionalLine(100).label('副标题subtitle'),
  img: picture.required().label('主图img'),
  pictures: Joi.array().items(picture).max(MAX_PICTURES).default([]).label('图片pictures'),
  price_fen: priceFen.required().label('价格price_fen'),
  old_price_fen: priceFen.required().label('原价old_price_fen'),
  brandId: id.allow(null).default(null).label('品牌brandId'),
  categoryId: id.allow(null).default(null).label('分类categoryId'),
  gender: Joi.string().valid('women', 'men', 'unisex').default('unisex').label('性别gender'),
  material: optionalLine(100).label('材质material'),
  detail: Joi.string().max(5000).empty('').allow(null).default(null).label('详情detail'),
  zone: Joi.string().valid('sports').allow(null).label('专区zone'),
  onSale: Joi.boolean().required().label('在售onSale'),
})

export interface SkuBody {
  id?: number
  skuCode: string
  colour: string
  sizeMm: number
  euX10: number | null
  usX10: number | null
  price_fen: number
  maxPerOrder: number | null
  onSale: boolean
}

export interface SkusBody {
  productId: number
  skus: SkuBody[]
}

export const skusBody = parameters<SkusBody>({
  productId: id.required().label('商品productId'),
  skus: Joi.array()
    .items(
      Joi.object<SkuBody>({
        id: id.label('规格id'),
        skuCode: Joi.string().pattern(skuCodePattern).required().label('货号skuCode'),
        colour: line({ min: 0, max: 20 }).allow('').default('').label('颜色colour'),
        sizeMm: wholeNumber(0, 400).required().label('脚长sizeMm'),
        euX10: wholeNumber(150, 600).allow(null).default(null).label('欧码euX10'),
        usX10: wholeNumber(5, 250).allow(null).default(null).label('美码usX10'),
        price_fen: priceFen.required().label('价格price_fen'),
        maxPerOrder: wholeNumber(1, 999).allow(null).default(null).label('每单限购maxPerOrder'),
        onSale: Joi.boolean().required().label('在售onSale'),
      }),
    )
    .min(1)
    .max(MAX_SKUS)
    .required()
    .label('规格skus'),
})

export const decideBody = parameters<Decision>(decisionKeys)
export const wishQuery = parameters<WishQuery>(wishQueryKeys)

export interface ImportBody {
  csv: string
  /** Only looks. */
  dryRun: boolean
}

/** A body has 100 KiB. */
export const importBody = parameters<ImportBody>({
  csv: Joi.string().max(90_000).required().label('表格csv'),
  dryRun: Joi.boolean().default(true).label('试导入dryRun'),
})

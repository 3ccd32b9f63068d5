import { Joi, line, parameters, wholeNumber } from '#shared/validate'

export const feedNames = ['banners', 'grid', 'sports', 'brands'] as const

export type FeedName = (typeof feedNames)[number]

const id = wholeNumber(1, 2 ** 31 - 1)
const name = (...names: FeedName[]) =>
  Joi.string()
    .valid(...names)
    .required()
    .label('栏目name')
const moment = (label: string) => Joi.date().iso().empty('').allow(null).default(null).label(label)

export interface FeedQuery {
  name: FeedName
}

export const feedQuery = parameters<FeedQuery>({ name: name(...feedNames) })

export interface SaveBody {
  name: 'banners' | 'grid'
  id?: number
  img: string
  link: string
  text: string
  startsAt: Date | null
  endsAt: Date | null
}

/**
 * Pictures are the shop's own: drawings come with it (`/images/`), anything uploaded (`/p/`) is a photograph, never SVG,
 * which is a document that may hold scripts. Links lead to the shop's own pages.
 */
export const saveBody = parameters<SaveBody>({
  name: name('banners', 'grid'),
  id: id.label('编号id'),
  img: Joi.string()
    .max(255)
    .pattern(/^\/(images\/[\w-]+\.(svg|png|jpe?g|webp)|p\/\d{6}\/[\w-]+\.(png|jpg|webp))$/)
    .required()
    .label('图片img'),
  link: line({ max: 255 })
    .pattern(/^\/(?![/\\])[^\s\\]*$/)
    .required()
    .label('链接link'),
  text: line({ max: 20 }).trim().empty('').default('').label('名称text'),
  startsAt: moment('开始时间startsAt'),
  endsAt: moment('结束时间endsAt'),
})

export interface EntryBody {
  name: FeedName
  id: number
}

export const addBody = parameters<EntryBody & { name: 'sports' | 'brands' }>({
  name: name('sports', 'brands'),
  id: id.required().label('编号id'),
})

export const removeBody = parameters<EntryBody>({
  name: name(...feedNames),
  id: id.required().label('编号id'),
})

export interface OrderBody {
  name: FeedName
  ids: number[]
}

export const orderBody = parameters<OrderBody>({
  name: name(...feedNames),
  ids: Joi.array().items(id).min(1).max(100).required().label('顺序ids'),
})

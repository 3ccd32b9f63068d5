/** Answers in the shapes that the tutorial's published storefronts read: docs/clients.md. Only `TUTORIAL_CLIENTS=on` serves them. */
import type { Config } from '#shared/config'

type Fields = Readonly<Record<string, unknown>>

/** The names under which one storefront or another looks for a list. */
export const listNames = {
  banners: ['swipeList', 'swiperList', 'swipperList', 'bannerList'],
  grid: ['gridList', 'gridlist'],
  sports: ['sports', 'sportList', 'sportsList'],
  brands: ['brandList'],
  oneCategory: ['oneCategory', 'oneCategoryList'],
  // One of them reads its second level as banners.
  twoCategory: ['twoCategory', 'twoCategoryList', 'bannerList'],
} as const

/** `data`, and where such storefronts are served the same list under all of its names. */
export function listFields(config: Config, list: keyof typeof listNames, data: readonly unknown[]): Fields {
  if (config.TUTORIAL_CLIENTS === 'off') return { data }
  return { data, ...Object.fromEntries(listNames[list].map((name) => [name, data])) }
}

/** What the tutorial's server writes itself; everything else it passes on as its XML parser made it. */
const ownFields = new Set(['nonce_str', 'out_trade_no', 'payUrl'])

/** WeChat's fields, and where such storefronts are served each as a list of one text: they test `return_code[0]`. */
export function wechatFields(config: Config, data: object): object {
  if (config.TUTORIAL_CLIENTS === 'off') return data
  const entries = Object.entries(data).filter(([, value]) => value !== null && value !== undefined)
  return Object.fromEntries(
    entries.map(([name, value]) => [name, ownFields.has(name) ? value : [String(value)]]),
  )
}

/** The feeds, fetched once and kept for a few minutes, so that going back shows a page at once. */
import * as feeds from '../api/catalogue.ts'
import { fetchDetail } from '../api/goods.ts'

const freshMs = 5 * 60_000

interface Remembered<A extends unknown[], T> {
  (...args: A): Promise<T>
  /** The last answer, however old; undefined before the first one. */
  known(...args: A): T | undefined
  /** Asks the shop now. */
  fresh(...args: A): Promise<T>
}

/** Remembers the answer of a fetch; asks again when it is old or could not be had. */
function remembered<A extends unknown[], T>(fetch: (...args: A) => Promise<T>): Remembered<A, T> {
  const asked = new Map<string, { at: number; answer: Promise<T> }>()
  const answers = new Map<string, T>()
  function fresh(...args: A): Promise<T> {
    const key = JSON.stringify(args)
    const answer = fetch(...args)
    asked.set(key, { at: Date.now(), answer })
    answer.then(
      (value) => answers.set(key, value),
      () => asked.delete(key),
    )
    return answer
  }
  function get(...args: A): Promise<T> {
    const hit = asked.get(JSON.stringify(args))
    return hit && Date.now() - hit.at < freshMs ? hit.answer : fresh(...args)
  }
  return Object.assign(get, { known: (...args: A) => answers.get(JSON.stringify(args)), fresh })
}

const catalogue = {
  banners: remembered(feeds.fetchBanners),
  grid: remembered(feeds.fetchGrid),
  hotBrands: remembered(feeds.fetchHotBrands),
  products: remembered(feeds.fetchProducts),
  categories: remembered(feeds.fetchCategories),
  brands: remembered(feeds.fetchBrands),
  detail: remembered(fetchDetail),
}

/** The brand of this name, if it was loaded before. */
export function knownBrand(name: string): feeds.Brand | undefined {
  const categories = catalogue.categories.known() ?? []
  const all = [catalogue.hotBrands.known(), ...categories.map(({ id }) => catalogue.brands.known(id))]
  return all.flatMap((brands) => brands ?? []).find(({ brandName }) => brandName === name)
}

/** The brand of this name, hot or not; undefined when the shop has none. */
export async function findBrand(name: string): Promise<feeds.Brand | undefined> {
  const hot = (await catalogue.hotBrands()).find(({ brandName }) => brandName === name)
  if (hot) return hot
  const categories = await catalogue.categories()
  const all = await Promise.all(categories.map(({ id }) => catalogue.brands(id)))
  return all.flat().find(({ brandName }) => brandName === name)
}

/** Not a Pinia store: Pinia wraps functions, and what `known` and `fresh` are would be lost. */
export const useCatalogue = () => catalogue

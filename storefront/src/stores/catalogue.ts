/** The feeds, fetched once and kept for a few minutes, so that going back shows a page at once. */
import { defineStore } from 'pinia'
import * as feeds from '../api/catalogue.ts'

const freshMs = 5 * 60_000

/** Remembers the promise of a fetch; forgets it when it fails or becomes old. */
function remembered<A extends unknown[], T>(fetch: (...args: A) => Promise<T>): (...args: A) => Promise<T> {
  const known = new Map<string, { at: number; answer: Promise<T> }>()
  return (...args) => {
    const key = JSON.stringify(args)
    const hit = known.get(key)
    if (hit && Date.now() - hit.at < freshMs) return hit.answer
    const answer = fetch(...args)
    known.set(key, { at: Date.now(), answer })
    answer.catch(() => known.delete(key))
    return answer
  }
}

export const useCatalogue = defineStore('catalogue', () => ({
  banners: remembered(feeds.fetchBanners),
  grid: remembered(feeds.fetchGrid),
  hotBrands: remembered(feeds.fetchHotBrands),
  products: remembered(feeds.fetchProducts),
  categories: remembered(feeds.fetchCategories),
  brands: remembered(feeds.fetchBrands),
}))

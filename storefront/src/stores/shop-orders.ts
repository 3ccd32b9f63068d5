/** The lists of own orders, a tab each, as far as they were read: going back shows the same pages at the same place. */
import { defineStore } from 'pinia'
import { reactive } from 'vue'
import { asShopError, type ShopError } from '../api/errors.ts'
import { type Badges, fetchBadges, fetchShopOrders, type ShopOrder, type Tab } from '../api/shop-orders.ts'

interface List {
  orders: ShopOrder[]
  next: string | undefined
  finished: boolean
  pending: boolean
  failure: ShopError | undefined
}

const emptyList = (): List => ({
  orders: [],
  next: undefined,
  finished: false,
  pending: false,
  failure: undefined,
})

export const useShopOrders = defineStore('shop-orders', () => {
  const state = reactive({
    lists: {} as Record<string, List>,
    badges: undefined as Badges | undefined,
  })
  /** Grows when everything is forgotten: an answer that was asked for before is not put into the next shopper's list. */
  let reading = 0

  function listOf(tab: Tab | undefined): List {
    const key = tab ?? 'all'
    state.lists[key] ??= emptyList()
    return state.lists[key] as List
  }

  async function read(list: List, tab: Tab | undefined, fromStart: boolean) {
    if (list.pending) return
    const mine = reading
    list.pending = true
    try {
      const page = await fetchShopOrders(tab, fromStart ? undefined : list.next)
      if (mine !== reading) return
      const newest = new Set(page.orders.map(({ order_no }) => order_no))
      if (fromStart) {
        // In a tab an order may have moved on: what is not on the first page any more is read again.
        const rest = tab ? [] : list.orders.filter(({ order_no }) => !newest.has(order_no))
        list.orders = [...page.orders, ...rest]
        if (rest.length === 0) Object.assign(list, { next: page.next, finished: page.next === undefined })
      } else {
        const known = new Set(list.orders.map(({ order_no }) => order_no))
        list.orders.push(...page.orders.filter(({ order_no }) => !known.has(order_no)))
        Object.assign(list, { next: page.next, finished: page.next === undefined })
      }
      list.failure = undefined
    } catch (thrown) {
      if (mine === reading) list.failure = asShopError(thrown)
    } finally {
      if (mine === reading) list.pending = false
    }
  }

  async function more(tab: Tab | undefined) {
    const list = listOf(tab)
    if (!list.finished) await read(list, tab, false)
  }

  async function refresh(tab: Tab | undefined) {
    await read(listOf(tab), tab, true)
  }

  /** How many orders wait for something; without an answer the numbers are left out. */
  async function count() {
    const mine = reading
    const badges = await fetchBadges().catch(() => undefined)
    if (mine === reading && badges) state.badges = badges
  }

  /** What an order's own page has learnt of it. */
  function update(changed: ShopOrder) {
    for (const list of Object.values(state.lists)) {
      const at = list.orders.findIndex(({ order_no }) => order_no === changed.order_no)
      if (at >= 0) list.orders[at] = changed
    }
  }

  function drop(orderNo: string) {
    for (const list of Object.values(state.lists))
      list.orders = list.orders.filter(({ order_no }) => order_no !== orderNo)
  }

  /** Forgets everything: somebody else may log in. */
  function clear() {
    reading++
    state.lists = {}
    state.badges = undefined
  }

  return { state, listOf, more, refresh, count, update, drop, clear }
})

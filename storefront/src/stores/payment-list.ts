/** The list of own payments as far as it was read: going back to it shows the same pages at the same place. */
import { defineStore } from 'pinia'
import { ref } from 'vue'
import { asShopError, type ShopError } from '../api/errors.ts'
import { fetchOrders, type Order } from '../api/orders.ts'

export const usePaymentList = defineStore('payment-list', () => {
  const orders = ref<Order[]>([])
  const next = ref<string>()
  const finished = ref(false)
  const pending = ref(false)
  const failure = ref<ShopError>()
  /** Grows when the list is emptied: an answer that was asked for before is not put into the next one. */
  let reading = 0

  async function read(
    cursor: string | undefined,
    take: (page: Awaited<ReturnType<typeof fetchOrders>>) => void,
  ) {
    if (pending.value) return
    const mine = reading
    pending.value = true
    try {
      const page = await fetchOrders(cursor)
      if (mine !== reading) return
      take(page)
      failure.value = undefined
    } catch (thrown) {
      if (mine === reading) failure.value = asShopError(thrown)
    } finally {
      if (mine === reading) pending.value = false
    }
  }

  /** Reads the next page. */
  async function more() {
    if (finished.value) return
    await read(next.value, (page) => {
      const known = new Set(orders.value.map((order) => order.out_trade_no))
      orders.value.push(...page.orders.filter((order) => !known.has(order.out_trade_no)))
      next.value = page.next
      finished.value = page.next === undefined
    })
  }

  /** Reads the first page again: new orders come on top, known ones get their present state. */
  async function refresh() {
    await read(undefined, (page) => {
      const newest = new Set(page.orders.map((order) => order.out_trade_no))
      orders.value = [...page.orders, ...orders.value.filter((order) => !newest.has(order.out_trade_no))]
    })
  }

  /** What an order's own page has learnt of it. */
  function update(changed: Pick<Order, 'out_trade_no' | 'trade_state'>) {
    const order = orders.value.find(({ out_trade_no }) => out_trade_no === changed.out_trade_no)
    if (order) order.trade_state = changed.trade_state
  }

  /** Forgets everything: somebody else may log in. */
  function clear() {
    reading++
    orders.value = []
    next.value = undefined
    finished.value = false
    pending.value = false
    failure.value = undefined
  }

  return { orders, finished, pending, failure, more, refresh, update, clear }
})

/**
 * The cart, by SKU. A stranger's is kept in this browser, and merged into the server's at the next login; then the
 * server's counts, and what is kept here is the last that it said, so that a page shows it at once. Shared by all tabs.
 */
import { defineStore } from 'pinia'
import { computed, ref, watch } from 'vue'
import * as server from '../api/cart.ts'
import { asShopError } from '../api/errors.ts'
import { fetchDetail } from '../api/goods.ts'
import { say } from '../lib/say.ts'
import { type CartLine, fromServer, isGone, kept, readKept, refreshed, within } from './cart-lines.ts'
import { useSession } from './session.ts'

export const useCart = defineStore('cart', () => {
  const session = useSession()
  const first = readKept()
  const lines = ref<CartLine[]>(first.lines)
  const owner = ref(first.owner)
  const me = () => session.session?.username
  const find = (skuId: number) => lines.value.find((line) => line.skuId === skuId)
  /**
   * The server may lack what is shown: a change was not answered, here or on an earlier page, or the lines are a
   * stranger's. Until they are merged, no answer takes their place.
   */
  let lacking = first.unsent
  /** Changes of this page that are on their way: an answer from before them would undo what is shown. */
  let underWay = 0
  const save = () =>
    kept.write({
      ...(owner.value ? { owner: owner.value } : {}),
      ...(lacking || underWay > 0 ? { unsent: true } : {}),
      lines: lines.value,
    })

  const piecesOf = (some: CartLine[]) => some.reduce((sum, line) => sum + line.quantity, 0)
  /** Pieces that can be bought. */
  const count = computed(() => piecesOf(lines.value.filter((line) => !isGone(line))))
  const selected = computed(() => lines.value.filter((line) => line.selected && !isGone(line)))
  const selectedCount = computed(() => piecesOf(selected.value))
  const totalFen = computed(() =>
    selected.value.reduce((sum, line) => sum + line.priceFen * line.quantity, 0),
  )

  function take(answer: server.ServerLine[]) {
    owner.value = me()
    lines.value = answer.map(fromServer)
    save()
  }

  /** The counts that the server said last, also when they were not shown. */
  let known: Map<number, number> | undefined
  /** Pieces that are being added: they are shown, and not yet in the server's counts. */
  const adding = new Map<number, number>()

  /** Requests go one after the other; the last answer is the one that counts. */
  let queue: Promise<unknown> = Promise.resolve()

  /** Asks for the cart. What the server may lack is merged instead, which answers with the cart as well. */
  async function ask(): Promise<server.ServerLine[]> {
    const own = lines.value
      .map(({ skuId, quantity }) => ({ skuId, quantity: quantity - (adding.get(skuId) ?? 0) }))
      .filter(({ quantity }) => quantity > 0)
    const answer = await (lacking && own.length > 0 ? server.mergeItems(own) : server.fetchCart())
    lacking = false
    return answer
  }

  function tell(change?: () => Promise<server.ServerLine[]>): Promise<void> {
    const name = me()
    if (change) {
      underWay++
      save()
    }
    const turn = queue.then(change ?? ask).then(
      (answer) => {
        if (change) underWay--
        if (name !== me()) return
        known = new Map(answer.map((line) => [line.skuId, line.quantity]))
        if (underWay > 0) return
        if (lacking) void tell()
        else take(answer)
      },
      (thrown: unknown) => {
        if (change) underWay--
        const error = asShopError(thrown)
        if (error.kind !== 'session') say(error.message)
        if (!change || name !== me()) return
        // Refused: show what the server has. Not answered: it may have been done or not.
        if (error.kind !== 'refused') lacking = true
        else if (underWay === 0) void tell()
      },
    )
    queue = turn
    return turn
  }

  /** Brings the cart up to date: merges what the server may lack, reads the server's, or asks about each product. */
  async function sync(): Promise<void> {
    const name = me()
    if (!name) {
      await refreshKept()
      return
    }
    if (owner.value !== name) {
      lacking = true
      known = undefined
    }
    await tell()
  }

  async function refreshKept() {
    const ids = [...new Set(lines.value.map(({ productId }) => productId))].filter((id) => id > 0)
    const found = await Promise.all(
      ids.map(async (id) => {
        try {
          return [id, await fetchDetail(id)] as const
        } catch (thrown) {
          // Only the shop's own word makes a line go; what cannot be asked stays as it was.
          return asShopError(thrown).is('RECORD_NOT_FOUND') ? ([id, undefined] as const) : undefined
        }
      }),
    )
    const products = new Map(found.filter((entry) => entry !== undefined))
    lines.value = lines.value.map((line) =>
      products.has(line.productId) ? refreshed(line, products.get(line.productId)) : line,
    )
    save()
  }

  /** @returns how many were added: fewer than asked for when the line is full */
  function add(line: Omit<CartLine, 'selected' | 'seenFen' | 'state' | 'left'>): number {
    const present = find(line.skuId)
    const before = present?.quantity ?? 0
    const quantity = within(before + line.quantity)
    if (present) Object.assign(present, { quantity, selected: true })
    else
      lines.value.unshift({
        ...line,
        quantity,
        selected: true,
        seenFen: line.priceFen,
        state: 'ok',
        left: 99,
      })
    save()
    const added = quantity - before
    if (me() && added > 0) {
      adding.set(line.skuId, (adding.get(line.skuId) ?? 0) + added)
      void tell(() => addThere(line.skuId, added))
    }
    return added
  }

  /** As a sum where the server's count is known: a request that arrives late, or twice, then changes nothing. */
  async function addThere(skuId: number, pieces: number): Promise<server.ServerLine[]> {
    const before = known?.get(skuId) ?? 0
    try {
      if (!known) return await server.addItem({ skuId, quantity: pieces })
      return await server.setItem({ skuId, quantity: within(before + pieces) })
    } finally {
      adding.set(skuId, (adding.get(skuId) ?? pieces) - pieces)
    }
  }

  function setQuantity(skuId: number, quantity: number) {
    const line = find(skuId)
    if (!line) return
    line.quantity = within(quantity)
    save()
    if (me()) void tell(() => server.setItem({ skuId, quantity: line.quantity }))
  }

  function select(skuIds: number[], on: boolean) {
    const chosen = lines.value.filter((line) => skuIds.includes(line.skuId) && !isGone(line))
    for (const line of chosen) line.selected = on
    save()
    if (me() && chosen.length > 0)
      void tell(() =>
        server.selectItems(
          chosen.map(({ skuId }) => skuId),
          on,
        ),
      )
  }

  function remove(skuIds: number[]) {
    if (skuIds.length === 0) return
    lines.value = lines.value.filter((line) => !skuIds.includes(line.skuId))
    save()
    if (me()) void tell(() => server.removeItems(skuIds))
  }

  /** Takes out what was ordered; what another tab added meanwhile stays. */
  async function takeOut(ordered: readonly { skuId: number; quantity: number }[]): Promise<void> {
    if (me()) await sync()
    for (const { skuId, quantity } of ordered) {
      const line = find(skuId)
      if (!line) continue
      if (line.quantity > quantity) setQuantity(skuId, line.quantity - quantity)
      else remove([skuId])
    }
  }

  /** Forgets everything in this browser: somebody else may come. The server keeps its cart. */
  function clear() {
    lines.value = []
    owner.value = undefined
    known = undefined
    save()
  }

  window.addEventListener('storage', ({ key }) => {
    if (key !== 'letao.cart') return
    const now = readKept()
    lines.value = now.lines
    owner.value = now.owner
    // The answer that the other tab got is not known here.
    known = undefined
  })
  watch(
    () => session.session?.username,
    (name, before) => {
      if (name && name !== before) void sync()
    },
    { immediate: true },
  )

  return {
    lines,
    count,
    selected,
    selectedCount,
    totalFen,
    sync,
    add,
    setQuantity,
    select,
    remove,
    takeOut,
    clear,
  }
})

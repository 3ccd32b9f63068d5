/** The orders of an earlier merchant: ops end those that nobody can pay any more. */
import { abandonOrder, findUnasked, type OrderDeps, readOrder } from '#shared/payment/ledger'

const BATCH = 500

/**
 * @param merchantId - the earlier merchant
 * @returns how many of its orders were closed, and how many are left because they may still be paid
 * @throws Error when it is the merchant that the shop is now
 */
export async function abandonOrders(
  merchantId: string,
  deps: OrderDeps,
  msLeft: () => number,
): Promise<{ closed: number; left: number }> {
  if (merchantId === deps.merchantId)
    throw new Error(
      `close_orders_of: ${merchantId} is the merchant of this shop; reconcile closes its orders by itself`,
    )
  const seen = new Set<number>()
  let closed = 0
  while (msLeft() > 10_000) {
    const found = await findUnasked(deps.db, merchantId, deps.now(), BATCH)
    const fresh = found.filter((id) => !seen.has(id))
    if (fresh.length === 0) break
    for (const id of fresh) {
      seen.add(id)
      const { orderNo } = await readOrder(deps.db, id)
      if (await abandonOrder(orderNo, deps)) closed += 1
    }
  }
  deps.log.warn('orders_abandoned', { merchant: merchantId, orders: closed })
  return { closed, left: seen.size - closed }
}

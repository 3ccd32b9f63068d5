/** Ending orders of an earlier merchant, whom nobody can be asked about any more: on the word of ops. */
import type { SettleDeps } from './deps.ts'
import { journal } from './journal.ts'
import { ORDER_LIFETIME_MS } from './lifetimes.ts'
import { merchantOf } from './orders.ts'
import { lockOrder, moveOrder } from './payorder-table/index.ts'
import { isOpen } from './states.ts'

/**
 * Closes an unpaid order that nobody can pay any more, for its life at the gateway is over.
 *
 * @returns false when it is decided already, of the present merchant, or still alive
 */
export function abandonOrder(
  orderNo: string,
  { db, merchantId, onOrderMoved, now }: SettleDeps,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderNo)
    if (!order || !isOpen(order.state) || order.merchantId === merchantId) return false
    if (now().getTime() - (order.createdAt?.getTime() ?? 0) < ORDER_LIFETIME_MS) return false
    const { state: before, gateway } = order
    const fact = {
      source: 'ops',
      gateway,
      merchant: merchantOf(order),
      orderNo,
      state: 'CLOSED',
      raw: {},
    } as const
    const move = { from: before, to: fact.state, stateText: undefined, attention: order.attention }
    await moveOrder(tx, order, move, now())
    await journal(tx, { fact, verdict: 'closed', before, after: fact.state }, now())
    await onOrderMoved?.(tx, { order, before, after: fact.state, verdict: 'closed', fact })
    return true
  })
}

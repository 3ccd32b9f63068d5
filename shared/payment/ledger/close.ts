/** Closing an unpaid order: at its gateway first, then here. Until the gateway confirms it, the payer may pay first. */
import { GatewayRefused, gatewayNamed } from '#shared/payment/gateway'
import type { OrderDeps, QueryDeps } from './deps.ts'
import { merchantOf, orderLock, takeQuestionNow } from './orders.ts'
import type { OrderRow } from './payorder-table/index.ts'
import { queryAndSettle } from './query.ts'
import { settle } from './settle.ts'
import { isPaid, type TradeState } from './states.ts'
import { isRecorded } from './verdicts.ts'

/** `open`: the gateway did not decide yet (the payer is entering a password). */
export type CloseOutcome = 'closed' | 'paid' | 'open'

/**
 * Asks the gateway, settles a payment that came first, closes there, then here. Nobody gets a new QR code meanwhile.
 *
 * @throws GatewayRefused, GatewayUnreachable, AppError DATABASE_UNAVAILABLE
 */
export function closeEverywhere(
  order: OrderRow,
  source: 'query' | 'reconcile',
  deps: OrderDeps,
): Promise<CloseOutcome> {
  return deps.db.withLock(orderLock(order.orderNo), deps.lockSec, async (session) => {
    const own: QueryDeps = { ...deps, db: session }
    const state = (await mayAsk(order, source, deps.asksFreely, own))
      ? await stateThere(order, source, own)
      : order.state
    if (state !== undefined && isPaid(state)) return 'paid'
    if (state === 'CLOSED' || state === 'REVOKED') return 'closed'
    if (state === 'USERPAYING') return 'open'
    // A gateway that does not know an order may just not know it yet: with a code it can be paid.
    const mayBePayable = state !== undefined || order.codeUrl !== null
    if (mayBePayable && (await closeThere(order, own)) === 'paid') {
      const now = await stateThere(order, source, own)
      return now !== undefined && isPaid(now) ? 'paid' : 'open'
    }
    const verdict = await settleClosed(order, own)
    // Stale: a notify was faster. What was refused has closed nothing.
    if (!isRecorded(verdict)) return 'open'
    return verdict === 'stale' ? 'paid' : 'closed'
  })
}

/** A shopper's question within two seconds of the last one is answered by what is stored; closing is no question. */
async function mayAsk(
  order: OrderRow,
  source: 'query' | 'reconcile',
  asksFreely: boolean,
  deps: QueryDeps,
): Promise<boolean> {
  return source === 'reconcile' || asksFreely || takeQuestionNow(order.id, deps)
}

/** The gateway has confirmed that nobody can pay the order any more. */
export function settleClosed(order: OrderRow, deps: QueryDeps) {
  const { orderNo, gateway } = order
  return settle(
    { source: 'close', gateway, merchant: merchantOf(order), orderNo, state: 'CLOSED', raw: {} },
    deps,
  )
}

/** What the gateway knows of the order, settled here; undefined: it never heard of it. */
async function stateThere(
  order: OrderRow,
  source: 'query' | 'reconcile',
  deps: QueryDeps,
): Promise<TradeState | undefined> {
  try {
    const { state, verdict } = await queryAndSettle(order, source, deps)
    // What cannot be true (another amount) decides nothing, as a state that nobody knows.
    return state && verdict && isRecorded(verdict) ? state : 'USERPAYING'
  } catch (error) {
    if (error instanceof GatewayRefused && error.reason === 'unknown_order') return undefined
    throw error
  }
}

async function closeThere(order: OrderRow, { orders }: QueryDeps): Promise<'closed' | 'paid'> {
  try {
    await gatewayNamed(orders, order.gateway).close({ orderNo: order.orderNo, merchant: merchantOf(order) })
  } catch (error) {
    if (error instanceof GatewayRefused && error.reason === 'order_paid') return 'paid'
    throw error
  }
  return 'closed'
}

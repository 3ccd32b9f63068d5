/** Asks the gateway about an order and settles what it reports. */
import { gatewayNamed } from '#shared/payment/gateway'
import type { QueryDeps } from './deps.ts'
import { merchantOf } from './orders.ts'
import type { OrderRow } from './payorder-table/index.ts'
import { settle } from './settle.ts'
import type { TradeState } from './states.ts'
import type { Verdict } from './verdicts.ts'

/**
 * @returns what the gateway reported (undefined: a state that decides nothing) and what became of it here
 * @throws GatewayRefused, GatewayUnreachable, AppError DATABASE_UNAVAILABLE
 */
export async function queryAndSettle(
  order: OrderRow,
  source: 'query' | 'reconcile' | 'bill',
  deps: QueryDeps,
): Promise<{ state: TradeState | undefined; verdict: Verdict | undefined }> {
  const { orderNo } = order
  const told = await gatewayNamed(deps.orders, order.gateway).query({ orderNo, merchant: merchantOf(order) })
  const { writtenState, state, ...report } = told
  if (!state) {
    deps.log.warn('unknown_trade_state', { outTradeNo: orderNo, tradeState: writtenState.slice(0, 32) })
    return { state, verdict: undefined }
  }
  return { state, verdict: await settle({ ...report, source, state }, deps) }
}

/** Asks WeChat about an order and settles what it says. */

import { type Wechat, WechatUnreachable } from '#shared/payment/gateway/wechat-v2'
import { type SettleDeps, settle, type Verdict } from './settle.ts'
import { asTradeState, type TradeState } from './states.ts'

/**
 * @returns what WeChat said (undefined: a state that decides nothing) and what became of it here
 * @throws WechatRefused, WechatUnreachable, AppError DATABASE_UNAVAILABLE
 */
export async function queryAndSettle(
  outTradeNo: string,
  source: 'query' | 'reconcile' | 'bill',
  deps: SettleDeps & { wechat: Wechat },
): Promise<{ tradeState: TradeState | undefined; verdict: Verdict | undefined }> {
  const fields = await deps.wechat.queryOrder(outTradeNo)
  if (fields.out_trade_no !== outTradeNo) throw new WechatUnreachable('reply about another order')
  const tradeState = asTradeState(fields.trade_state)
  if (!tradeState) {
    deps.log.warn('unknown_trade_state', { outTradeNo, tradeState: fields.trade_state?.slice(0, 32) })
    return { tradeState, verdict: undefined }
  }
  return { tradeState, verdict: await settle({ source, outTradeNo, tradeState, fields }, deps) }
}

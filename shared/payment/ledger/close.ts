/** Closing an unpaid order: at WeChat first, then here. Until WeChat says so, the payer can still win. */
import type { Database } from '#shared/db'
import { type Wechat, WechatRefused } from '#shared/payment/gateway/wechat-v2'
import { type OrderRow, orderLock } from './orders.ts'
import { queryAndSettle } from './query.ts'
import { isRecorded, type SettleDeps, settle } from './settle.ts'
import { isPaid, type TradeState } from './states.ts'

export type CloseDeps = SettleDeps & { db: Database; wechat: Wechat }

/** `open`: WeChat did not decide yet (the payer is entering a password). */
export type CloseOutcome = 'closed' | 'paid' | 'open'

/** How long to wait for a request that is just getting a QR code for the same order. */
const WAIT_SEC = 10

/**
 * Asks WeChat, settles a payment that came first, closes there, then here. Nobody gets a new QR code meanwhile.
 *
 * @throws WechatRefused, WechatUnreachable, AppError DATABASE_UNAVAILABLE
 */
export function closeEverywhere(
  order: Pick<OrderRow, 'out_trade_no' | 'appid' | 'mch_id'>,
  source: 'query' | 'reconcile',
  deps: CloseDeps,
): Promise<CloseOutcome> {
  return deps.db.withLock(orderLock(order.out_trade_no), WAIT_SEC, async (session) => {
    const own = { ...deps, db: session }
    const state = await stateAtWechat(order.out_trade_no, source, own)
    if (state !== undefined && isPaid(state)) return 'paid'
    if (state === 'CLOSED' || state === 'REVOKED') return 'closed'
    if (state === 'USERPAYING') return 'open'
    if (state !== undefined && (await closeAtWechat(order.out_trade_no, deps.wechat)) === 'paid') {
      const now = await stateAtWechat(order.out_trade_no, source, own)
      return now !== undefined && isPaid(now) ? 'paid' : 'open'
    }
    const fields = { appid: order.appid, mch_id: order.mch_id }
    const verdict = await settle(
      { source: 'close', outTradeNo: order.out_trade_no, tradeState: 'CLOSED', fields },
      own,
    )
    // Stale: a notify was faster. What was refused has closed nothing.
    if (!isRecorded(verdict)) return 'open'
    return verdict === 'stale' ? 'paid' : 'closed'
  })
}

/** What WeChat knows of the order, settled here; undefined: it never heard of it. */
async function stateAtWechat(
  outTradeNo: string,
  source: 'query' | 'reconcile',
  deps: SettleDeps & { wechat: Wechat },
): Promise<TradeState | undefined> {
  try {
    const { tradeState, verdict } = await queryAndSettle(outTradeNo, source, deps)
    // What cannot be true (another amount) decides nothing, as a state that nobody knows.
    return tradeState && verdict && isRecorded(verdict) ? tradeState : 'USERPAYING'
  } catch (error) {
    if (error instanceof WechatRefused && error.errCode === 'ORDERNOTEXIST') return undefined
    throw error
  }
}

async function closeAtWechat(outTradeNo: string, wechat: Wechat): Promise<'closed' | 'paid'> {
  try {
    await wechat.closeOrder(outTradeNo)
  } catch (error) {
    if (!(error instanceof WechatRefused)) throw error
    if (error.errCode === 'ORDERPAID') return 'paid'
    if (error.errCode !== 'ORDERCLOSED' && error.errCode !== 'ORDERNOTEXIST') throw error
  }
  return 'closed'
}

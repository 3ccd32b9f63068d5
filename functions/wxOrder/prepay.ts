/** Brings an order and WeChat together: whatever happened in between, the same call again completes both. */
import type { Config } from '#shared/config'
import type { Database, Session } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Logger } from '#shared/log'
import type { XmlFields } from '#shared/payment/gateway/wechat-v2'
import { toAppError, type Wechat, WechatRefused, WechatUnreachable } from '#shared/payment/gateway/wechat-v2'
import {
  type OrderRow,
  openStates,
  orderLock,
  queryAndSettle,
  readOrder,
  settle,
} from '#shared/payment/ledger'
import { mustBeInTime, mustBeOpen } from './in-time.ts'

export interface PrepayDeps {
  db: Database
  config: Config<'WX_APPID' | 'WX_MCH_ID'>
  wechat: Wechat
  now: () => Date
  log: Logger
}

/** A `code_url` can be scanned for two hours after WeChat made it. */
const CODE_URL_LIFETIME_MS = 2 * 3600 * 1000

/** How long a request waits for another one that is just asking WeChat about the same order. */
const WAIT_SEC = 15

export interface PayableOrder extends OrderRow {
  prepay_id: string
  code_url: string
  code_url_at: Date
}

/** Until when the code can be scanned. */
export function codeExpiry({ code_url_at }: PayableOrder): Date {
  return new Date(code_url_at.getTime() + CODE_URL_LIFETIME_MS)
}

/**
 * The order with a `code_url` that lives: the stored one, or one that WeChat makes now. One request at a time asks
 * (a second `code_url` would kill the first); the lock dies with its holder's connection.
 *
 * @throws AppError ORDER_PAID, ORDER_CLOSED, PAY_REFUSED, UPSTREAM_FAILED
 */
export async function prepay(order: OrderRow, deps: PrepayDeps): Promise<PayableOrder> {
  await mustBeInTime(order, deps)
  if (isPayable(order, deps.now())) return order
  return deps.db.withLock(orderLock(order.out_trade_no), WAIT_SEC, async (session) => {
    const fresh = await readOrder(session, order.id)
    if (isPayable(fresh, deps.now())) return fresh
    const reply = await askWechat(session, fresh, deps)
    const codeUrl = reply.code_url ?? ''
    const prepayId = reply.prepay_id ?? ''
    if (!codeUrl.startsWith('weixin://') || codeUrl.length > 256 || prepayId === '' || prepayId.length > 64) {
      throw new AppError('UPSTREAM_FAILED', { cause: new Error('unified order without a usable code_url') })
    }
    const madeAt = deps.now()
    // Facts do not wait for the lock: the code before this one may have been paid meanwhile.
    const { affectedRows } = await session.run(
      `UPDATE payorder SET prepay_id = ?, code_url = ?, code_url_at = ?, updated_at = ?
       WHERE id = ? AND trade_state IN (${openStates.map(() => '?').join(', ')})`,
      [prepayId, codeUrl, madeAt, madeAt, fresh.id, ...openStates],
    )
    if (affectedRows === 0) mustBeOpen(await readOrder(session, fresh.id))
    return { ...fresh, prepay_id: prepayId, code_url: codeUrl, code_url_at: madeAt }
  })
}

/** Is there a living `code_url`? Throws when the order's life is over. */
function isPayable(order: OrderRow, now: Date): order is PayableOrder {
  mustBeOpen(order)
  const { prepay_id, code_url, code_url_at } = order
  return (
    prepay_id !== null &&
    code_url !== null &&
    code_url_at !== null &&
    now.getTime() < code_url_at.getTime() + CODE_URL_LIFETIME_MS
  )
}

async function askWechat(session: Session, order: OrderRow, deps: PrepayDeps): Promise<XmlFields> {
  try {
    return await deps.wechat.unifiedOrder(unifiedOrderFields(order))
  } catch (error) {
    if (error instanceof WechatRefused) await learnFrom(session, order, error, deps)
    throw toAppError(error)
  }
}

/** WeChat knows that the order is over: take that over, then refuse in those words. */
async function learnFrom(
  session: Session,
  order: OrderRow,
  refusal: WechatRefused,
  deps: PrepayDeps,
): Promise<void> {
  const settleDeps = { db: session, config: deps.config, now: deps.now, log: deps.log }
  try {
    if (refusal.errCode === 'ORDERPAID') {
      await queryAndSettle(order.out_trade_no, 'query', { ...settleDeps, wechat: deps.wechat })
    } else if (refusal.errCode === 'ORDERCLOSED') {
      const fields = { appid: order.appid, mch_id: order.mch_id }
      await settle(
        { source: 'close', outTradeNo: order.out_trade_no, tradeState: 'CLOSED', fields },
        settleDeps,
      )
    } else {
      deps.log.error('unified_order_refused', { outTradeNo: order.out_trade_no, errCode: refusal.errCode })
      return
    }
  } catch (error) {
    if (!(error instanceof WechatRefused || error instanceof WechatUnreachable)) throw error
  }
  isPayable(await readOrder(session, order.id), deps.now())
}

/** The parameters of 统一下单, all from the row: asking again must send the very same ones. */
function unifiedOrderFields(order: OrderRow): XmlFields {
  return {
    nonce_str: order.nonce_str,
    body: order.body ?? '',
    out_trade_no: order.out_trade_no,
    fee_type: 'CNY',
    total_fee: String(order.total_fee),
    spbill_create_ip: order.spbill_create_ip ?? '127.0.0.1',
    time_start: order.time_start ?? '',
    time_expire: order.time_expire ?? '',
    notify_url: order.notify_url ?? '',
    trade_type: order.trade_type,
    product_id: order.product_id ?? '',
  }
}

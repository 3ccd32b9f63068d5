/** Refunds as WeChat takes them: accepted, followed, finished. The one place that writes `refund.status`. */
import type { Logger } from '#shared/log'
import { parseFen } from '#shared/money'
import type { XmlFields } from '#shared/payment/gateway/wechat-v2'
import { type WechatRefunds, WechatRefused, WechatUnreachable } from '#shared/payment/gateway/wechat-v2'
import { findRefund, type RefundRow, type RefundStatus } from './refund-request.ts'
import { type SettleDeps, settle } from './settle.ts'

/** `refundMoves[present status]`: the statuses that may follow. */
export const refundMoves: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  PROCESSING: ['SUCCESS', 'CHANGE', 'CLOSED'],
  CHANGE: ['SUCCESS', 'CLOSED'],
  SUCCESS: [],
  CLOSED: [],
}

export type RefundDeps = SettleDeps & { wechat: WechatRefunds; log: Logger }

/**
 * Refusals that no repetition changes. CLOSED: the refund is over, and its money free for another try. CHANGE: the
 * payer's account is gone, so that somebody has to give the money back by other means, once.
 */
const finalCodes: ReadonlyMap<string, RefundStatus> = new Map([
  ['TRADE_OVERDUE', 'CLOSED'],
  ['PARAM_ERROR', 'CLOSED'],
  ['INVALID_TRANSACTIONID', 'CLOSED'],
  ['ORDERNOTEXIST', 'CLOSED'],
  ['USER_ACCOUNT_ABNORMAL', 'CHANGE'],
])

/**
 * Can WeChat still say something new about a refund? A CHANGE that it accepted may be arranged in its merchant
 * platform; one that it refused is arranged elsewhere, and must never be handed over again.
 */
export function isOpenRefund({ status, refund_id }: Pick<RefundRow, 'status' | 'refund_id'>): boolean {
  return status === 'PROCESSING' || (status === 'CHANGE' && refund_id !== null)
}

/**
 * Hands a refund to WeChat, with its own number and the stored amounts, as often as needed. What WeChat refuses for
 * now (balance, frequency, its own faults) stays PROCESSING with the reason, and `reconcile` tries again.
 */
export async function submitRefund(refund: RefundRow, deps: RefundDeps): Promise<RefundRow> {
  try {
    const reply = await deps.wechat.refund({
      transaction_id: refund.transaction_id,
      out_refund_no: refund.out_refund_no,
      total_fee: String(refund.total_fee),
      refund_fee: String(refund.refund_fee),
      refund_fee_type: 'CNY',
      ...(refund.reason && { refund_desc: refund.reason }),
      ...(deps.config.WX_REFUND_NOTIFY_URL && { notify_url: deps.config.WX_REFUND_NOTIFY_URL }),
    })
    await acceptRefund(refund, reply, deps)
  } catch (error) {
    if (error instanceof WechatUnreachable) {
      deps.log.error('refund_unreachable', { outRefundNo: refund.out_refund_no, reason: error.message })
      await noteFault(refund, 'UNREACHABLE', error.message, deps)
    } else if (error instanceof WechatRefused) {
      deps.log.error('refund_refused', { outRefundNo: refund.out_refund_no, errCode: error.errCode })
      await noteFault(refund, error.errCode, error.errCodeDes, deps)
      const end = finalCodes.get(error.errCode)
      if (end) await moveRefund(refund, end, {}, deps)
    } else throw error
  }
  return (await findRefund(deps.db, refund.out_refund_no)) ?? refund
}

/** Success means accepted, not refunded: the money moves later. */
async function acceptRefund(refund: RefundRow, reply: XmlFields, deps: RefundDeps): Promise<void> {
  const isSame =
    reply.out_refund_no === refund.out_refund_no &&
    reply.transaction_id === refund.transaction_id &&
    parseFen(reply.refund_fee) === refund.refund_fee &&
    parseFen(reply.total_fee) === refund.total_fee
  if (!isSame) throw new WechatUnreachable('reply about another refund')
  // The order first: without a refund_id the next run comes here again.
  await tellOrder(refund, reply, deps)
  const now = deps.now()
  await deps.db.run(
    `UPDATE refund SET refund_id = ?, accepted_at = COALESCE(accepted_at, ?), err_code = NULL, err_code_des = NULL,
       updated_at = ? WHERE id = ?`,
    [reply.refund_id?.slice(0, 50) ?? null, now, now, refund.id],
  )
  deps.log.info('refund_accepted', { outRefundNo: refund.out_refund_no, refundFee: refund.refund_fee })
}

/** An order with a started refund is REFUND at WeChat, be the refund partial or not; so it is here. */
function tellOrder(refund: RefundRow, reply: XmlFields, deps: SettleDeps): Promise<unknown> {
  const fields = { ...reply, out_trade_no: refund.out_trade_no, transaction_id: refund.transaction_id }
  return settle({ source: 'refund', outTradeNo: refund.out_trade_no, tradeState: 'REFUND', fields }, deps)
}

async function noteFault(refund: RefundRow, code: string, text: string, deps: RefundDeps): Promise<void> {
  await deps.db.run('UPDATE refund SET err_code = ?, err_code_des = ?, updated_at = ? WHERE id = ?', [
    code.slice(0, 32),
    text.slice(0, 256),
    deps.now(),
    refund.id,
  ])
}

/**
 * Asks WeChat what became of a refund and takes it over. One that WeChat never heard of (the request was lost) is
 * handed over again.
 *
 * @throws WechatRefused, WechatUnreachable
 */
export async function followRefund(refund: RefundRow, deps: RefundDeps): Promise<RefundRow> {
  let reply: XmlFields
  try {
    reply = await deps.wechat.queryRefund(refund.out_refund_no)
  } catch (error) {
    const isUnknown = error instanceof WechatRefused && error.errCode === 'REFUNDNOTEXIST'
    if (isUnknown && refund.refund_id === null) return submitRefund(refund, deps)
    throw error
  }
  await takeRefundState(refund, reply, deps)
  return (await findRefund(deps.db, refund.out_refund_no)) ?? refund
}

/** Takes over what a verified refundquery says about this refund. */
export async function takeRefundState(refund: RefundRow, reply: XmlFields, deps: RefundDeps): Promise<void> {
  const index = indexOf(reply, refund.out_refund_no)
  const fee = parseFen(reply[`refund_fee_${index}`])
  if (reply.transaction_id !== refund.transaction_id || fee !== refund.refund_fee) {
    deps.log.error('refund_mismatch', {
      outRefundNo: refund.out_refund_no,
      here: refund.refund_fee,
      there: fee,
    })
    throw new WechatUnreachable('reply about another refund')
  }
  const status = asRefundStatus(reply[`refund_status_${index}`])
  const refundId = reply[`refund_id_${index}`]
  if (refund.refund_id === null && refundId !== undefined) {
    await acceptRefund(
      refund,
      { ...reply, out_refund_no: refund.out_refund_no, refund_id: refundId, refund_fee: String(fee) },
      deps,
    )
  }
  if (status && status !== 'PROCESSING') {
    await moveRefund(refund, status, { successTime: reply[`refund_success_time_${index}`] }, deps)
  }
}

/** Which of the numbered fields of a refundquery speak of this refund. */
export function indexOf(reply: XmlFields, outRefundNo: string): string {
  const name = Object.keys(reply).find((key) => /^out_refund_no_\d+$/.test(key) && reply[key] === outRefundNo)
  if (!name) throw new WechatUnreachable('reply without this refund')
  return name.slice('out_refund_no_'.length)
}

/** WeChat's `refund_status`; its REFUNDCLOSE is our CLOSED. */
export function asRefundStatus(text: string | undefined): RefundStatus | undefined {
  if (text === 'REFUNDCLOSE') return 'CLOSED'
  return text === 'SUCCESS' || text === 'PROCESSING' || text === 'CHANGE' ? text : undefined
}

async function moveRefund(
  refund: RefundRow,
  to: RefundStatus,
  fields: { successTime?: string | undefined },
  { db, now, log }: RefundDeps,
): Promise<void> {
  const from = (Object.keys(refundMoves) as RefundStatus[]).filter((status) =>
    refundMoves[status].includes(to),
  )
  const { affectedRows } = await db.run(
    `UPDATE refund SET status = ?, success_time = ?, updated_at = ?
     WHERE id = ? AND status IN (${from.map(() => '?').join(', ')})`,
    [to, fields.successTime?.slice(0, 32) ?? null, now(), refund.id, ...from],
  )
  if (affectedRows === 0) return
  const line = {
    outRefundNo: refund.out_refund_no,
    outTradeNo: refund.out_trade_no,
    refundFee: refund.refund_fee,
  }
  if (to === 'CHANGE') log.error('refund_change', line)
  else log.info(`refund_${to.toLowerCase()}`, line)
}

/** Refunds as the gateway takes them: accepted, followed, finished. The one place that moves `refund.status`. */
import {
  GatewayMisconfigured,
  GatewayRefused,
  GatewayUnreachable,
  gatewayNamed,
  type RefundReport,
  type RefundStatus,
  type RefusalReason,
} from '#shared/payment/gateway'
import type { RefundDeps } from './deps.ts'
import { REFUSALS_UNTIL_ALARM, refundWaitMs } from './lifetimes.ts'
import { merchantOf } from './orders.ts'
import { acceptRow, findRefund, moveRow, noteRefusal, type RefundRow } from './refund-table/index.ts'
import { settle } from './settle.ts'

/**
 * `refundMoves[present status]`: the statuses that may follow. What the gateway confirms wins: money that went back
 * went back, whatever was believed here.
 */
export const refundMoves: Readonly<Record<RefundStatus, readonly RefundStatus[]>> = {
  PROCESSING: ['SUCCESS', 'CHANGE', 'CLOSED'],
  CHANGE: ['SUCCESS', 'CLOSED'],
  SUCCESS: [],
  CLOSED: ['SUCCESS'],
}

/**
 * Refusals that no repetition changes. CLOSED: the refund is over, and its money free for another try. CHANGE: the
 * payer's account is gone, so that somebody has to give the money back by other means, once. That the gateway does not
 * know a payment which it has itself reported is none of them.
 */
const ends: Readonly<Partial<Record<RefusalReason, RefundStatus>>> = {
  refund_over: 'CLOSED',
  payer_gone: 'CHANGE',
}

/**
 * Can the gateway still say something new about a refund? A CHANGE that it accepted may be arranged in its merchant
 * platform; one that it refused is arranged elsewhere, and must never be handed over again.
 */
export function isOpenRefund({
  status,
  refundId,
}: {
  status: RefundStatus
  refundId: string | null
}): boolean {
  return status === 'PROCESSING' || (status === 'CHANGE' && refundId !== null)
}

/**
 * Hands a refund to its gateway, with its own number and the stored amounts, as often as needed. What the gateway
 * refuses for now (balance, frequency, its own faults) stays PROCESSING with the reason, and `reconcile` tries again,
 * less often with each refusal.
 *
 * @throws GatewayMisconfigured when it can never be handed over like this
 */
export async function submitRefund(refund: RefundRow, deps: RefundDeps): Promise<RefundRow> {
  try {
    const report = await gatewayNamed(deps.refunds, refund.gateway).refund({
      merchant: merchantOf(refund),
      orderNo: refund.orderNo,
      transactionId: refund.transactionId,
      refundNo: refund.refundNo,
      totalFen: refund.totalFen,
      refundFen: refund.refundFen,
      reason: refund.reason,
    })
    await acceptRefund(refund, report, deps)
  } catch (error) {
    await noteFault(refund, error, deps)
  }
  return (await findRefund(deps.db, refund.refundNo)) ?? refund
}

/** Success means accepted, not refunded: the money moves later. */
async function acceptRefund(refund: RefundRow, report: RefundReport, deps: RefundDeps): Promise<void> {
  const isSame =
    report.refundNo === refund.refundNo &&
    report.payment.transactionId === refund.transactionId &&
    report.refundFen === refund.refundFen &&
    report.payment.amountFen === refund.totalFen
  if (!isSame) throw new GatewayUnreachable('reply about another refund')
  // The order first: without a refund id the next run comes here again.
  await settleRefunding(refund, report, deps)
  await acceptRow(deps.db, refund.id, report.refundId, deps.now())
  deps.log.info('refund_accepted', { outRefundNo: refund.refundNo, refundFee: refund.refundFen })
}

/** An order with a started refund is REFUND at its gateway, be the refund partial or not; so it is here. */
function settleRefunding(refund: RefundRow, report: RefundReport, deps: RefundDeps): Promise<unknown> {
  const { gateway, merchant, payment, raw } = report
  return settle(
    { source: 'refund', gateway, merchant, orderNo: refund.orderNo, state: 'REFUND', payment, raw },
    deps,
  )
}

async function noteFault(refund: RefundRow, error: unknown, deps: RefundDeps): Promise<void> {
  const { db, now, log } = deps
  const { refundNo: outRefundNo } = refund
  const note = (code: string, text: string, refusals: number) => {
    const waitMs = refundWaitMs(refusals)
    const dueAt = waitMs === 0 ? null : new Date(now().getTime() + waitMs)
    return noteRefusal(db, refund.id, { code, text, refusals, dueAt }, now())
  }
  if (error instanceof GatewayUnreachable) {
    log.error('refund_unreachable', { outRefundNo, reason: error.message })
    await note('UNREACHABLE', error.message, refund.refusals)
  } else if (error instanceof GatewayMisconfigured) {
    log.error('refund_misconfigured', { outRefundNo, reason: error.message })
    await note('MISCONFIGURED', error.message, refund.refusals)
    throw error
  } else if (error instanceof GatewayRefused) {
    const refusals = refund.refusals + 1
    log.error('refund_refused', { outRefundNo, errCode: error.code })
    if (refusals >= REFUSALS_UNTIL_ALARM)
      log.error('refund_stuck', { outRefundNo, errCode: error.code, refusals })
    await note(error.code, error.text, refusals)
    const end = ends[error.reason]
    if (end) await moveRefund(refund, end, undefined, deps)
  } else throw error
}

/**
 * Asks the gateway what became of a refund and takes it over. One that it never heard of (the request was lost) is
 * handed over again, as long as it is wanted.
 *
 * @throws GatewayRefused, GatewayUnreachable, GatewayMisconfigured
 */
export async function followRefund(refund: RefundRow, deps: RefundDeps): Promise<RefundRow> {
  let report: RefundReport
  try {
    const gateway = gatewayNamed(deps.refunds, refund.gateway)
    report = await gateway.queryRefund({ merchant: merchantOf(refund), refundNo: refund.refundNo })
  } catch (error) {
    const isUnknown = error instanceof GatewayRefused && error.reason === 'unknown_refund'
    if (!isUnknown || refund.refundId !== null) throw error
    return refund.status === 'PROCESSING' ? submitRefund(refund, deps) : refund
  }
  await takeRefundState(refund, report, deps)
  return (await findRefund(deps.db, refund.refundNo)) ?? refund
}

/** Takes over what a gateway reports about this refund. @throws GatewayUnreachable when it is about another one */
export async function takeRefundState(
  refund: RefundRow,
  report: RefundReport,
  deps: RefundDeps,
): Promise<void> {
  const { refundNo: outRefundNo, refundFen: here } = refund
  if (report.payment.transactionId !== refund.transactionId || report.refundFen !== here) {
    deps.log.error('refund_mismatch', { outRefundNo, here, there: report.refundFen })
    throw new GatewayUnreachable('reply about another refund')
  }
  // It was believed to be over, but the money moved: somebody may have refunded it again, so this is reported.
  if (refund.status === 'CLOSED' && report.status !== undefined && report.status !== 'CLOSED')
    deps.log.error('refund_mismatch', { outRefundNo, here, there: report.refundFen, status: report.status })
  if (refund.refundId === null && report.refundId !== undefined) await acceptRefund(refund, report, deps)
  if (report.status && report.status !== 'PROCESSING')
    await moveRefund(refund, report.status, report.succeededAt, deps)
}

async function moveRefund(
  refund: RefundRow,
  to: RefundStatus,
  succeededAt: string | undefined,
  { db, now, log, onRefundMoved }: RefundDeps,
): Promise<void> {
  const from = (Object.keys(refundMoves) as RefundStatus[]).filter((status) =>
    refundMoves[status].includes(to),
  )
  const hasMoved = await db.transaction(async (tx) => {
    if (!(await moveRow(tx, refund.id, from, to, succeededAt, now()))) return false
    await onRefundMoved?.(tx, { refund, to })
    return true
  })
  if (!hasMoved) return
  const line = { outRefundNo: refund.refundNo, outTradeNo: refund.orderNo, refundFee: refund.refundFen }
  if (to === 'CHANGE') log.error('refund_change', line)
  else if (to === 'SUCCESS') log.info('refund_success', line)
  else if (to === 'CLOSED') log.info('refund_closed', line)
}

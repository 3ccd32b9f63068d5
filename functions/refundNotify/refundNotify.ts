/** A refund notify: decrypted, compared, confirmed by asking back; only then anything changes. */
import { AppError } from '#shared/errors'
import {
  gatewayNamed,
  type NotifyGateway,
  type RefundHint,
  type RefundReport,
  toAppError,
} from '#shared/payment/gateway'
import {
  adoptRefund,
  findRefund,
  merchantOf,
  REFUND_QUERY_MS,
  type RefundDeps,
  type RefundRow,
  takeRefundState,
} from '#shared/payment/ledger'

/**
 * Returns when what became of the refund is durably recorded.
 *
 * @throws AppError BODY_UNREADABLE, UNAUTHORIZED (does not decrypt), PAY_REFUSED (not ours, or not confirmed),
 *   UPSTREAM_FAILED, DATABASE_UNAVAILABLE: the gateway is told FAIL and sends it again
 */
export async function takeRefundNotify(
  body: string,
  gateway: NotifyGateway,
  deps: RefundDeps,
): Promise<void> {
  const hint = gateway.readRefundNotify(body)
  const known = await findRefund(deps.db, hint.refundNo)
  if (known) mustBeAbout(known, hint, deps)
  const report = await confirm(gateway, hint, known, deps)
  const row = known ?? (await adoptRefund(report, deps))
  if (!row) throw new AppError('PAY_REFUSED', { msg: '订单不存在' })
  try {
    await takeRefundState(row, report, deps)
  } catch (error) {
    throw toAppError(error)
  }
  // Only ends are notified. While the gateway does not confirm one, it had better say so again.
  if (report.status === 'PROCESSING') throw new AppError('PAY_REFUSED', { msg: '退款未完成' })
}

function mustBeAbout(refund: RefundRow, hint: RefundHint, { merchantId, log }: RefundDeps): void {
  if (refund.merchantId !== merchantId || refund.appId !== hint.merchant.appId)
    throw new AppError('PAY_REFUSED', { msg: '商户不符' })
  const isAboutIt =
    hint.transactionId === refund.transactionId &&
    hint.refundFen === refund.refundFen &&
    hint.totalFen === refund.totalFen
  if (isAboutIt) return
  const { refundNo: outRefundNo, refundFen: here } = refund
  log.error('refund_mismatch', { outRefundNo, here, there: hint.refundFen })
  throw new AppError('PAY_REFUSED', { msg: '退款不符' })
}

async function confirm(
  { name }: NotifyGateway,
  hint: RefundHint,
  known: RefundRow | undefined,
  { refunds }: RefundDeps,
): Promise<RefundReport> {
  const merchant = known ? merchantOf(known) : hint.merchant
  const options = { deadline: Date.now() + REFUND_QUERY_MS }
  try {
    const gateway = gatewayNamed(refunds, known?.gateway ?? name)
    return await gateway.queryRefund({ merchant, refundNo: hint.refundNo }, options)
  } catch (error) {
    throw toAppError(error)
  }
}

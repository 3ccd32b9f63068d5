/** The policy for money that nobody expects any more: paid after the close, or paid twice. */
import type { Sql } from '#shared/db'
import type { PaymentFact } from '#shared/payment/gateway'
import type { MoneyWish, SettleDeps } from './deps.ts'
import type { OrderRow } from './payorder-table/index.ts'
import { RefundImpossible, requestRefund } from './refund-request.ts'
import type { Verdict } from './verdicts.ts'

/** Which payments go back, and what the payer reads beside the money. */
const reasons: Partial<Record<Verdict, string>> = { paid_late: '订单已关闭', paid_twice: '重复支付' }

/**
 * Where its order says so, or else the shop (`REFUND_LATE_PAYMENTS`), such money is put down for refund: the request commits with the
 * payment, `reconcile` hands it to the gateway. Its number is `LATE` and that of the transaction, so it is one refund.
 */
export async function requestLateRefund(
  tx: Sql,
  fact: PaymentFact,
  order: OrderRow,
  verdict: Verdict,
  wish: MoneyWish,
  { refundsLatePayments, now, log }: SettleDeps,
): Promise<void> {
  const reason = reasons[verdict]
  const goesBack = wish === 'give_back' || (wish === undefined && refundsLatePayments)
  // What is reported as REFUND is on its way back already.
  if (reason === undefined || !goesBack || fact.state !== 'SUCCESS') return
  const { transactionId = '', paidAt = null } = fact.payment ?? {}
  const payment = { transactionId, totalFen: order.amountFen, paidAt }
  const refundNo = `LATE${transactionId}`.slice(0, 64)
  const request = { refundNo, refundFen: order.amountFen, reason, origin: 'late' as const }
  try {
    await requestRefund(tx, order, payment, request, now())
  } catch (error) {
    if (!(error instanceof RefundImpossible)) throw error
    log.error('refund_impossible', { outTradeNo: order.orderNo, transactionId, reason: error.message })
  }
}

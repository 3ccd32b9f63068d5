/** Refunds that somebody made in the gateway's merchant platform: facts about orders of the shop, so they get their rows. */
import type { RefundReport } from '#shared/payment/gateway'
import type { SettleDeps } from './deps.ts'
import { findPayment } from './payments.ts'
import { lockOrder } from './payorder-table/index.ts'
import { insertRefund } from './refund-request.ts'
import type { RefundRow } from './refund-table/index.ts'

/**
 * Records a refund that the gateway has confirmed; our own limits do not apply. Its status is not taken over
 * yet.
 *
 * @returns undefined when it is about no payment of this shop; that is logged
 */
export async function adoptRefund(report: RefundReport, deps: SettleDeps): Promise<RefundRow | undefined> {
  const { refundNo, orderNo, refundFen, payment: told } = report
  const row = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, orderNo)
    const payment = order && (await findPayment(tx, order, told.transactionId ?? ''))
    if (!payment || refundFen === undefined || payment.totalFen !== told.amountFen) return undefined
    const request = { refundNo, refundFen, reason: null, origin: 'platform' as const }
    return insertRefund(tx, order, payment, request, deps.now())
  })
  const line = { outRefundNo: refundNo, outTradeNo: orderNo, refundFee: refundFen }
  deps.log.error(row ? 'refund_of_platform' : 'refund_unknown_order', line)
  return row
}

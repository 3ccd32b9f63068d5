/** Gives money back: written here first, then handed to the gateway. */
import type { Database, Sql } from '#shared/db'
import {
  findPayment,
  findRefund,
  followRefund,
  isPaid,
  lockOrder,
  type OrderRow,
  type RefundDeps,
  RefundImpossible,
  type RefundRow,
  refundedFen,
  refundNumberOf,
  requestRefund,
  submitRefund,
} from '#shared/payment/ledger'
import type { RefundInput } from './input.ts'

/**
 * Requests a refund, or continues the one that has this number: as often as it takes, it is one refund.
 *
 * @param requestId - the platform's number of this invocation: delivered twice, it is the same refund
 * @throws RefundImpossible when the order or the protocol's limits do not allow it: nothing was asked
 */
export async function refund(
  input: RefundInput,
  requestId: string,
  deps: RefundDeps & { readonly db: Database },
): Promise<RefundRow> {
  const refundNo = input.outRefundNo ?? refundNumberOf(requestId)
  const known = await findRefund(deps.db, refundNo)
  if (known) {
    checkSame(known, input)
    checkMerchant(known, deps)
    return known.status === 'SUCCESS' ? known : followRefund(known, deps)
  }
  const row = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, input.outTradeNo)
    const payment = await paymentOf(tx, order, input)
    checkMerchant(payment.order, deps)
    const refundFen = input.refundFee ?? payment.totalFen - (await refundedFen(tx, payment.transactionId))
    const request = { refundNo, refundFen, reason: input.reason, origin: 'ops' as const }
    return requestRefund(tx, payment.order, payment, request, deps.now())
  })
  return submitRefund(row, deps)
}

function checkSame(known: RefundRow, input: RefundInput): void {
  const isSame =
    known.orderNo === input.outTradeNo &&
    (input.transactionId === undefined || input.transactionId === known.transactionId) &&
    (input.refundFee === undefined || input.refundFee === known.refundFen)
  if (!isSame) throw new RefundImpossible(`out_refund_no ${known.refundNo} belongs to another refund`)
}

function checkMerchant({ merchantId, orderNo }: RefundRow | OrderRow, deps: RefundDeps): void {
  if (merchantId !== deps.merchantId)
    throw new RefundImpossible(
      `order ${orderNo} was paid to merchant ${merchantId}, which is not this shop's any more`,
    )
}

async function paymentOf(tx: Sql, order: OrderRow | undefined, { outTradeNo, transactionId }: RefundInput) {
  if (!order) throw new RefundImpossible(`there is no order ${outTradeNo.slice(0, 64)}`)
  if (!isPaid(order.state) || order.transactionId === null) {
    throw new RefundImpossible(`order ${order.orderNo} is ${order.state}, not paid`)
  }
  const payment = await findPayment(tx, order, transactionId ?? order.transactionId)
  if (!payment) throw new RefundImpossible(`order ${order.orderNo} was not paid by that transaction_id`)
  return { ...payment, order }
}

/** Gives money back: written here first, then handed to WeChat. */
import type { Database, Sql } from '#shared/db'
import {
  createRefundNumber,
  findPayment,
  findRefund,
  followRefund,
  isOpenRefund,
  isPaid,
  lockOrder,
  type OrderRow,
  type RefundDeps,
  RefundImpossible,
  type RefundRow,
  refundedFen,
  requestRefund,
  submitRefund,
} from '#shared/payment/ledger'
import type { RefundInput } from './input.ts'

/**
 * Requests a refund, or continues the one that has this number: as often as it takes, it is one refund.
 *
 * @throws RefundImpossible when the order or the protocol's limits do not allow it: nothing was asked
 */
export async function refund(input: RefundInput, deps: RefundDeps & { db: Database }): Promise<RefundRow> {
  const known = input.outRefundNo === undefined ? undefined : await findRefund(deps.db, input.outRefundNo)
  if (known) {
    checkSame(known, input)
    return isOpenRefund(known) ? followRefund(known, deps) : known
  }
  const row = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, input.outTradeNo)
    const payment = await paymentOf(tx, order, input)
    const refundFee = input.refundFee ?? payment.totalFee - (await refundedFen(tx, payment.transactionId))
    const outRefundNo = input.outRefundNo ?? createRefundNumber(deps.now())
    const request = { outRefundNo, refundFee, reason: input.reason, origin: 'ops' as const }
    return requestRefund(tx, payment.order, payment, request, deps.now())
  })
  return submitRefund(row, deps)
}

function checkSame(known: RefundRow, input: RefundInput): void {
  const isSame =
    known.out_trade_no === input.outTradeNo &&
    (input.transactionId === undefined || input.transactionId === known.transaction_id) &&
    (input.refundFee === undefined || input.refundFee === known.refund_fee)
  if (!isSame) throw new RefundImpossible(`out_refund_no ${known.out_refund_no} belongs to another refund`)
}

async function paymentOf(tx: Sql, order: OrderRow | undefined, { outTradeNo, transactionId }: RefundInput) {
  if (!order) throw new RefundImpossible(`there is no order ${outTradeNo.slice(0, 64)}`)
  if (!isPaid(order.trade_state) || order.transaction_id === null) {
    throw new RefundImpossible(`order ${order.out_trade_no} is ${order.trade_state}, not paid`)
  }
  const payment = await findPayment(tx, order, transactionId ?? order.transaction_id)
  if (!payment) throw new RefundImpossible(`order ${order.out_trade_no} was not paid by that transaction_id`)
  return { ...payment, order }
}

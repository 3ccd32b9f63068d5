/** Money of a case goes back: the ledger writes the refund in the case's transaction, `reconcile` hands it over. */
import { AppError } from '#shared/errors'
import type { LockPayment } from '#shared/ordering'
import {
  findPaidAttempt,
  findPayment,
  lockOrder,
  RefundImpossible,
  requestRefund,
} from '#shared/payment/ledger'

/**
 * Locks the payment that a business order holds. What it returns writes a refund of it.
 *
 * @throws AppError STATE_CONFLICT when the payment cannot be given back now (a minute has to pass between two refunds, a
 *   year may be over): the case stays as it was
 */
export function lockPayment({ now }: { now: () => Date }): LockPayment {
  return async (tx, shopOrderId) => {
    const orderNo = await findPaidAttempt(tx, shopOrderId)
    const order = orderNo === undefined ? undefined : await lockOrder(tx, orderNo)
    return async ({ outRefundNo, refundFen, reason }) => {
      const payment = order?.transactionId ? await findPayment(tx, order, order.transactionId) : undefined
      if (!order || !payment) throw new AppError('STATE_CONFLICT', { msg: '订单没有可以退回的付款' })
      const request = { refundNo: outRefundNo, refundFen, reason, origin: 'after_sale' as const }
      try {
        await requestRefund(tx, order, payment, request, now())
      } catch (error) {
        if (!(error instanceof RefundImpossible)) throw error
        throw new AppError('STATE_CONFLICT', { msg: '暂时不能退款，请稍后再试', cause: error })
      }
    }
  }
}

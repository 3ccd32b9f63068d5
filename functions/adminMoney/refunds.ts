/** Refunds that do not go through: tried again at once, or ended. */
import { type AdminCall, audited, writeAudit } from '#shared/admin'
import { AppError } from '#shared/errors'
import { GatewayRefused, GatewayUnreachable } from '#shared/payment/gateway'
import {
  cancelRefund,
  findRefund,
  makeDue,
  type RefundDeps,
  RefundImpossible,
  type RefundRow,
} from '#shared/payment/ledger'

const subjectOf = (action: string, refundNo: string) => ({ action, target: `refund:${refundNo}` })

/** The next run of `reconcile` hands it over again. @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT */
export function retryRefund(refundNo: string, call: AdminCall): Promise<void> {
  return audited(call, subjectOf('refund.retry', refundNo), async (tx) => {
    const refund = await findRefund(tx, refundNo)
    if (!refund) throw unknownRefund()
    if (!(await makeDue(tx, refund.id, call.now()))) throw isOver(refund)
    const { refusals, refusalCode } = refund
    return { result: undefined, before: { refusals, refusalCode } }
  })
}

/**
 * Ends a refund that WeChat Pay never took; its money is free again, and a case of it can be released again.
 *
 * @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT (WeChat Pay knows it, or it is over), UPSTREAM_FAILED
 */
export async function endRefund(refundNo: string, call: AdminCall, deps: RefundDeps): Promise<RefundRow> {
  const refund = await findRefund(call.db, refundNo)
  if (!refund) throw unknownRefund()
  try {
    return await cancelRefund(refundNo, deps, (tx, { status, refundFen }) =>
      writeAudit(tx, call, subjectOf('refund.cancel', refundNo), {
        before: { status, refund_fen: refundFen },
        after: { status: 'CLOSED' },
      }),
    )
  } catch (error) {
    if (error instanceof RefundImpossible)
      throw new AppError('STATE_CONFLICT', { msg: '微信支付已受理或退款已结束，不能取消', cause: error })
    if (error instanceof GatewayRefused || error instanceof GatewayUnreachable)
      throw new AppError('UPSTREAM_FAILED', { cause: error })
    throw error
  }
}

function unknownRefund(): AppError {
  return new AppError('RECORD_NOT_FOUND', { msg: '退款不存在' })
}

function isOver({ status }: RefundRow): AppError {
  return new AppError('STATE_CONFLICT', { msg: '退款已结束', data: { state: status } })
}

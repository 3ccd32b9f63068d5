/** Ending a refund that can never be: ops say so, and the gateway must not know it. */
import type { Sql } from '#shared/db'
import { GatewayRefused, gatewayNamed } from '#shared/payment/gateway'
import type { RefundDeps } from './deps.ts'
import { merchantOf } from './orders.ts'
import { RefundImpossible } from './refund-request.ts'
import { cancelRow, findRefund, type RefundRow } from './refund-table/index.ts'
import { takeRefundState } from './refunds.ts'

/**
 * Closes a refund that waits to be handed over; its money is free again. One of an earlier merchant, whom nobody can be
 * asked about, is closed on the word of ops alone.
 * An after-sale case whose money it was can be released again.
 *
 * @param note - what is written in the same transaction
 * @throws RefundImpossible when there is no such refund, or the gateway knows it: then it goes on
 * @throws GatewayRefused, GatewayUnreachable when the gateway could not be asked
 */
export async function cancelRefund(
  refundNo: string,
  deps: RefundDeps,
  note?: (tx: Sql, refund: RefundRow) => Promise<void>,
): Promise<RefundRow> {
  const refund = await findRefund(deps.db, refundNo)
  if (!refund) throw new RefundImpossible(`there is no refund ${refundNo}`)
  if (refund.status === 'CLOSED') return refund
  if (refund.status !== 'PROCESSING') throw new RefundImpossible(`refund ${refundNo} is ${refund.status}`)
  const isKnown = refund.merchantId === deps.merchantId && (await isKnownThere(refund, deps))
  if (isKnown || !(await close(refund, deps, note)))
    throw new RefundImpossible(`the gateway has accepted refund ${refundNo}: it cannot be cancelled`)
  deps.log.warn('refund_cancelled', { outRefundNo: refundNo, refundFee: refund.refundFen })
  return (await findRefund(deps.db, refundNo)) ?? refund
}

function close(
  refund: RefundRow,
  { db, now, onRefundMoved }: RefundDeps,
  note: ((tx: Sql, refund: RefundRow) => Promise<void>) | undefined,
): Promise<boolean> {
  return db.transaction(async (tx) => {
    if (!(await cancelRow(tx, refund.id, now()))) return false
    await note?.(tx, refund)
    await onRefundMoved?.(tx, { refund, to: 'CLOSED' })
    return true
  })
}

async function isKnownThere(refund: RefundRow, deps: RefundDeps): Promise<boolean> {
  try {
    const gateway = gatewayNamed(deps.refunds, refund.gateway)
    const report = await gateway.queryRefund({ merchant: merchantOf(refund), refundNo: refund.refundNo })
    await takeRefundState(refund, report, deps)
    return true
  } catch (error) {
    if (error instanceof GatewayRefused && error.reason === 'unknown_refund') return false
    throw error
  }
}

/** Writes refunds down and moves them from status to status. */
import { marks, type Sql } from '#shared/db'
import type { RefundStatus } from '#shared/payment/gateway'
import type { RefundOrigin } from './row.ts'

export interface NewRefund {
  orderId: number
  orderNo: string
  transactionId: string
  refundNo: string
  totalFen: number
  refundFen: number
  reason: string | null
  origin: RefundOrigin
}

/** Writes a refund; does nothing where its number is taken. */
export async function insertRefundRow(tx: Sql, refund: NewRefund, now: Date): Promise<void> {
  await tx.run(
    `/* refund.insert */ INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, total_fee, refund_fee,
       reason, origin, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE id = id`,
    [
      refund.orderId,
      refund.orderNo,
      refund.transactionId,
      refund.refundNo,
      refund.totalFen,
      refund.refundFen,
      refund.reason,
      refund.origin,
      now,
      now,
    ],
  )
}

/** Notes that the gateway has accepted a refund. One that was closed here without its word goes on. */
export async function acceptRow(
  sql: Sql,
  id: number,
  refundId: string | undefined,
  now: Date,
): Promise<void> {
  await sql.run(
    `/* refund.accept */ UPDATE refund SET status = IF(status = 'CLOSED' AND refund_id IS NULL, 'PROCESSING', status),
       refund_id = ?, accepted_at = COALESCE(accepted_at, ?), err_code = NULL, err_code_des = NULL, refusals = 0,
       updated_at = ? WHERE id = ?`,
    [refundId?.slice(0, 50) ?? null, now, now, id],
  )
}

/** Notes why a refund was not taken, and when to try again. */
export async function noteRefusal(
  sql: Sql,
  id: number,
  refusal: { code: string; text: string; refusals: number; dueAt: Date | null },
  now: Date,
): Promise<void> {
  await sql.run(
    `/* refund.noteRefusal */ UPDATE refund SET err_code = ?, err_code_des = ?, refusals = ?, due_at = ?, updated_at = ?
     WHERE id = ?`,
    [refusal.code.slice(0, 32), refusal.text.slice(0, 256), refusal.refusals, refusal.dueAt, now, id],
  )
}

/**
 * Moves a refund to another status.
 *
 * @returns false when it is in none of `from`
 */
export async function moveRow(
  sql: Sql,
  id: number,
  from: readonly RefundStatus[],
  to: RefundStatus,
  succeededAt: string | undefined,
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* refund.move */ UPDATE refund SET status = ?, success_time = ?, updated_at = ?
     WHERE id = ? AND status IN (${marks(from)})`,
    [to, succeededAt?.slice(0, 32) ?? null, now, id, ...from],
  )
  return affectedRows > 0
}

/**
 * Ends a refund that the gateway has not accepted.
 *
 * @returns false when it has, or the refund is not waiting any more
 */
export async function cancelRow(sql: Sql, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* refund.cancel */ UPDATE refund SET status = 'CLOSED', updated_at = ?
     WHERE id = ? AND status = 'PROCESSING' AND refund_id IS NULL`,
    [now, id],
  )
  return affectedRows > 0
}

/** The next run of `reconcile` hands the refund over or asks about it. @returns false when it is over */
export async function makeDue(tx: Sql, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await tx.run(
    `/* refund.makeDue */ UPDATE refund SET due_at = NULL, updated_at = ?
     WHERE id = ? AND (status = 'PROCESSING' OR (status = 'CHANGE' AND refund_id IS NOT NULL))`,
    [now, id],
  )
  return affectedRows === 1
}

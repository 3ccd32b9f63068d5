/** Finds refunds, and adds up what was given back. */
import { marks, type Sql } from '#shared/db'
import type { RefundStatus } from '#shared/payment/gateway'
import { type RefundRow, selected } from './row.ts'

/** The refund with this number, regardless of who asked for it. */
export function findRefund(sql: Sql, refundNo: string): Promise<RefundRow | undefined> {
  return sql.row<RefundRow>(`/* refund.find */ SELECT ${selected} WHERE refund.out_refund_no = ?`, [refundNo])
}

/** What was given back of a payment, or is on its way, in fen. */
export async function refundedFen(sql: Sql, transactionId: string): Promise<number> {
  const row = await sql.row<{ fen: number }>(
    `/* refund.sum */ SELECT CAST(COALESCE(SUM(refund_fee), 0) AS SIGNED) AS fen FROM refund
     WHERE transaction_id = ? AND status <> 'CLOSED'`,
    [transactionId],
  )
  return row?.fen ?? 0
}

export interface EarlierRefund {
  refundFen: number
  status: RefundStatus
  requestedAt: Date
}

/** The refunds of a payment that the gateway counts, oldest first: also closed ones that it has once accepted. */
export function readEarlier(tx: Sql, transactionId: string): Promise<EarlierRefund[]> {
  return tx.rows(
    `/* refund.readEarlier */ SELECT refund_fee AS refundFen, status, COALESCE(accepted_at, created_at) AS requestedAt
     FROM refund WHERE transaction_id = ? AND (status <> 'CLOSED' OR refund_id IS NOT NULL)
     ORDER BY requestedAt, id`,
    [transactionId],
  )
}

/** The refunds of an order, oldest first. */
export function readRefundsOf(
  sql: Sql,
  orderId: number,
  limit: number,
): Promise<{ refundFen: number; status: RefundStatus; createdAt: Date }[]> {
  return sql.rows(
    `/* refund.readOfOrder */ SELECT refund_fee AS refundFen, status, created_at AS createdAt FROM refund
     WHERE order_id = ? ORDER BY id LIMIT ${Math.trunc(limit)}`,
    [orderId],
  )
}

/** What was given back of the payment that each of these orders holds. */
export function sumRefunds(
  sql: Sql,
  orderIds: readonly number[],
): Promise<{ orderId: number; refundFen: number }[]> {
  return sql.rows(
    `/* refund.sumOfOrders */ SELECT order_id AS orderId, CAST(SUM(refund.refund_fee) AS SIGNED) AS refundFen
     FROM refund JOIN payorder ON payorder.id = refund.order_id AND payorder.transaction_id = refund.transaction_id
     WHERE order_id IN (${marks(orderIds)}) AND refund.status <> 'CLOSED' GROUP BY order_id`,
    [...orderIds],
  )
}

/**
 * One page of the refunds that a person has to look at, newest first: those that the gateway refused and has not taken
 * since, or those whose payer's account is gone.
 */
export function listTroubled(
  sql: Sql,
  input: { status: 'PROCESSING' | 'CHANGE'; beforeId: number | undefined; limit: number },
): Promise<RefundRow[]> {
  const { status, beforeId, limit } = input
  return sql.rows<RefundRow>(
    `/* refund.listTroubled */ SELECT ${selected.replace('FROM refund', 'FROM refund FORCE INDEX (refund_by_status)')}
     WHERE refund.status = ? ${status === 'PROCESSING' ? 'AND refund.err_code IS NOT NULL' : ''}
     ${beforeId === undefined ? '' : 'AND refund.id < ?'} ORDER BY refund.id DESC LIMIT ${Math.trunc(limit)}`,
    [status, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** Refunds as they are asked for: written here, before WeChat hears of them. */
import { randomInt } from 'node:crypto'
import type { Sql } from '#shared/db'
import { beijingDigits, parseBeijing } from '#shared/time'
import type { OrderRow } from './orders.ts'

/**
 * - `PROCESSING`: written here; with a `refund_id` WeChat has accepted it
 * - `SUCCESS`: the payer has the money; `CLOSED`: the money stays with the shop
 * - `CHANGE`: the payer's account cannot take it; somebody has to arrange it by hand
 */
export type RefundStatus = 'PROCESSING' | 'SUCCESS' | 'CHANGE' | 'CLOSED'

export interface RefundRow {
  id: number
  order_id: number
  out_trade_no: string
  transaction_id: string
  out_refund_no: string
  refund_id: string | null
  /** Fen: what the payer paid in that transaction. */
  total_fee: number
  /** Fen. */
  refund_fee: number
  reason: string | null
  origin: RefundOrigin
  status: RefundStatus
  err_code: string | null
  err_code_des: string | null
  success_time: string | null
  created_at: Date
}

/** Who wanted it: ops, the rule for late payments, or somebody in WeChat's merchant platform. */
export type RefundOrigin = 'ops' | 'late' | 'platform'

/** The columns of a `RefundRow`. */
export const refundColumns = `id, order_id, out_trade_no, transaction_id, out_refund_no, refund_id, total_fee, refund_fee,
  reason, origin, status, err_code, err_code_des, success_time, created_at`

/** The refund of this number, whoever asked for it. */
export function findRefund(sql: Sql, outRefundNo: string): Promise<RefundRow | undefined> {
  return sql.row<RefundRow>(`SELECT ${refundColumns} FROM refund WHERE out_refund_no = ?`, [outRefundNo])
}

/** The protocol's limits, and why a refund cannot be: in words for ops. */
export class RefundImpossible extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'RefundImpossible'
  }
}

/** The protocol's limits (申请退款). */
export const MAX_REFUNDS = 50
export const REFUND_PERIOD_MS = 365 * 86_400_000
export const REFUND_PAUSE_MS = 60_000

export interface RefundRequest {
  outRefundNo: string
  refundFee: number
  reason: string | null
  origin: RefundOrigin
}

/** Which payment is given back: the order's own, or one that came twice. */
export interface Payment {
  transactionId: string
  totalFee: number
  /** `yyyyMMddHHmmss`, Beijing time. */
  timeEnd: string | null
}

/** `RF`, then Beijing time to the millisecond and ten random digits. */
export function createRefundNumber(moment: Date): string {
  return `RF${beijingDigits(moment)}${String(randomInt(1e10)).padStart(10, '0')}`
}

/**
 * Writes the request for a refund while the order's row is locked, so that two at once see each other. The same
 * number again returns the row that is there.
 *
 * @param tx - in which `order` was locked
 * @throws RefundImpossible when the protocol would refuse it: sum, number, period, pause, or another refund has
 *   this number
 */
export async function requestRefund(
  tx: Sql,
  order: OrderRow,
  payment: Payment,
  request: RefundRequest,
  now: Date,
): Promise<RefundRow> {
  const known = await findRefund(tx, request.outRefundNo)
  if (known) {
    const isSame = known.transaction_id === payment.transactionId && known.refund_fee === request.refundFee
    if (!isSame) throw new RefundImpossible(`out_refund_no ${request.outRefundNo} belongs to another refund`)
    return known
  }
  await checkLimits(tx, payment, request, now)
  return insertRefund(tx, order, payment, request, now)
}

/**
 * Writes a refund without asking whether it may be.
 *
 * @throws RefundImpossible when another refund has this number
 */
export async function insertRefund(
  tx: Sql,
  order: OrderRow,
  payment: Payment,
  request: RefundRequest,
  now: Date,
): Promise<RefundRow> {
  await tx.run(
    `INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, total_fee, refund_fee, reason, origin,
       created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE id = id`,
    [
      order.id,
      order.out_trade_no,
      payment.transactionId,
      request.outRefundNo,
      payment.totalFee,
      request.refundFee,
      request.reason,
      request.origin,
      now,
      now,
    ],
  )
  const row = await findRefund(tx, request.outRefundNo)
  if (!row) throw new Error(`refund ${request.outRefundNo} is gone`)
  if (row.transaction_id !== payment.transactionId || row.refund_fee !== request.refundFee) {
    throw new RefundImpossible(`out_refund_no ${request.outRefundNo} belongs to another refund`)
  }
  return row
}

/** What was given back of a payment, or is on its way, in fen. */
export async function refundedFen(sql: Sql, transactionId: string): Promise<number> {
  const row = await sql.row<{ fen: number }>(
    `SELECT CAST(COALESCE(SUM(refund_fee), 0) AS SIGNED) AS fen FROM refund
     WHERE transaction_id = ? AND status <> 'CLOSED'`,
    [transactionId],
  )
  return row?.fen ?? 0
}

async function checkLimits(tx: Sql, payment: Payment, request: RefundRequest, now: Date): Promise<void> {
  // One that was closed gives its money free, but WeChat counts each that it has once accepted.
  const earlier = await tx.rows<{ refund_fee: number; status: RefundStatus; asked_at: Date }>(
    `SELECT refund_fee, status, COALESCE(accepted_at, created_at) AS asked_at FROM refund
     WHERE transaction_id = ? AND (status <> 'CLOSED' OR refund_id IS NOT NULL) ORDER BY asked_at, id`,
    [payment.transactionId],
  )
  const refunded = earlier.reduce(
    (sum, { status, refund_fee }) => (status === 'CLOSED' ? sum : sum + refund_fee),
    0,
  )
  if (request.refundFee < 1) throw new RefundImpossible('nothing is left to refund')
  if (refunded + request.refundFee > payment.totalFee) {
    throw new RefundImpossible(
      `only ${payment.totalFee - refunded} of ${payment.totalFee} fen can still be refunded`,
    )
  }
  if (earlier.length >= MAX_REFUNDS)
    throw new RefundImpossible(`an order can be refunded in ${MAX_REFUNDS} parts at most`)
  const paidAt = parseBeijing(payment.timeEnd)
  if (paidAt && now.getTime() - paidAt.getTime() > REFUND_PERIOD_MS) {
    throw new RefundImpossible('the payment is more than a year old')
  }
  const last = earlier.at(-1)
  if (last && now.getTime() - last.asked_at.getTime() < REFUND_PAUSE_MS) {
    throw new RefundImpossible('a refund of this order was asked for less than a minute ago')
  }
}

/** Refunds as they are asked for: written here, before the gateway hears of them. */
import { createHash } from 'node:crypto'
import type { Sql } from '#shared/db'
import { parseBeijing } from '#shared/time'
import { MAX_REFUNDS, REFUND_PAUSE_MS, REFUND_PERIOD_MS } from './lifetimes.ts'
import type { Payment } from './payments.ts'
import type { OrderRow } from './payorder-table/index.ts'
import {
  findRefund,
  insertRefundRow,
  type RefundOrigin,
  type RefundRow,
  readEarlier,
} from './refund-table/index.ts'

/** The protocol's limits, and why a refund cannot be: in words for ops. */
export class RefundImpossible extends Error {
  constructor(reason: string) {
    super(reason)
    this.name = 'RefundImpossible'
  }
}

export interface RefundRequest {
  refundNo: string
  refundFen: number
  reason: string | null
  origin: RefundOrigin
}

/** `RF` and 32 hex digits: the number of the refund that an invocation asks for. The platform may deliver the same one twice. */
export function refundNumberOf(requestId: string): string {
  return `RF${createHash('sha256').update(requestId).digest('hex').slice(0, 32)}`
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
  const known = await findRefund(tx, request.refundNo)
  if (known) return sameRefund(known, payment, request)
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
  await insertRefundRow(
    tx,
    {
      orderId: order.id,
      orderNo: order.orderNo,
      transactionId: payment.transactionId,
      refundNo: request.refundNo,
      totalFen: payment.totalFen,
      refundFen: request.refundFen,
      reason: request.reason,
      origin: request.origin,
    },
    now,
  )
  const row = await findRefund(tx, request.refundNo)
  if (!row) throw new Error(`refund ${request.refundNo} is gone`)
  return sameRefund(row, payment, request)
}

function sameRefund(row: RefundRow, payment: Payment, request: RefundRequest): RefundRow {
  if (row.transactionId === payment.transactionId && row.refundFen === request.refundFen) return row
  throw new RefundImpossible(`the number ${request.refundNo} belongs to another refund`)
}

async function checkLimits(tx: Sql, payment: Payment, request: RefundRequest, now: Date): Promise<void> {
  // One that was closed gives its money free, but the gateway counts each that it has once accepted.
  const earlier = await readEarlier(tx, payment.transactionId)
  const refunded = earlier.reduce(
    (sum, { status, refundFen }) => (status === 'CLOSED' ? sum : sum + refundFen),
    0,
  )
  if (request.refundFen < 1) throw new RefundImpossible('nothing is left to refund')
  if (refunded + request.refundFen > payment.totalFen) {
    throw new RefundImpossible(
      `only ${payment.totalFen - refunded} of ${payment.totalFen} fen can still be refunded`,
    )
  }
  if (earlier.length >= MAX_REFUNDS)
    throw new RefundImpossible(`an order can be refunded in ${MAX_REFUNDS} parts at most`)
  const paidAt = parseBeijing(payment.paidAt)
  if (paidAt && now.getTime() - paidAt.getTime() > REFUND_PERIOD_MS)
    throw new RefundImpossible('the payment is more than a year old')
  const last = earlier.at(-1)
  if (last && now.getTime() - last.requestedAt.getTime() < REFUND_PAUSE_MS)
    throw new RefundImpossible('a refund of this order was asked for less than a minute ago')
}

/** `payment_event`: every verified fact about a payment, and what became of it. */
import type { Sql } from '#shared/db'
import type { FactSource, TradeState } from '#shared/payment/gateway'
import type { Verdict } from './verdicts.ts'

export interface EventRow {
  /** Two reports with the same key are the same fact. */
  key: string
  source: FactSource
  orderNo: string
  transactionId: string | null
  state: TradeState
  amountFen: number | null
  currency: string | null
  /** `yyyyMMddHHmmss`, Beijing time. */
  paidAt: string | null
  verdict: Verdict
  before: TradeState | null
  after: TradeState | null
  /** The gateway's own words, as JSON. */
  fields: string
}

/**
 * Writes a fact down; reported again it only counts. What became of it is what became of it first, unless a
 * repetition changed something.
 */
export async function insertEvent(tx: Sql, event: EventRow, now: Date): Promise<void> {
  await tx.run(
    `/* payment_event.insert */ INSERT INTO payment_event (event_key, source, out_trade_no, transaction_id, trade_state,
       total_fee, fee_type, time_end, verdict, state_before, state_after, fields, first_at, last_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE times = times + 1, last_at = VALUES(last_at),
       state_after = IF(VALUES(verdict) IN ('repeated', 'stale'), state_after, VALUES(state_after)),
       verdict = IF(VALUES(verdict) IN ('repeated', 'stale'), verdict, VALUES(verdict))`,
    [
      event.key,
      event.source,
      event.orderNo.slice(0, 64),
      event.transactionId?.slice(0, 64) || null,
      event.state,
      event.amountFen,
      event.currency?.slice(0, 16) || null,
      event.paidAt?.slice(0, 50) || null,
      event.verdict,
      event.before,
      event.after,
      event.fields,
      now,
      now,
    ],
  )
}

/** A second payment of an order, as the journal knows it. */
export function findSecondPayment(
  sql: Sql,
  orderNo: string,
  transactionId: string,
): Promise<{ amountFen: number | null; paidAt: string | null } | undefined> {
  return sql.row(
    `/* payment_event.findSecond */ SELECT total_fee AS amountFen, time_end AS paidAt FROM payment_event
     WHERE out_trade_no = ? AND transaction_id = ? AND verdict = 'paid_twice' ORDER BY id LIMIT 1`,
    [orderNo, transactionId],
  )
}

/** Reports of payments that came on top of an order's own, oldest first. */
export function listSecondPayments(
  sql: Sql,
  orderNo: string,
): Promise<{ transactionId: string; amountFen: number | null; paidAt: string | null }[]> {
  return sql.rows(
    `/* payment_event.listSecond */ SELECT transaction_id AS transactionId, total_fee AS amountFen, time_end AS paidAt
     FROM payment_event WHERE out_trade_no = ? AND verdict = 'paid_twice' AND transaction_id IS NOT NULL ORDER BY id LIMIT 100`,
    [orderNo],
  )
}

/** The facts that moved an order, oldest first. */
export function readMoves(
  sql: Sql,
  orderNo: string,
  limit: number,
): Promise<{ verdict: Verdict; firstAt: Date }[]> {
  return sql.rows(
    `/* payment_event.readMoves */ SELECT verdict, first_at AS firstAt FROM payment_event
     WHERE out_trade_no = ? AND verdict IN ('settled', 'paid_late', 'closed')
     ORDER BY first_at, id LIMIT ${Math.trunc(limit)}`,
    [orderNo],
  )
}

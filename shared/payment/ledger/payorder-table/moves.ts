/** Moves an order from state to state and writes its payment: what a fact changes. */
import { isDuplicateKey, type Sql, type SqlValue } from '#shared/db'
import type { ReportedPayment, TradeState } from '#shared/payment/gateway'
import type { OrderRow } from './row.ts'

interface Move {
  from: TradeState
  to: TradeState
  stateText: string | undefined
  attention: string | null
}

/** Moves a locked order from one state to another. @throws Error when it is not in the first one */
export async function moveOrder(tx: Sql, order: OrderRow, move: Move, now: Date): Promise<void> {
  const { affectedRows } = await tx.run(
    `/* payorder.move */ UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ?, updated_at = ?
     WHERE id = ? AND trade_state = ?`,
    [move.to, cut(move.stateText, 256), move.attention, now, order.id, move.from],
  )
  if (affectedRows !== 1) throw new Error(`order ${order.orderNo} changed while it was locked`)
}

/** Takes a move back that the same transaction made. */
export async function undoMove(tx: Sql, order: OrderRow): Promise<void> {
  await tx.run(
    '/* payorder.undoMove */ UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ? WHERE id = ?',
    [order.state, order.stateText, order.attention, order.id],
  )
}

/**
 * Writes the payment into its order.
 *
 * @returns false when another order holds this transaction
 */
export async function writePayment(tx: Sql, id: number, payment: ReportedPayment): Promise<boolean> {
  const values: SqlValue[] = [
    cut(payment.transactionId, 50),
    cut(payment.paidAt, 50),
    payment.cashFen ?? null,
    cut(payment.bankType, 50),
    cut(payment.currency, 50) ?? 'CNY',
    cut(payment.payerId, 128),
    cut(payment.isSubscribed, 50),
    payment.couponFen ?? null,
    payment.settlementFen ?? null,
    id,
  ]
  try {
    await tx.run(
      `/* payorder.writePayment */ UPDATE payorder SET transaction_id = ?, time_end = ?, cash_fee = ?, bank_type = ?,
         fee_type = ?, openid = ?, is_subscribe = ?, coupon_fee = ?, settlement_total_fee = ?
       WHERE id = ?`,
      values,
    )
    return true
  } catch (error) {
    if (isDuplicateKey(error, 'payorder_transaction_id')) return false
    throw error
  }
}

/** Fills in what an earlier report of the same payment left out. */
export async function completePayment(tx: Sql, id: number, payment: ReportedPayment): Promise<void> {
  await tx.run(
    `/* payorder.completePayment */ UPDATE payorder SET time_end = COALESCE(time_end, ?), cash_fee = COALESCE(cash_fee, ?),
       bank_type = COALESCE(bank_type, ?), openid = COALESCE(openid, ?)
     WHERE id = ?`,
    [
      cut(payment.paidAt, 50),
      payment.cashFen ?? null,
      cut(payment.bankType, 50),
      cut(payment.payerId, 128),
      id,
    ],
  )
}

function cut(value: string | undefined, max: number): string | null {
  return value === undefined || value === '' ? null : value.slice(0, max)
}

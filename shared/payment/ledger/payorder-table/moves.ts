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

/**
 * Moves a locked order and writes the payment that it holds from now on, in one statement: both or neither.
 *
 * @returns false when another order holds this transaction; nothing has changed then
 * @throws Error when the order is not in the state it comes from
 */
export async function payOrder(
  tx: Sql,
  order: OrderRow,
  move: Move,
  payment: ReportedPayment,
  now: Date,
): Promise<boolean> {
  const values: SqlValue[] = [
    move.to,
    cut(move.stateText, 256),
    move.attention,
    now,
    cut(payment.transactionId, 50),
    cut(payment.paidAt, 50),
    payment.cashFen ?? null,
    cut(payment.bankType, 50),
    cut(payment.currency, 50) ?? 'CNY',
    cut(payment.payerId, 128),
    cut(payment.isSubscribed, 50),
    payment.couponFen ?? null,
    payment.settlementFen ?? null,
    order.id,
    move.from,
  ]
  try {
    const { affectedRows } = await tx.run(
      `/* payorder.pay */ UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ?, updated_at = ?,
         transaction_id = ?, time_end = ?, cash_fee = ?, bank_type = ?, fee_type = ?, openid = ?, is_subscribe = ?,
         coupon_fee = ?, settlement_total_fee = ?
       WHERE id = ? AND trade_state = ?`,
      values,
    )
    if (affectedRows !== 1) throw new Error(`order ${order.orderNo} changed while it was locked`)
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

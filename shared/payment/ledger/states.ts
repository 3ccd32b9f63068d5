/** The states of a payment, and what a verified fact does in each of them. docs/payments.md draws the same table. */

import type { TradeState } from '#shared/payment/gateway'

export type { TradeState }

/**
 * What became of a fact.
 * - `settled`: the order is paid now; `paid_late`: paid after it was closed, kept and flagged
 * - `closed`, `refunding`, `noted`: another state was reached
 * - `repeated`: known already; `stale`: older than what is known, changes nothing
 */
export type Move = 'settled' | 'paid_late' | 'closed' | 'refunding' | 'noted' | 'repeated' | 'stale'

interface Transition {
  readonly to: TradeState
  readonly move: Move
}

type Row = Readonly<Record<TradeState, Transition>>

const unpaid = (self: TradeState): Row => ({
  NOTPAY: { to: 'NOTPAY', move: self === 'NOTPAY' ? 'repeated' : 'noted' },
  USERPAYING: { to: 'USERPAYING', move: self === 'USERPAYING' ? 'repeated' : 'noted' },
  PAYERROR: { to: 'PAYERROR', move: self === 'PAYERROR' ? 'repeated' : 'noted' },
  SUCCESS: { to: 'SUCCESS', move: 'settled' },
  CLOSED: { to: 'CLOSED', move: 'closed' },
  REVOKED: { to: 'REVOKED', move: 'closed' },
  // A refund proves a payment that was never reported to us.
  REFUND: { to: 'REFUND', move: 'settled' },
})

const ended = (self: 'CLOSED' | 'REVOKED'): Row => ({
  NOTPAY: { to: self, move: 'stale' },
  USERPAYING: { to: self, move: 'stale' },
  PAYERROR: { to: self, move: 'stale' },
  // The payer can win the race against a close. The money is there: it is kept, never dropped.
  SUCCESS: { to: 'SUCCESS', move: 'paid_late' },
  CLOSED: { to: self, move: self === 'CLOSED' ? 'repeated' : 'stale' },
  REVOKED: { to: self, move: self === 'REVOKED' ? 'repeated' : 'stale' },
  REFUND: { to: 'REFUND', move: 'paid_late' },
})

const paid = (self: 'SUCCESS' | 'REFUND'): Row => ({
  NOTPAY: { to: self, move: 'stale' },
  USERPAYING: { to: self, move: 'stale' },
  PAYERROR: { to: self, move: 'stale' },
  SUCCESS: { to: self, move: self === 'SUCCESS' ? 'repeated' : 'stale' },
  CLOSED: { to: self, move: 'stale' },
  REVOKED: { to: self, move: 'stale' },
  REFUND: { to: 'REFUND', move: self === 'REFUND' ? 'repeated' : 'refunding' },
})

/** `transitions[present state][state that the fact tells]`. */
export const transitions: Readonly<Record<TradeState, Row>> = {
  NOTPAY: unpaid('NOTPAY'),
  USERPAYING: unpaid('USERPAYING'),
  PAYERROR: unpaid('PAYERROR'),
  SUCCESS: paid('SUCCESS'),
  CLOSED: ended('CLOSED'),
  REVOKED: ended('REVOKED'),
  REFUND: paid('REFUND'),
}

/** The states in which the gateway has to be asked: nothing is decided yet. */
export const openStates = ['NOTPAY', 'USERPAYING', 'PAYERROR'] as const satisfies readonly TradeState[]

/** Is nothing decided yet? */
export function isOpen(state: TradeState): boolean {
  return (openStates as readonly TradeState[]).includes(state)
}

/** Was money received, whether or not some of it went back? */
export function isPaid(state: TradeState): boolean {
  return state === 'SUCCESS' || state === 'REFUND'
}

/** What a shopper reads when the gateway did not send its own words. */
export const stateText: Readonly<Record<TradeState, string>> = {
  NOTPAY: '订单未支付',
  USERPAYING: '用户支付中',
  PAYERROR: '支付失败',
  SUCCESS: '支付成功',
  CLOSED: '订单已关闭',
  REVOKED: '订单已撤销',
  REFUND: '转入退款',
}

/** Is a fact true of this order? */
import type { Merchant, PaymentFact } from '#shared/payment/gateway'
import type { OrderRow } from './payorder-table/index.ts'
import { isPaid, transitions } from './states.ts'
import type { Verdict } from './verdicts.ts'

/**
 * Compares a fact with its order. The merchant must be ours, for its key proved the fact; the app must be the order's:
 * the shop may have changed its own since.
 *
 * @param ours - the app and the merchant that the shop is now
 */
export function judge(fact: PaymentFact, order: OrderRow | undefined, ours: Merchant): Verdict {
  const { merchant, payment } = fact
  if (fact.isFailure) return 'not_paid'
  if (merchant.merchantId !== ours.merchantId) return 'other_merchant'
  if (!order) return merchant.appId === ours.appId ? 'unknown_order' : 'other_merchant'
  if (order.merchantId !== merchant.merchantId || order.appId !== merchant.appId) return 'other_merchant'
  if (isPaid(fact.state)) {
    if (payment?.currency !== undefined && payment.currency !== 'CNY') return 'wrong_currency'
    if (payment?.amountFen === undefined && fact.state === 'REFUND') return 'amount_unknown'
    if (payment?.amountFen !== order.amountFen) return 'wrong_amount'
    if (payment.transactionId === undefined) return 'no_transaction_id'
    if (isPaid(order.state) && order.transactionId !== payment.transactionId) {
      // The Koa shop called orders paid without keeping the payment: this is the one, not a second one.
      return order.transactionId === null ? 'settled' : 'paid_twice'
    }
  }
  return transitions[order.state][fact.state].move
}

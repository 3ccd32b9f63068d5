/**
 * The one place that moves the state of a payment. Every source of news about one (notify, query, reconcile, close,
 * refund, bill) reports it here, after it was verified.
 */
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import type { PaymentFact } from '#shared/payment/gateway'
import type { MoneyWish, SettleDeps } from './deps.ts'
import { type Journalled, journal } from './journal.ts'
import { judge } from './judge.ts'
import { requestLateRefund } from './late-payments.ts'
import { findSecondPayment } from './payment-event-table.ts'
import {
  completePayment,
  flagOrder,
  lockOrder,
  moveOrder,
  type OrderRow,
  payOrder,
} from './payorder-table/index.ts'
import { isPaid, transitions } from './states.ts'
import { isRecorded, logEventOf, type Verdict } from './verdicts.ts'

/**
 * Compares the fact with the order (merchant, amount, currency), moves the order along the transition table with
 * one conditional UPDATE, and writes the journal, in one short transaction. It has committed when this returns.
 *
 * @throws AppError DATABASE_UNAVAILABLE also when the row stays locked
 */
export async function settle(fact: PaymentFact, deps: SettleDeps): Promise<Verdict> {
  const { verdict, order } = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, fact.orderNo)
    const judged = judge(fact, order, deps)
    const verdict = order ? await apply(tx, fact, order, judged, deps.now()) : judged
    const step = stepOf(fact, verdict, order)
    // That an unpaid order is still unpaid is no news, and a payer's page asks every few seconds.
    const isNews = isPaid(fact.state) || verdict !== 'repeated' || fact.source === 'notify'
    if (isNews) await journal(tx, { fact, verdict, ...step }, deps.now())
    if (order) {
      const wish = await reportMove(tx, { order, verdict, fact, ...step }, deps)
      await requestLateRefund(tx, fact, order, verdict, wish, deps)
    }
    return { verdict, order }
  })
  report(fact, verdict, order, deps.log)
  return verdict
}

/** The order's owner is notified before the commit. */
async function reportMove(
  tx: Sql,
  { order, verdict, fact, before, after }: Journalled & { order: OrderRow },
  { onOrderMoved }: SettleDeps,
): Promise<MoneyWish> {
  if (!onOrderMoved || before === null || after === null) return undefined
  if (before === after && verdict !== 'paid_twice') return undefined
  return onOrderMoved(tx, { order, before, after, verdict, fact })
}

/** From which state to which the fact led the order; nowhere when there is none. */
function stepOf(
  fact: PaymentFact,
  verdict: Verdict,
  order: OrderRow | undefined,
): Pick<Journalled, 'before' | 'after'> {
  if (!order) return { before: null, after: null }
  const { state: before } = order
  const moves = isRecorded(verdict) && verdict !== 'paid_twice'
  return { before, after: moves ? transitions[before][fact.state].to : before }
}

/** Writes what the verdict says into the order; only a reused transaction can still change the verdict. */
async function apply(
  tx: Sql,
  fact: PaymentFact,
  order: OrderRow,
  verdict: Verdict,
  now: Date,
): Promise<Verdict> {
  if (!isRecorded(verdict)) return verdict
  if (verdict === 'paid_twice') {
    // Once: what ops have cleared does not come back because the gateway repeats itself.
    const known = await findSecondPayment(tx, order.orderNo, fact.payment?.transactionId ?? '')
    if (!known) await flagOrder(tx, order.id, 'PAID_TWICE', now)
    return verdict
  }
  const { to } = transitions[order.state][fact.state]
  const payment = isPaid(fact.state) ? fact.payment : undefined
  const isFirstPayment = payment !== undefined && order.transactionId === null
  const attention = verdict === 'paid_late' ? 'PAID_AFTER_CLOSE' : order.attention
  const move = { from: order.state, to, stateText: fact.stateText, attention }
  // Another order may hold this transaction: then this one stays as it is, and the journal's row remains.
  if (isFirstPayment) return (await payOrder(tx, order, move, payment, now)) ? verdict : 'transaction_reused'
  if (to !== order.state) await moveOrder(tx, order, move, now)
  if (payment && order.paidAt === null && payment.paidAt !== undefined)
    await completePayment(tx, order.id, payment)
  return verdict
}

/** The stable names of what ops should know (docs/operations.md). */
function report(fact: PaymentFact, verdict: Verdict, order: OrderRow | undefined, log: Logger): void {
  const entry = logEventOf(verdict)
  if (!entry) return
  log[entry.level](entry.event, {
    source: fact.source,
    outTradeNo: fact.orderNo.slice(0, 64),
    transactionId: fact.payment?.transactionId?.slice(0, 64),
    tradeState: fact.state,
    totalFee: fact.payment?.amountFen,
    orderFee: order?.amountFen,
    verdict,
  })
}

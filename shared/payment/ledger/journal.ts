/** The journal: every verified fact about a payment, and what became of it. */
import { createHash } from 'node:crypto'
import type { Sql } from '#shared/db'
import type { PaymentFact, RawFields } from '#shared/payment/gateway'
import { insertEvent } from './payment-event-table.ts'
import type { TradeState } from './states.ts'
import type { Verdict } from './verdicts.ts'

export interface Journalled {
  readonly fact: PaymentFact
  readonly verdict: Verdict
  /** From which state to which; null: there is no order. */
  readonly before: TradeState | null
  readonly after: TradeState | null
}

/** Writes the fact down. Reported again (the gateway repeats itself) it is one row that counts. */
export function journal(tx: Sql, { fact, verdict, before, after }: Journalled, now: Date): Promise<void> {
  const { payment } = fact
  return insertEvent(
    tx,
    {
      key: keyOf(fact, verdict),
      source: fact.source,
      orderNo: fact.orderNo,
      transactionId: payment?.transactionId ?? null,
      state: fact.state,
      amountFen: payment?.amountFen ?? null,
      currency: payment?.currency ?? null,
      paidAt: payment?.paidAt ?? null,
      verdict,
      before,
      after,
      fields: textOf(fact.raw),
    },
    now,
  )
}

/** What makes two reports the same fact. */
function keyOf({ source, merchant, orderNo, state, payment }: PaymentFact, verdict: Verdict): string {
  const identity = [
    source,
    merchant.appId || null,
    merchant.merchantId || null,
    orderNo || null,
    payment?.transactionId ?? null,
    state,
    payment?.amountFen === null ? 'unreadable' : (payment?.amountFen?.toString() ?? null),
    payment?.currency ?? null,
    // With the numbers of a payment it is still another fact than that payment.
    ...(verdict === 'not_paid' ? [verdict] : []),
  ]
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex')
}

/** Longer than any message ever was; a payment must not fail because of what else is reported with it. */
const MAX_BYTES = 65_535

function textOf(raw: RawFields): string {
  const json = JSON.stringify(raw)
  return Buffer.byteLength(json) <= MAX_BYTES ? json : JSON.stringify({ cut: json.slice(0, 10_000) })
}

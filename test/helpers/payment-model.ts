/**
 * What docs/payments.md says about facts, once more and as simply as can be: the yardstick for shared/payment/ledger/settle.ts.
 * It imports none of its code.
 */

export const TOTAL_FEN = 1000

export type State = 'NOTPAY' | 'USERPAYING' | 'PAYERROR' | 'SUCCESS' | 'CLOSED' | 'REVOKED' | 'REFUND'

/** A verified fact, reduced to what may differ. */
export interface Told {
  source: 'notify' | 'query' | 'reconcile' | 'close' | 'refund' | 'bill'
  order: string
  state: State
  transaction: string | undefined
  fen: number | undefined
  currency: string | undefined
  isOurMerchant: boolean
  /** A notify that tells of a payment that failed. */
  isFailure: boolean
}

export interface ModelOrder {
  state: State
  transaction: string | null
  attention: string | null
}

const isPaid = (state: State) => state === 'SUCCESS' || state === 'REFUND'
const isEnded = (state: State) => state === 'CLOSED' || state === 'REVOKED'

export class PaymentModel {
  readonly orders: Map<string, ModelOrder>
  /** How often each fact was journalled, and its verdict. */
  readonly journal = new Map<string, { times: number; verdict: string }>()
  /** Transactions that go back to the payer where late payments are refunded. */
  readonly givenBack = new Set<string>()

  constructor(orders: Iterable<readonly [string, ModelOrder]>) {
    this.orders = new Map([...orders].map(([name, order]) => [name, { ...order }]))
  }

  /** Takes a fact and says what becomes of it. */
  take(told: Told): string {
    const verdict = this.#judge(told)
    // That the unpaid is unpaid is written down only when WeChat came to say it.
    if (isPaid(told.state) || verdict !== 'repeated' || told.source === 'notify') this.#write(told, verdict)
    const isExtra = verdict === 'paid_late' || verdict === 'paid_twice'
    if (isExtra && told.state === 'SUCCESS') this.givenBack.add(told.transaction ?? '')
    return verdict
  }

  #judge(told: Told): string {
    if (told.isFailure) return 'not_paid'
    if (!told.isOurMerchant) return 'other_merchant'
    const order = this.orders.get(told.order)
    if (!order) return 'unknown_order'
    return isPaid(told.state) ? this.#pay(order, told) : move(order, told.state)
  }

  #pay(order: ModelOrder, { state, transaction, fen, currency }: Told): string {
    if (currency !== undefined && currency !== '' && currency !== 'CNY') return 'wrong_currency'
    if (fen === undefined && state === 'REFUND') return 'amount_unknown'
    if (fen !== TOTAL_FEN) return 'wrong_amount'
    if (transaction === undefined) return 'no_transaction_id'
    if (order.transaction !== null && order.transaction !== transaction) {
      order.attention = 'PAID_TWICE'
      return 'paid_twice'
    }
    if (order.transaction === transaction) {
      if (order.state === state) return 'repeated'
      if (order.state === 'REFUND') return 'stale'
      order.state = state
      return 'refunding'
    }
    if ([...this.orders.values()].some((each) => each.transaction === transaction))
      return 'transaction_reused'
    const isLate = isEnded(order.state)
    // A row of the old shop may be called paid without a payment.
    Object.assign(order, { state, transaction, ...(isLate && { attention: 'PAID_AFTER_CLOSE' }) })
    return isLate ? 'paid_late' : 'settled'
  }

  #write(told: Told, verdict: string): void {
    const key = keyOf(told)
    const known = this.journal.get(key)
    const isWeak = verdict === 'repeated' || verdict === 'stale'
    this.journal.set(key, {
      times: (known?.times ?? 0) + 1,
      verdict: known && isWeak ? known.verdict : verdict,
    })
  }
}

/** What an unpaid state does. */
function move(order: ModelOrder, state: State): string {
  if (order.state === state) return 'repeated'
  if (isPaid(order.state) || isEnded(order.state)) return 'stale'
  order.state = state
  return isEnded(state) ? 'closed' : 'noted'
}

/** What makes two facts the same. */
export function keyOf(told: Told): string {
  return JSON.stringify([
    told.source,
    told.isOurMerchant,
    told.isFailure,
    told.order,
    told.transaction ?? null,
    told.state,
    told.fen ?? null,
    told.currency || null,
  ])
}

/** What can become of a fact, and what ops hear of it: the one table for code, documents and tests. */
import type { LogEvent } from '#shared/log'
import type { Move } from './states.ts'

/**
 * `when`, `then`: for docs/payments.md. `event`: the name in the log, with its level (docs/operations.md); none: nobody
 * needs to hear of it. A refusal is journalled and changes no state; a notify that is refused is sent again.
 */
interface VerdictRow {
  readonly isRefusal: boolean
  readonly level?: 'info' | 'warn' | 'error'
  /** The answer to the gateway when a notify is refused. */
  readonly reason?: string
}

const refusal = (reason: string, level: 'warn' | 'error' = 'error') =>
  ({ isRefusal: true, level, reason }) as const
const news = (level?: 'info' | 'error') => ({ isRefusal: false, ...(level && { level }) }) as const

/** In the order in which refusals are looked for. */
export const verdicts = {
  /** A report of a payment that failed. */
  not_paid: refusal('不是成功的支付', 'warn'),
  /** Its merchant is not ours, or its app is not the order's. */
  other_merchant: refusal('商户不符'),
  unknown_order: refusal('订单不存在'),
  wrong_currency: refusal('币种不符'),
  /** A payment whose amount the gateway did not tell. */
  amount_unknown: refusal('缺少金额', 'warn'),
  wrong_amount: refusal('金额不符'),
  no_transaction_id: refusal('缺少微信支付订单号'),
  /** The transaction already paid another order. */
  transaction_reused: refusal('微信支付订单号重复'),
  settled: news('info'),
  paid_late: news('error'),
  /** A second payment of a paid order, kept and flagged. */
  paid_twice: news('error'),
  closed: news('info'),
  refunding: news('info'),
  noted: news(),
  repeated: news(),
  stale: news(),
} as const satisfies Record<Move | string, VerdictRow>

export type Verdict = keyof typeof verdicts

/** Was the fact recorded as true? Only then may the gateway get SUCCESS. */
export function isRecorded(verdict: Verdict): boolean {
  return !verdicts[verdict].isRefusal
}

/** The level and the name under which ops hear of a verdict; undefined: they do not. */
export function logEventOf(
  verdict: Verdict,
): { level: 'info' | 'warn' | 'error'; event: LogEvent } | undefined {
  if (verdict === 'noted' || verdict === 'repeated' || verdict === 'stale') return undefined
  const { level }: VerdictRow = verdicts[verdict]
  return level && { level, event: `payment_${verdict}` }
}

/** What the gateway reads when a notify was refused. */
export function refusalText(verdict: Verdict): string {
  const { reason = '订单不符' }: VerdictRow = verdicts[verdict]
  return reason
}

/** The journal `payment_event`: every verified fact about a payment, and what became of it. */
import { createHash } from 'node:crypto'
import type { Sql } from '#shared/db'
import { parseFen } from '#shared/money'
import type { XmlFields } from '#shared/payment/gateway/wechat-v2'
import type { PaymentFact, Verdict } from './settle.ts'
import type { TradeState } from './states.ts'

/** From which state to which; null: there is no order. */
export interface Step {
  readonly before: TradeState | null
  readonly after: TradeState | null
}

/**
 * Writes the fact down. The same one told again (WeChat repeats itself) is one row that counts; what became of it is
 * what became of it first, unless a repetition changed something.
 */
export async function journal(
  tx: Sql,
  { fact, verdict, before, after }: Step & { fact: PaymentFact; verdict: Verdict },
  now: Date,
): Promise<void> {
  const { transaction_id, total_fee, fee_type } = fact.fields
  const { sign: _sign, nonce_str: _nonce, ...told } = fact.fields
  await tx.run(
    `INSERT INTO payment_event (event_key, source, out_trade_no, transaction_id, trade_state, total_fee, fee_type,
       verdict, state_before, state_after, fields, first_at, last_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE times = times + 1, last_at = VALUES(last_at),
       state_after = IF(VALUES(verdict) IN ('repeated', 'stale'), state_after, VALUES(state_after)),
       verdict = IF(VALUES(verdict) IN ('repeated', 'stale'), verdict, VALUES(verdict))`,
    [
      keyOf(fact, verdict),
      fact.source,
      fact.outTradeNo.slice(0, 64),
      transaction_id?.slice(0, 64) || null,
      fact.tradeState,
      parseFen(total_fee) ?? null,
      fee_type?.slice(0, 16) || null,
      verdict,
      before,
      after,
      toldText(told),
      now,
      now,
    ],
  )
}

/** What makes two tellings the same fact. An empty element says as much as none. */
function keyOf({ source, outTradeNo, tradeState, fields }: PaymentFact, verdict: Verdict): string {
  const { appid, mch_id, transaction_id, total_fee, fee_type } = fields
  const identity = [
    source,
    appid,
    mch_id,
    outTradeNo,
    transaction_id,
    tradeState,
    total_fee,
    fee_type,
    // With the numbers of a payment it is still another fact than that payment.
    ...(verdict === 'not_paid' ? [verdict] : []),
  ].map((part) => part || null)
  return createHash('sha256').update(JSON.stringify(identity)).digest('hex')
}

/** Longer than any message of WeChat ever was; a payment must not fail because of what else is told with it. */
const MAX_TOLD_BYTES = 65_535

function toldText(told: XmlFields): string {
  const json = JSON.stringify(told)
  return Buffer.byteLength(json) <= MAX_TOLD_BYTES ? json : JSON.stringify({ cut: json.slice(0, 10_000) })
}

/**
 * The one place that writes `trade_state`. Whoever learns something about a payment (notify, query, reconcile,
 * close, refund, bill) tells it here, after the signature was verified.
 */
import type { Config } from '#shared/config'
import type { Session, Sql } from '#shared/db'
import { isDuplicateKey } from '#shared/db'
import type { Logger } from '#shared/log'
import { parseFen } from '#shared/money'
import type { XmlFields } from '#shared/payment/gateway/wechat-v2'
import { journal, type Step } from './journal.ts'
import { lockOrder, type OrderRow } from './orders.ts'
import { RefundImpossible, requestRefund } from './refund-request.ts'
import { isPaid, type Move, type TradeState, transitions } from './states.ts'

/** What somebody outside said about a payment. `fields` are WeChat's own, signature verified. */
export interface PaymentFact {
  readonly source: 'notify' | 'query' | 'reconcile' | 'close' | 'refund' | 'bill'
  readonly outTradeNo: string
  readonly tradeState: TradeState
  readonly fields: XmlFields
}

/** Why a fact was not believed. It is journalled, reported to ops, and changes no state. */
export type Refusal =
  | 'not_paid'
  | 'unknown_order'
  | 'other_merchant'
  | 'wrong_amount'
  | 'wrong_currency'
  | 'no_transaction_id'
  | 'transaction_reused'

/** `paid_twice`: a second payment of a paid order, kept and flagged. */
export type Verdict = Move | Refusal | 'paid_twice'

export interface SettleDeps {
  readonly db: Session
  readonly config: Config<'WX_APPID' | 'WX_MCH_ID'>
  readonly now: () => Date
  readonly log: Logger
}

const refusals: ReadonlySet<Verdict> = new Set<Refusal>([
  'not_paid',
  'unknown_order',
  'other_merchant',
  'wrong_amount',
  'wrong_currency',
  'no_transaction_id',
  'transaction_reused',
])

/** Was the fact recorded as true? Only then may WeChat be told SUCCESS. */
export function isRecorded(verdict: Verdict): boolean {
  return !refusals.has(verdict)
}

/**
 * Compares the fact with the order (merchant, amount, currency), moves the order along the transition table with
 * one conditional UPDATE, and writes the journal, in one short transaction. It has committed when this returns.
 *
 * @throws AppError DATABASE_UNAVAILABLE also when the row stays locked
 */
export async function settle(fact: PaymentFact, deps: SettleDeps): Promise<Verdict> {
  const { verdict, order } = await deps.db.transaction(async (tx) => {
    const order = await lockOrder(tx, fact.outTradeNo)
    const judged = judge(fact, order, deps.config)
    const verdict = order ? await apply(tx, fact, order, judged, deps.now()) : judged
    // That an unpaid order is still unpaid is no news, and a payer's page asks every few seconds.
    const isNews = isPaid(fact.tradeState) || verdict !== 'repeated' || fact.source === 'notify'
    if (isNews) await journal(tx, { fact, verdict, ...stepOf(fact, verdict, order) }, deps.now())
    if (order && (verdict === 'paid_late' || verdict === 'paid_twice'))
      await giveBack(tx, fact, order, verdict, deps)
    return { verdict, order }
  })
  report(fact, verdict, order, deps.log)
  return verdict
}

/** From which state to which the fact led the order; nowhere when there is none. */
function stepOf(fact: PaymentFact, verdict: Verdict, order: OrderRow | undefined): Step {
  if (!order) return { before: null, after: null }
  const { trade_state: before } = order
  const moves = isRecorded(verdict) && verdict !== 'paid_twice'
  return { before, after: moves ? transitions[before][fact.tradeState].to : before }
}

function judge(fact: PaymentFact, order: OrderRow | undefined, config: SettleDeps['config']): Verdict {
  const { appid, mch_id, total_fee, fee_type, transaction_id, return_code, result_code } = fact.fields
  // A notify has no trade_state: these two say that it was paid. Replies were asked for, and read by the client.
  const isPayment = return_code === 'SUCCESS' && result_code === 'SUCCESS'
  if (fact.source === 'notify' && !isPayment) return 'not_paid'
  if (appid !== config.WX_APPID || mch_id !== config.WX_MCH_ID) return 'other_merchant'
  if (!order) return 'unknown_order'
  if (order.appid !== appid || order.mch_id !== mch_id) return 'other_merchant'
  if (isPaid(fact.tradeState)) {
    if (fee_type !== undefined && fee_type !== '' && fee_type !== 'CNY') return 'wrong_currency'
    if (parseFen(total_fee) !== order.total_fee) return 'wrong_amount'
    if (!transaction_id) return 'no_transaction_id'
    if (isPaid(order.trade_state) && order.transaction_id !== transaction_id) {
      // The Koa shop called orders paid without keeping the payment: this is the one, not a second one.
      return order.transaction_id === null ? 'settled' : 'paid_twice'
    }
  }
  return transitions[order.trade_state][fact.tradeState].move
}

/** Writes what the verdict says into the order; only a reused transaction_id can still change the verdict. */
async function apply(
  tx: Sql,
  fact: PaymentFact,
  order: OrderRow,
  verdict: Verdict,
  now: Date,
): Promise<Verdict> {
  if (verdict === 'paid_twice') {
    await tx.run('UPDATE payorder SET attention = ?, updated_at = ? WHERE id = ?', [
      'PAID_TWICE',
      now,
      order.id,
    ])
    return verdict
  }
  const { to } = transitions[order.trade_state][fact.tradeState]
  const isFirstPayment = isPaid(fact.tradeState) && order.transaction_id === null
  if (refusals.has(verdict) || (to === order.trade_state && !isFirstPayment)) return verdict
  const attention = verdict === 'paid_late' ? 'PAID_AFTER_CLOSE' : order.attention
  try {
    const { affectedRows } = await tx.run(
      `UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ?, updated_at = ?
       WHERE id = ? AND trade_state = ?`,
      [to, fact.fields.trade_state_desc ?? null, attention, now, order.id, order.trade_state],
    )
    if (affectedRows !== 1) throw new Error(`order ${order.out_trade_no} changed while it was locked`)
    if (isFirstPayment) await writePayment(tx, order.id, fact.fields)
    return verdict
  } catch (error) {
    if (!isDuplicateKey(error, 'payorder_transaction_id')) throw error
    // Another order holds this transaction: take back the move, keep the journal's row.
    await tx.run('UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ? WHERE id = ?', [
      order.trade_state,
      order.trade_state_desc,
      order.attention,
      order.id,
    ])
    return 'transaction_reused'
  }
}

async function writePayment(tx: Sql, orderId: number, fields: XmlFields): Promise<void> {
  await tx.run(
    `UPDATE payorder SET transaction_id = ?, time_end = ?, cash_fee = ?, bank_type = ?, fee_type = ?, openid = ?,
       is_subscribe = ?, coupon_fee = ?, settlement_total_fee = ?
     WHERE id = ?`,
    [
      text(fields.transaction_id, 50),
      text(fields.time_end, 50),
      parseFen(fields.cash_fee) ?? null,
      text(fields.bank_type, 50),
      fields.fee_type ? text(fields.fee_type, 50) : 'CNY',
      text(fields.openid, 128),
      text(fields.is_subscribe, 50),
      parseFen(fields.coupon_fee) ?? null,
      parseFen(fields.settlement_total_fee) ?? null,
      orderId,
    ],
  )
}

/** What the payer reads in WeChat beside the money. */
const giveBackReasons = { paid_late: '订单已关闭', paid_twice: '重复支付' } as const

/**
 * Where `REFUND_LATE_PAYMENTS` says so, money that nobody expects any more is asked back for the payer: the request
 * commits with the payment, `reconcile` hands it to WeChat.
 */
async function giveBack(
  tx: Sql,
  fact: PaymentFact,
  order: OrderRow,
  verdict: keyof typeof giveBackReasons,
  { config, now, log }: SettleDeps,
): Promise<void> {
  // What is told as REFUND is on its way back already.
  if (!config.REFUND_LATE_PAYMENTS || fact.tradeState !== 'SUCCESS') return
  const { transaction_id: transactionId = '', time_end: timeEnd = null } = fact.fields
  const payment = { transactionId, totalFee: order.total_fee, timeEnd }
  const outRefundNo = `LATE${transactionId}`.slice(0, 64)
  const reason = giveBackReasons[verdict]
  const request = { outRefundNo, refundFee: order.total_fee, reason, origin: 'late' as const }
  try {
    await requestRefund(tx, order, payment, request, now())
  } catch (error) {
    if (!(error instanceof RefundImpossible)) throw error
    log.error('refund_impossible', { outTradeNo: order.out_trade_no, transactionId, reason: error.message })
  }
}

function text(value: string | undefined, max: number): string | null {
  return value === undefined || value === '' ? null : value.slice(0, max)
}

/** The stable names of what ops should know (docs/operations.md). */
function report(fact: PaymentFact, verdict: Verdict, order: OrderRow | undefined, log: Logger): void {
  const fields = {
    source: fact.source,
    outTradeNo: fact.outTradeNo.slice(0, 64),
    transactionId: fact.fields.transaction_id?.slice(0, 64),
    tradeState: fact.tradeState,
    totalFee: fact.fields.total_fee?.slice(0, 20),
    orderFee: order?.total_fee,
    verdict,
  }
  if (verdict === 'not_paid') log.warn('payment_not_paid', fields)
  else if (refusals.has(verdict)) log.error(`payment_${verdict}`, fields)
  else if (verdict === 'paid_late' || verdict === 'paid_twice') log.error(`payment_${verdict}`, fields)
  else if (verdict === 'settled' || verdict === 'closed' || verdict === 'refunding')
    log.info(`payment_${verdict}`, fields)
}

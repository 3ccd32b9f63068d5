/** Asks WeChat about every order that nothing is decided about, so that a lost notify loses no payment. */
import type { Database, Sql, SqlValue } from '#shared/db'
import { AppError } from '#shared/errors'
import { queryAndSettle } from '#shared/pay/query'
import { type SettleDeps, settle } from '#shared/pay/settle'
import { isPaid, openStates, type TradeState } from '#shared/pay/states'
import { type Wechat, WechatRefused, WechatUnreachable } from '#shared/pay/wechat'

export interface ReconcileDeps extends SettleDeps {
  db: Database
  wechat: Wechat
  /** Milliseconds that are left of this run. */
  msLeft: () => number
}

/** What one run did. */
export interface ReconcileReport {
  checked: number
  settled: number
  closed: number
  /** Still unpaid and young enough. */
  open: number
  /** WeChat could not be asked; the next run tries again. */
  failed: number
}

/** An order that nobody paid for so long is closed. */
const UNPAID_LIFETIME_MS = 2 * 3600 * 1000

const BATCH = 20

/** A run that died leaves its orders to others after this time. */
const CLAIM_MS = 2 * 60_000

/** What one order may take: a query, a close, a query, each with its time-out, and the database. */
const MS_PER_ORDER = 20_000

interface OpenOrder {
  id: number
  out_trade_no: string
  appid: string
  mch_id: string
  created_at: Date | null
}

type Outcome = 'settled' | 'closed' | 'open'

/**
 * Works through the open orders in batches until none is left or the time is up. Two runs at once share the work:
 * each claims its batch with `FOR UPDATE SKIP LOCKED`.
 *
 * @throws Error when not one order could be asked about
 */
export async function reconcile(deps: ReconcileDeps): Promise<ReconcileReport> {
  const report: ReconcileReport = { checked: 0, settled: 0, closed: 0, open: 0, failed: 0 }
  let lastFault: WechatUnreachable | undefined
  for (let after = 0; deps.msLeft() > MS_PER_ORDER; ) {
    const batch = await claimBatch(deps, after)
    if (batch.length === 0) break
    after = batch.at(-1)?.id ?? after
    for (const order of batch) {
      if (deps.msLeft() <= MS_PER_ORDER) break
      report.checked += 1
      try {
        report[await checkOrder(order, deps)] += 1
      } catch (error) {
        const fault = asFault(error)
        if (!fault) throw error
        lastFault = fault
        report.failed += 1
        deps.log.warn('reconcile_order_failed', { outTradeNo: order.out_trade_no, reason: fault.message })
      }
    }
    await releaseBatch(deps.db, batch)
    // Everything fails: asking about the next hundred would only take longer.
    if (report.failed >= 5 && report.failed === report.checked) break
  }
  if (lastFault && report.failed === report.checked) {
    throw new Error(`reconcile: none of ${report.failed} orders could be asked about`, { cause: lastFault })
  }
  return report
}

/** A fault of one order, after which the others go on. The database's are everybody's. */
function asFault(error: unknown): WechatUnreachable | undefined {
  if (error instanceof WechatUnreachable) return error
  return error instanceof WechatRefused ? new WechatUnreachable(error.message, error) : undefined
}

function claimBatch({ db, config, now }: ReconcileDeps, after: number): Promise<OpenOrder[]> {
  return db.transaction(async (tx) => {
    const batch = await tx.rows<OpenOrder>(
      `SELECT id, out_trade_no, appid, mch_id, created_at FROM payorder
       WHERE trade_state IN (${openStates.map(() => '?').join(', ')}) AND id > ?
         AND out_trade_no_repeat = 0 AND appid = ? AND mch_id = ?
         AND (claimed_until IS NULL OR claimed_until <= ?)
       ORDER BY id LIMIT ${BATCH} FOR UPDATE SKIP LOCKED`,
      [...openStates, after, config.WX_APPID, config.WX_MCH_ID, now()],
    )
    if (batch.length > 0) await setClaim(tx, batch, new Date(now().getTime() + CLAIM_MS))
    return batch
  })
}

function releaseBatch(db: Database, batch: readonly OpenOrder[]): Promise<void> {
  return db.transaction((tx) => setClaim(tx, batch, null))
}

async function setClaim(tx: Sql, batch: readonly OpenOrder[], until: Date | null): Promise<void> {
  const ids: SqlValue[] = batch.map(({ id }) => id)
  await tx.run(`UPDATE payorder SET claimed_until = ? WHERE id IN (${ids.map(() => '?').join(', ')})`, [
    until,
    ...ids,
  ])
}

async function checkOrder(order: OpenOrder, deps: ReconcileDeps): Promise<Outcome> {
  // A row of the Koa shop knows no time of its own: it is older than anything here.
  const age = deps.now().getTime() - (order.created_at?.getTime() ?? 0)
  const isOverdue = age >= UNPAID_LIFETIME_MS
  let state: TradeState | undefined
  try {
    state = (await queryAndSettle(order.out_trade_no, 'reconcile', deps)).tradeState
  } catch (error) {
    if (!(error instanceof WechatRefused && error.errCode === 'ORDERNOTEXIST')) throw error
    return isOverdue ? closeHere(order, deps) : 'open'
  }
  if (state && isPaid(state)) return 'settled'
  if (state === 'CLOSED' || state === 'REVOKED') return 'closed'
  return isOverdue ? closeEverywhere(order, deps) : 'open'
}

/** Closes at WeChat first: until it says so, the payer can still win. */
async function closeEverywhere(order: OpenOrder, deps: ReconcileDeps): Promise<Outcome> {
  try {
    await deps.wechat.closeOrder(order.out_trade_no)
  } catch (error) {
    if (!(error instanceof WechatRefused)) throw error
    if (error.errCode === 'ORDERPAID') {
      const { tradeState } = await queryAndSettle(order.out_trade_no, 'reconcile', deps)
      return tradeState && isPaid(tradeState) ? 'settled' : 'open'
    }
    if (error.errCode !== 'ORDERCLOSED' && error.errCode !== 'ORDERNOTEXIST') throw error
  }
  return closeHere(order, deps)
}

async function closeHere(order: OpenOrder, deps: ReconcileDeps): Promise<Outcome> {
  const fields = { appid: order.appid, mch_id: order.mch_id }
  const verdict = await settle(
    { source: 'close', outTradeNo: order.out_trade_no, tradeState: 'CLOSED', fields },
    deps,
  )
  // A notify was faster.
  return verdict === 'stale' ? 'settled' : 'closed'
}

/** Deletes what has served its time: counters, and codes that nobody can redeem any more. */
export async function sweep({ db, now }: { db: Database; now: () => Date }): Promise<void> {
  const dayAgo = new Date(now().getTime() - 24 * 3600 * 1000)
  try {
    await db.run('DELETE FROM rate_limit WHERE expires_at < ? LIMIT 5000', [now()])
    await db.run('DELETE FROM sms_code WHERE expires_at < ? LIMIT 5000', [dayAgo])
  } catch (error) {
    // Busy rows can wait for the next run; a database that is gone cannot.
    if (!(error instanceof AppError)) throw error
  }
}

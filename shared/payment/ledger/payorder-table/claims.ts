/** Who asks the gateway about which open order, and when it was last asked. */
import { marks, type Sql } from '#shared/db'
import { longestWaiting, type Waiting } from '../longest-waiting.ts'
import { isOpen, openStates } from '../states.ts'
import { type OrderRow, selected } from './row.ts'

/**
 * Takes the right to ask the gateway about an order.
 *
 * @param before - nobody may have asked after that moment
 * @returns false when somebody has
 */
export async function takeQuestion(sql: Sql, id: number, before: Date, now: Date): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* payorder.takeQuestion */ UPDATE payorder SET asked_at = ?
     WHERE id = ? AND (asked_at IS NULL OR asked_at < ?)`,
    [now, id, before],
  )
  return affectedRows === 1
}

const BATCH_MAX = 500

/**
 * The open orders of a merchant that were asked about least recently, before a moment. Bounded by what is open.
 *
 * @returns their ids, the longest unasked first
 */
export async function findUnasked(
  sql: Sql,
  merchantId: string,
  before: Date,
  limit: number,
): Promise<number[]> {
  const found: Waiting[] = []
  for (const state of openStates) {
    // Each of the two comes in the order of the key, so that no more is read than is wanted.
    for (const asked of ['IS NULL', '< ?']) {
      const rows = await sql.rows<{ id: number; askedAt: Date | null }>(
        `/* payorder.findUnasked */ SELECT id, asked_at AS askedAt FROM payorder FORCE INDEX (payorder_unasked)
         WHERE trade_state = ? AND mch_id = ? AND out_trade_no_repeat = 0 AND asked_at ${asked} AND out_trade_no <> ''
         ORDER BY ${asked === 'IS NULL' ? '' : 'asked_at, '}id LIMIT ${Math.min(Math.trunc(limit), BATCH_MAX)}`,
        asked === '< ?' ? [state, merchantId, before] : [state, merchantId],
      )
      found.push(...rows.map(({ id, askedAt }) => ({ id, at: askedAt?.getTime() ?? 0 })))
    }
  }
  return longestWaiting(found, limit)
}

/**
 * Claims some of these orders: what another run has claimed or asked about meanwhile is left out.
 *
 * @param until - when the claim ends by itself
 */
export async function claimOrders(
  tx: Sql,
  ids: readonly number[],
  { before, until, now }: { before: Date; until: Date; now: Date },
): Promise<OrderRow[]> {
  if (ids.length === 0) return []
  const rows = await tx.rows<OrderRow>(
    `/* payorder.claim */ SELECT ${selected} FROM payorder
     WHERE id IN (${marks(ids)}) AND (claimed_until IS NULL OR claimed_until <= ?)
       AND (asked_at IS NULL OR asked_at < ?)
     ORDER BY id FOR UPDATE SKIP LOCKED`,
    [...ids, now, before],
  )
  const open = rows.filter(({ state }) => isOpen(state))
  if (open.length > 0) {
    await tx.run(
      `/* payorder.setClaim */ UPDATE payorder SET claimed_until = ? WHERE id IN (${marks(open)})`,
      [until, ...open.map(({ id }) => id)],
    )
  }
  return open
}

/** Ends the claim of an order that was dealt with: nobody has to ask about it before the next run. */
export async function releaseOrder(sql: Sql, id: number, now: Date): Promise<void> {
  await sql.run(
    '/* payorder.release */ UPDATE payorder SET claimed_until = NULL, asked_at = ? WHERE id = ?',
    [now, id],
  )
}

/** How many open orders belong to each other merchant. */
export function countOpenOfOthers(
  sql: Sql,
  merchantId: string,
): Promise<{ merchantId: string; orders: number }[]> {
  return sql.rows(
    `/* payorder.countOfOthers */ SELECT mch_id AS merchantId, CAST(COUNT(*) AS SIGNED) AS orders FROM payorder
     WHERE trade_state IN (${marks(openStates)}) AND mch_id <> ? AND out_trade_no_repeat = 0
     GROUP BY mch_id ORDER BY mch_id`,
    [...openStates, merchantId],
  )
}

/** Which refunds the gateway is to be asked about now, and by whom. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import { longestWaiting, type Waiting } from '../longest-waiting.ts'
import { type RefundRow, selected } from './row.ts'

const BATCH_MAX = 500

/**
 * The refunds that the gateway is to be asked about now: those that wait for its word, the longest due first. Bounded
 * by what is open.
 */
export async function findDueRefunds(sql: Sql, before: Date, limit: number): Promise<number[]> {
  const found: Waiting[] = []
  for (const status of ['PROCESSING', 'CHANGE'] as const) {
    for (const due of ['IS NULL', '< ?']) {
      const accepted = status === 'CHANGE' ? 'AND refund_id IS NOT NULL' : ''
      const rows = await sql.rows<{ id: number; dueAt: Date | null }>(
        `/* refund.findDue */ SELECT id, due_at AS dueAt FROM refund FORCE INDEX (refund_due)
         WHERE status = ? AND due_at ${due} ${accepted}
         ORDER BY ${due === 'IS NULL' ? '' : 'due_at, '}id LIMIT ${Math.min(Math.trunc(limit), BATCH_MAX)}`,
        due === '< ?' ? [status, before] : [status],
      )
      found.push(...rows.map(({ id, dueAt }) => ({ id, at: dueAt?.getTime() ?? 0 })))
    }
  }
  return longestWaiting(found, limit)
}

/** Claims some of these refunds, as `claimOrders` does. */
export async function claimRefunds(
  tx: Sql,
  ids: readonly number[],
  { before, until, now }: { before: Date; until: Date; now: Date },
): Promise<RefundRow[]> {
  if (ids.length === 0) return []
  const free = await tx.rows<{ id: number }>(
    `/* refund.claim */ SELECT id FROM refund
     WHERE id IN (${marks(ids)}) AND (claimed_until IS NULL OR claimed_until <= ?) AND (due_at IS NULL OR due_at < ?)
       AND status IN ('PROCESSING', 'CHANGE')
     ORDER BY id FOR UPDATE SKIP LOCKED`,
    [...ids, now, before],
  )
  if (free.length === 0) return []
  const claimed: SqlValue[] = free.map(({ id }) => id)
  await tx.run(`/* refund.setClaim */ UPDATE refund SET claimed_until = ? WHERE id IN (${marks(claimed)})`, [
    until,
    ...claimed,
  ])
  return tx.rows<RefundRow>(
    `/* refund.readClaimed */ SELECT ${selected} WHERE refund.id IN (${marks(claimed)}) ORDER BY refund.id`,
    claimed,
  )
}

/** Ends the claim of a refund. It is due again at that moment at the earliest, or when a refusal said later. */
export async function releaseRefund(sql: Sql, id: number, dueAt: Date): Promise<void> {
  await sql.run(
    `/* refund.release */ UPDATE refund SET claimed_until = NULL, due_at = GREATEST(COALESCE(due_at, ?), ?) WHERE id = ?`,
    [dueAt, dueAt, id],
  )
}

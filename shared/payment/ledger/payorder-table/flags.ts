/** Orders that a person has to look at. */
import type { Sql } from '#shared/db'
import { type OrderRow, selected } from './row.ts'

/** Why a person has to look at an order. */
export type Attention = 'PAID_AFTER_CLOSE' | 'PAID_TWICE'

/** Marks an order as one that a person has to look at. */
export async function flagOrder(tx: Sql, id: number, attention: string, now: Date): Promise<void> {
  await tx.run('/* payorder.flag */ UPDATE payorder SET attention = ?, updated_at = ? WHERE id = ?', [
    attention,
    now,
    id,
  ])
}

/** One page of the orders with this flag, newest first. */
export function listFlagged(
  sql: Sql,
  input: { attention: Attention; beforeId: number | undefined; limit: number },
): Promise<OrderRow[]> {
  const { attention, beforeId, limit } = input
  return sql.rows<OrderRow>(
    `/* payorder.listFlagged */ SELECT ${selected} FROM payorder FORCE INDEX (payorder_attention)
     WHERE attention = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [attention, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** Somebody has looked at an order. @returns false when it had no flag */
export async function clearFlag(tx: Sql, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await tx.run(
    '/* payorder.clearFlag */ UPDATE payorder SET attention = NULL, updated_at = ? WHERE id = ? AND attention IS NOT NULL',
    [now, id],
  )
  return affectedRows === 1
}

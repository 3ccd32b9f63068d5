/** Two people for what one alone must not do. After-sale cases have their own two; this is for everything else. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { type ApprovalRow, endApproval, insertApproval, lockApproval } from './approval-table.ts'

/**
 * Writes down what a first person wants; it is done when a second one agrees.
 *
 * @param wish.target - what it is about: one wish of each action waits for it at a time
 * @returns the number of the wish
 * @throws AppError STATE_CONFLICT when the same one waits already
 */
export async function askApproval(
  tx: Sql,
  wish: { action: string; target: string; detail: unknown; by: number },
  now: Date,
): Promise<number> {
  const id = await insertApproval(tx, { ...wish, detail: JSON.stringify(wish.detail) }, now)
  if (id === undefined) throw new AppError('STATE_CONFLICT', { msg: '同样的申请正在等待另一位同事处理' })
  return id
}

/**
 * The second person agrees, or does not. The caller does what was wanted in the same transaction, so that it is done
 * once or not at all.
 *
 * @param action - of which kind the wish has to be: another kind is another function's
 * @returns the wish as it was, with what is to be done in `detail` (JSON)
 * @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT (decided already, or the same person)
 */
export async function decideApproval(
  tx: Sql,
  input: { id: number; action: string; by: number; approve: boolean },
  now: Date,
): Promise<ApprovalRow> {
  const { id, action, by, approve } = input
  const row = await lockApproval(tx, id)
  if (row?.action !== action) throw new AppError('RECORD_NOT_FOUND', { msg: '申请不存在' })
  if (row.state !== 'WAITING')
    throw new AppError('STATE_CONFLICT', { msg: '申请已处理', data: { state: row.state } })
  if (row.asked_by === by) throw new AppError('STATE_CONFLICT', { msg: '须由另一位同事处理' })
  await endApproval(tx, id, { state: approve ? 'APPROVED' : 'REFUSED', by }, now)
  return row
}

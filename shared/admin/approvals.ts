/** Two people for what one alone must not do. After-sale cases have their own two; this is for everything else. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { Joi, wholeNumber } from '#shared/validate'
import { type ApprovalRow, endApproval, insertApproval, listWaiting, lockApproval } from './approval-table.ts'
import { type AdminCall, writeAudit } from './audit.ts'

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

/**
 * The second person decides in a transaction of its own: what was wanted is done with the decision and its audit entry, or
 * nothing is. The entry comes first, so that `apply` may end with stock (locks: stock last).
 *
 * @param kind.action - of which kind the wish has to be
 * @param kind.subject - what the log says was decided: `price.approve`, `price.refuse`
 * @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT (decided already, or the same person), and what `apply` throws
 */
export function decideWish<T>(
  call: AdminCall,
  { approvalId, approve }: Decision,
  kind: { action: string; subject: string },
  apply: (tx: Sql, wanted: T, now: Date) => Promise<unknown>,
): Promise<void> {
  return call.db.transaction(async (tx) => {
    const now = call.now()
    const input = { id: approvalId, action: kind.action, by: call.user.id, approve }
    const wish = await decideApproval(tx, input, now)
    const wanted = JSON.parse(wish.detail) as T
    const action = `${kind.subject}.${approve ? 'approve' : 'refuse'}`
    await writeAudit(tx, call, { action, target: wish.target }, { after: wanted })
    if (approve) await apply(tx, wanted, now)
  })
}

/** What a route takes that lets a second person decide. */
export interface Decision {
  approvalId: number
  approve: boolean
}

export const decisionKeys = {
  approvalId: wholeNumber(1, Number.MAX_SAFE_INTEGER).required().label('申请approvalId'),
  approve: Joi.boolean().required().label('同意approve'),
}

/** What a route takes that lists the wishes of one kind. */
export interface WishQuery {
  cursor?: number
  limit: number
}

export const wishQueryKeys = {
  cursor: wholeNumber(1, Number.MAX_SAFE_INTEGER).empty('').label('游标cursor'),
  limit: wholeNumber(1, 100).empty('').default(20).label('每页数量limit'),
}

/** What waits for a second person, as the shop's people read it. */
export interface Wish {
  approvalId: number
  target: string
  /** What is to be done, as it was asked for. */
  detail: unknown
  /** The account that asked. */
  askedBy: number
  askedAt: string
}

/** One page of the wishes of one kind, newest first. */
export async function listWishes(
  sql: Pick<Sql, 'rows'>,
  { action, cursor: beforeId, limit }: WishQuery & { action: string },
): Promise<{ wishes: Wish[]; nextCursor: string | null }> {
  const rows = await listWaiting(sql, { action, beforeId, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    wishes: page.map(({ id, target, detail, asked_by, asked_at }) => ({
      approvalId: id,
      target,
      detail: JSON.parse(detail) as unknown,
      askedBy: asked_by,
      askedAt: asked_at.toISOString(),
    })),
    nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
  }
}

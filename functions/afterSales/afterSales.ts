/** The shopper's own cases. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { type CaseView, caseView, findOwnCase, listOwnCases } from '#shared/ordering'

/** Newest first, paged by key. @throws AppError INVALID_PARAMETER when the cursor is none of the user's cases */
export async function listCases(
  input: { userId: number; cursor: string | undefined; limit: number },
  { db }: { db: Sql },
): Promise<{ cases: CaseView[]; nextCursor: string | null }> {
  const { userId, cursor, limit } = input
  const last = cursor === undefined ? undefined : await findOwnCase(db, cursor, userId)
  if (cursor !== undefined && !last) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  const rows = await listOwnCases(db, { userId, beforeId: last?.id, limit: limit + 1 })
  const page = rows.slice(0, limit)
  return {
    cases: page.map(caseView),
    nextCursor: rows.length > limit ? (page.at(-1)?.after_sale_no ?? null) : null,
  }
}

/** The audit log, as it is read. */
import { type AuditRow, listAudit, namesOf } from '#shared/admin'
import type { Sql } from '#shared/db'
import type { AuditQuery } from './schema.ts'

export interface AuditView {
  id: number
  /** ISO 8601. */
  at: string
  /** Null: ops. */
  admin: { id: number; username: string } | null
  action: string
  target: string
  before: unknown
  after: unknown
  address: string | null
  requestId: string
}

/** Newest first, paged by key. */
export async function readAudit(
  { target, adminId, cursor, limit }: AuditQuery,
  { db }: { db: Sql },
): Promise<{ entries: AuditView[]; nextCursor: string | null }> {
  const rows = await listAudit(db, { target, adminId, beforeId: cursor, limit: limit + 1 })
  const page = rows.slice(0, limit)
  const names = await namesOf(
    db,
    page.map(({ admin_id }) => admin_id),
  )
  return {
    entries: page.map((row) => viewOf(row, names)),
    nextCursor: rows.length > limit ? String(page.at(-1)?.id) : null,
  }
}

function viewOf(row: AuditRow, names: ReadonlyMap<number, string>): AuditView {
  const { id, at, admin_id, action, target, value_before, value_after, address, request_id } = row
  return {
    id,
    at: at.toISOString(),
    admin: admin_id === null ? null : { id: admin_id, username: names.get(admin_id) ?? `#${admin_id}` },
    action,
    target,
    before: value_before === null ? null : JSON.parse(value_before),
    after: value_after === null ? null : JSON.parse(value_after),
    address,
    requestId: request_id,
  }
}

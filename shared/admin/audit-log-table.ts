/** `audit_log`: what the shop's people did and read. Statements that change or remove a row do not exist. */
import type { Sql } from '#shared/db'

export interface AuditRow {
  id: number
  admin_id: number | null
  action: string
  target: string
  value_before: string | null
  value_after: string | null
  address: string | null
  request_id: string
  at: Date
}

/** Adds a row. */
export async function insertAudit(tx: Sql, row: Omit<AuditRow, 'id'>): Promise<void> {
  await tx.run(
    `/* audit_log.insert */ INSERT INTO audit_log (admin_id, action, target, value_before, value_after, address, request_id, at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      row.admin_id,
      row.action,
      row.target,
      row.value_before,
      row.value_after,
      row.address,
      row.request_id,
      row.at,
    ],
  )
}

/** One page, newest first: all of it, or what is about one target or by one person. */
export function listAudit(
  sql: Pick<Sql, 'rows'>,
  input: {
    target?: string | undefined
    adminId?: number | undefined
    beforeId: number | undefined
    limit: number
  },
): Promise<AuditRow[]> {
  const { target, adminId, beforeId, limit } = input
  const wanted = [
    ...(target === undefined ? [] : [['target = ?', target] as const]),
    ...(adminId === undefined ? [] : [['admin_id = ?', adminId] as const]),
    ...(beforeId === undefined ? [] : [['id < ?', beforeId] as const]),
  ]
  const where = wanted.length === 0 ? '' : `WHERE ${wanted.map(([condition]) => condition).join(' AND ')}`
  return sql.rows<AuditRow>(
    `/* audit_log.list */ SELECT id, admin_id, action, target, value_before, value_after, address, request_id, at
     FROM audit_log ${keyOf(target, adminId)} ${where} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    wanted.map(([, value]) => value),
  )
}

/** Forced, for the reason that `listOrdersInState` has. */
function keyOf(target: string | undefined, adminId: number | undefined): string {
  if (target !== undefined) return 'FORCE INDEX (audit_log_of_target)'
  return adminId === undefined ? '' : 'FORCE INDEX (audit_log_of_admin)'
}

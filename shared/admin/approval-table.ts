/** `approval`: what waits for a second person. */
import { isDuplicateKey, marks, type Sql } from '#shared/db'

export type ApprovalState = 'WAITING' | 'APPROVED' | 'REFUSED'

export interface ApprovalRow {
  id: number
  action: string
  target: string
  state: ApprovalState
  /** JSON of what is to be done. */
  detail: string
  asked_by: number
  decided_by: number | null
  asked_at: Date
}

const columns = 'id, action, target, state, detail, asked_by, decided_by, asked_at'

/** Writes a wish. @returns undefined when the same one waits already */
export async function insertApproval(
  tx: Sql,
  wish: { action: string; target: string; detail: string; by: number },
  now: Date,
): Promise<number | undefined> {
  try {
    const { insertId } = await tx.run(
      '/* approval.insert */ INSERT INTO approval (action, target, detail, asked_by, asked_at) VALUES (?, ?, ?, ?, ?)',
      [wish.action, wish.target, wish.detail, wish.by, now],
    )
    return insertId
  } catch (error) {
    if (isDuplicateKey(error, 'approval_one_waiting')) return undefined
    throw error
  }
}

/** The wish of this number, locked until the transaction ends. */
export function lockApproval(tx: Sql, id: number): Promise<ApprovalRow | undefined> {
  return tx.row<ApprovalRow>(`/* approval.lock */ SELECT ${columns} FROM approval WHERE id = ? FOR UPDATE`, [
    id,
  ])
}

/** Ends a wish. The table refuses the person who had it. */
export async function endApproval(
  tx: Sql,
  id: number,
  { state, by }: { state: 'APPROVED' | 'REFUSED'; by: number },
  now: Date,
): Promise<void> {
  await tx.run(
    "/* approval.end */ UPDATE approval SET state = ?, decided_by = ?, decided_at = ? WHERE id = ? AND state = 'WAITING'",
    [state, by, now, id],
  )
}

/** One page of what waits, of some kind, newest first. */
export function listWaiting(
  sql: Pick<Sql, 'rows'>,
  input: { action: string; beforeId: number | undefined; limit: number },
): Promise<ApprovalRow[]> {
  const { action, beforeId, limit } = input
  return sql.rows<ApprovalRow>(
    `/* approval.listWaiting */ SELECT ${columns} FROM approval FORCE INDEX (approval_by_state)
     WHERE action = ? AND state = 'WAITING' ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [action, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** What of these targets waits. */
export async function findWaiting(
  sql: Pick<Sql, 'rows'>,
  action: string,
  targets: readonly string[],
): Promise<ReadonlyMap<string, ApprovalRow>> {
  if (targets.length === 0) return new Map()
  const rows = await sql.rows<ApprovalRow>(
    `/* approval.findWaiting */ SELECT ${columns} FROM approval WHERE waiting_for IN (${marks(targets)})`,
    targets.map((target) => `${action} ${target}`),
  )
  return new Map(rows.map((row) => [row.target, row]))
}

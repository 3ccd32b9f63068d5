/** The table `after_sale`: every statement on it. `state` changes by guarded UPDATEs, and only here. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import { type AfterSaleKind, type AfterSaleState, openCaseStates } from './after-sale-states.ts'

export interface AfterSaleRow {
  id: number
  after_sale_no: string
  order_id: number
  order_line_id: number
  user_id: number
  kind: AfterSaleKind
  state: AfterSaleState
  quantity: number
  /** What goes back for the shoes; `freight_fen` comes on top. */
  amount_fen: number
  freight_fen: number
  reason: string
  answer: string | null
  restock: number | null
  carrier: string | null
  tracking_no: string | null
  decided_by: number | null
  released_by: number | null
  refund_try: number
  out_refund_no: string | null
  due_at: Date | null
  created_at: Date
}

const columns = `id, after_sale_no, order_id, order_line_id, user_id, kind, state, quantity, amount_fen, freight_fen,
  reason, answer, restock, carrier, tracking_no, decided_by, released_by, refund_try, out_refund_no, due_at, created_at`

/** Opens a case and returns its id. The key refuses a second open one of the same line. */
export async function insertCase(
  tx: Sql,
  entry: {
    afterSaleNo: string
    orderId: number
    orderLineId: number
    userId: number
    kind: AfterSaleKind
    quantity: number
    amountFen: number
    reason: string
    dueAt: Date
  },
  now: Date,
): Promise<number> {
  const { insertId } = await tx.run(
    `/* after_sale.insertCase */ INSERT INTO after_sale (after_sale_no, order_id, order_line_id, user_id, kind, quantity, amount_fen, reason, due_at,
       created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [
      entry.afterSaleNo,
      entry.orderId,
      entry.orderLineId,
      entry.userId,
      entry.kind,
      entry.quantity,
      entry.amountFen,
      entry.reason,
      entry.dueAt,
      now,
      now,
    ],
  )
  return insertId
}

/** The case with this number, if it is this user's. */
export function findOwnCase(
  sql: Sql,
  afterSaleNo: string,
  userId: number,
): Promise<AfterSaleRow | undefined> {
  return sql.row<AfterSaleRow>(
    `/* after_sale.findOwnCase */ SELECT ${columns} FROM after_sale WHERE after_sale_no = ? AND user_id = ?`,
    [afterSaleNo, userId],
  )
}

/** The case with this number, for the shopkeeper. */
export function findCase(sql: Sql, afterSaleNo: string): Promise<AfterSaleRow | undefined> {
  return sql.row<AfterSaleRow>(
    `/* after_sale.findCase */ SELECT ${columns} FROM after_sale WHERE after_sale_no = ?`,
    [afterSaleNo],
  )
}

/** The case with this id, locked until the transaction ends. Its order is locked before. */
export function lockCase(tx: Sql, id: number): Promise<AfterSaleRow | undefined> {
  return tx.row<AfterSaleRow>(
    `/* after_sale.lockCase */ SELECT ${columns} FROM after_sale WHERE id = ? FOR UPDATE`,
    [id],
  )
}

/** The case whose money this refund gives back. */
export function findCaseOfRefund(sql: Sql, outRefundNo: string): Promise<AfterSaleRow | undefined> {
  return sql.row<AfterSaleRow>(
    `/* after_sale.findCaseOfRefund */ SELECT ${columns} FROM after_sale WHERE out_refund_no = ?`,
    [outRefundNo],
  )
}

/** The cases of an order, oldest first. */
export function listCasesOfOrder(sql: Sql, orderId: number): Promise<AfterSaleRow[]> {
  return sql.rows<AfterSaleRow>(
    `/* after_sale.listCasesOfOrder */ SELECT ${columns} FROM after_sale WHERE order_id = ? ORDER BY id LIMIT 200`,
    [orderId],
  )
}

/** One page of a user's cases, newest first. */
export function listOwnCases(
  sql: Sql,
  input: { userId: number; beforeId: number | undefined; limit: number },
): Promise<AfterSaleRow[]> {
  const { userId, beforeId, limit } = input
  return sql.rows<AfterSaleRow>(
    `/* after_sale.listOwnCases */ SELECT ${columns} FROM after_sale WHERE user_id = ? ${beforeId === undefined ? '' : 'AND id < ?'}
     ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [userId, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** One page of all cases in a state, newest first. */
export function listCasesInState(
  sql: Sql,
  input: { state: AfterSaleState; beforeId: number | undefined; limit: number },
): Promise<AfterSaleRow[]> {
  const { state, beforeId, limit } = input
  return sql.rows<AfterSaleRow>(
    `/* after_sale.listCasesInState */ SELECT ${columns} FROM after_sale FORCE INDEX (after_sale_by_state)
     WHERE state = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [state, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** One page of all cases, newest first. */
export function listAllCases(
  sql: Sql,
  input: { beforeId: number | undefined; limit: number },
): Promise<AfterSaleRow[]> {
  const { beforeId, limit } = input
  return sql.rows<AfterSaleRow>(
    `/* after_sale.listAllCases */ SELECT ${columns} FROM after_sale ${beforeId === undefined ? '' : 'WHERE id < ?'}
     ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === undefined ? [] : [beforeId],
  )
}

/** Cases in a state whose time has come, the longest due first. */
export function listDueCases(
  sql: Sql,
  state: AfterSaleState,
  now: Date,
  limit: number,
): Promise<{ id: number; order_id: number; after_sale_no: string; amount_fen: number }[]> {
  return sql.rows(
    `/* after_sale.listDueCases */ SELECT id, order_id, after_sale_no, amount_fen FROM after_sale FORCE INDEX (after_sale_due)
     WHERE state = ? AND due_at <= ? ORDER BY due_at, id LIMIT ${Math.trunc(limit)}`,
    [state, now],
  )
}

/** How many open cases a user has; at most 100. */
export async function countOpenCases(sql: Sql, userId: number): Promise<number> {
  const rows = await sql.rows<{ id: number }>(
    '/* after_sale.countOpenCases */ SELECT id FROM after_sale WHERE user_id = ? AND open_line IS NOT NULL ORDER BY id DESC LIMIT 100',
    [userId],
  )
  return rows.length
}

/** Is a case of this order open? */
export async function hasOpenCase(sql: Sql, orderId: number): Promise<boolean> {
  const row = await sql.row<{ id: number }>(
    `/* after_sale.hasOpenCase */ SELECT id FROM after_sale WHERE order_id = ? AND state IN (${marks(openCaseStates)}) LIMIT 1`,
    [orderId, ...openCaseStates],
  )
  return row !== undefined
}

/** What a move writes beside the state. */
export interface CaseChanges {
  answer?: string | null
  amount_fen?: number
  freight_fen?: number
  restock?: 0 | 1
  carrier?: string
  tracking_no?: string
  decided_by?: number | null
  released_by?: number | null
  refund_try?: number
  out_refund_no?: string | null
  due_at?: Date | null
}

/**
 * Moves a case from one state to another, if it still is in the first.
 *
 * @returns false when it is not
 */
export async function moveCase(
  tx: Sql,
  id: number,
  from: AfterSaleState,
  to: AfterSaleState,
  changes: CaseChanges,
  now: Date,
): Promise<boolean> {
  const entries = Object.entries(changes) as [keyof CaseChanges, SqlValue][]
  const { affectedRows } = await tx.run(
    `/* after_sale.moveCase */ UPDATE after_sale SET state = ?, updated_at = ?${entries.map(([name]) => `, ${name} = ?`).join('')}
     WHERE id = ? AND state = ?`,
    [to, now, ...entries.map(([, value]) => value), id, from],
  )
  return affectedRows === 1
}

/** Moves the time at which a case is looked at again. */
export async function setCaseDue(tx: Sql, id: number, state: AfterSaleState, dueAt: Date): Promise<void> {
  await tx.run('/* after_sale.setCaseDue */ UPDATE after_sale SET due_at = ? WHERE id = ? AND state = ?', [
    dueAt,
    id,
    state,
  ])
}

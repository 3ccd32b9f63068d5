/** `refund`: one row for each number under which money is given back, written before the gateway is asked. */
import type { Sql, SqlValue } from '#shared/db'
import type { GatewayName, RefundStatus } from '#shared/payment/gateway'

/** Who wanted it: ops, the rule for late payments, or somebody in the gateway's merchant platform. */
export type RefundOrigin = 'ops' | 'late' | 'platform' | 'after_sale'

export interface RefundRow {
  id: number
  orderId: number
  orderNo: string
  transactionId: string
  refundNo: string
  /** The gateway's number: it has accepted the refund. */
  refundId: string | null
  /** Fen: what the payer paid in that transaction, and what of it is given back. */
  totalFen: number
  refundFen: number
  reason: string | null
  origin: RefundOrigin
  status: RefundStatus
  /** Why the gateway did not take it, in its own words. */
  refusalCode: string | null
  refusalText: string | null
  refusals: number
  succeededAt: string | null
  dueAt: Date | null
  createdAt: Date
  /** Of its order: with whom it was made, and for whom. */
  gateway: GatewayName
  appId: string
  merchantId: string
}

/** The column of each field of a row. */
const columns: Readonly<Record<keyof RefundRow, string>> = {
  id: 'refund.id',
  orderId: 'refund.order_id',
  orderNo: 'refund.out_trade_no',
  transactionId: 'refund.transaction_id',
  refundNo: 'refund.out_refund_no',
  refundId: 'refund.refund_id',
  totalFen: 'refund.total_fee',
  refundFen: 'refund.refund_fee',
  reason: 'refund.reason',
  origin: 'refund.origin',
  status: 'refund.status',
  refusalCode: 'refund.err_code',
  refusalText: 'refund.err_code_des',
  refusals: 'refund.refusals',
  succeededAt: 'refund.success_time',
  dueAt: 'refund.due_at',
  createdAt: 'refund.created_at',
  gateway: 'payorder.gateway',
  appId: 'payorder.appid',
  merchantId: 'payorder.mch_id',
}

const selected = `${Object.entries(columns)
  .map(([field, column]) => `${column} AS ${field}`)
  .join(', ')} FROM refund JOIN payorder ON payorder.id = refund.order_id`

const marks = (values: readonly unknown[]) => values.map(() => '?').join(', ')

/** The refund of this number, whoever asked for it. */
export function findRefund(sql: Sql, refundNo: string): Promise<RefundRow | undefined> {
  return sql.row<RefundRow>(`/* refund.find */ SELECT ${selected} WHERE refund.out_refund_no = ?`, [refundNo])
}

export interface NewRefund {
  orderId: number
  orderNo: string
  transactionId: string
  refundNo: string
  totalFen: number
  refundFen: number
  reason: string | null
  origin: RefundOrigin
}

/** Writes a refund; does nothing where its number is taken. */
export async function insertRefundRow(tx: Sql, refund: NewRefund, now: Date): Promise<void> {
  await tx.run(
    `/* refund.insert */ INSERT INTO refund (order_id, out_trade_no, transaction_id, out_refund_no, total_fee, refund_fee,
       reason, origin, created_at, updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON DUPLICATE KEY UPDATE id = id`,
    [
      refund.orderId,
      refund.orderNo,
      refund.transactionId,
      refund.refundNo,
      refund.totalFen,
      refund.refundFen,
      refund.reason,
      refund.origin,
      now,
      now,
    ],
  )
}

/** What was given back of a payment, or is on its way, in fen. */
export async function refundedFen(sql: Sql, transactionId: string): Promise<number> {
  const row = await sql.row<{ fen: number }>(
    `/* refund.sum */ SELECT CAST(COALESCE(SUM(refund_fee), 0) AS SIGNED) AS fen FROM refund
     WHERE transaction_id = ? AND status <> 'CLOSED'`,
    [transactionId],
  )
  return row?.fen ?? 0
}

export interface EarlierRefund {
  refundFen: number
  status: RefundStatus
  requestedAt: Date
}

/** The refunds of a payment that the gateway counts, oldest first: also closed ones that it has once accepted. */
export function readEarlier(tx: Sql, transactionId: string): Promise<EarlierRefund[]> {
  return tx.rows(
    `/* refund.readEarlier */ SELECT refund_fee AS refundFen, status, COALESCE(accepted_at, created_at) AS requestedAt
     FROM refund WHERE transaction_id = ? AND (status <> 'CLOSED' OR refund_id IS NOT NULL)
     ORDER BY requestedAt, id`,
    [transactionId],
  )
}

/** The refunds of an order, oldest first. */
export function readRefundsOf(
  sql: Sql,
  orderId: number,
  limit: number,
): Promise<{ refundFen: number; status: RefundStatus; createdAt: Date }[]> {
  return sql.rows(
    `/* refund.readOfOrder */ SELECT refund_fee AS refundFen, status, created_at AS createdAt FROM refund
     WHERE order_id = ? ORDER BY id LIMIT ${Math.trunc(limit)}`,
    [orderId],
  )
}

/** What was given back of the payment that each of these orders holds. */
export function sumRefunds(
  sql: Sql,
  orderIds: readonly number[],
): Promise<{ orderId: number; refundFen: number }[]> {
  return sql.rows(
    `/* refund.sumOfOrders */ SELECT order_id AS orderId, CAST(SUM(refund.refund_fee) AS SIGNED) AS refundFen
     FROM refund JOIN payorder ON payorder.id = refund.order_id AND payorder.transaction_id = refund.transaction_id
     WHERE order_id IN (${marks(orderIds)}) AND refund.status <> 'CLOSED' GROUP BY order_id`,
    [...orderIds],
  )
}

/** Notes that the gateway has accepted a refund. One that was closed here without its word goes on. */
export async function acceptRow(
  sql: Sql,
  id: number,
  refundId: string | undefined,
  now: Date,
): Promise<void> {
  await sql.run(
    `/* refund.accept */ UPDATE refund SET status = IF(status = 'CLOSED' AND refund_id IS NULL, 'PROCESSING', status),
       refund_id = ?, accepted_at = COALESCE(accepted_at, ?), err_code = NULL, err_code_des = NULL, refusals = 0,
       updated_at = ? WHERE id = ?`,
    [refundId?.slice(0, 50) ?? null, now, now, id],
  )
}

/** Notes why a refund was not taken, and when to try again. */
export async function noteRefusal(
  sql: Sql,
  id: number,
  refusal: { code: string; text: string; refusals: number; dueAt: Date | null },
  now: Date,
): Promise<void> {
  await sql.run(
    `/* refund.noteRefusal */ UPDATE refund SET err_code = ?, err_code_des = ?, refusals = ?, due_at = ?, updated_at = ?
     WHERE id = ?`,
    [refusal.code.slice(0, 32), refusal.text.slice(0, 256), refusal.refusals, refusal.dueAt, now, id],
  )
}

/**
 * Moves a refund to another status.
 *
 * @returns false when it is in none of `from`
 */
export async function moveRow(
  sql: Sql,
  id: number,
  from: readonly RefundStatus[],
  to: RefundStatus,
  succeededAt: string | undefined,
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* refund.move */ UPDATE refund SET status = ?, success_time = ?, updated_at = ?
     WHERE id = ? AND status IN (${marks(from)})`,
    [to, succeededAt?.slice(0, 32) ?? null, now, id, ...from],
  )
  return affectedRows > 0
}

/**
 * Ends a refund that the gateway has not accepted.
 *
 * @returns false when it has, or the refund is not waiting any more
 */
export async function cancelRow(sql: Sql, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* refund.cancel */ UPDATE refund SET status = 'CLOSED', updated_at = ?
     WHERE id = ? AND status = 'PROCESSING' AND refund_id IS NULL`,
    [now, id],
  )
  return affectedRows > 0
}

/**
 * One page of the refunds that a person has to look at, newest first: those that the gateway refused and has not taken
 * since, or those whose payer's account is gone.
 */
export function listTroubled(
  sql: Sql,
  input: { status: 'PROCESSING' | 'CHANGE'; beforeId: number | undefined; limit: number },
): Promise<RefundRow[]> {
  const { status, beforeId, limit } = input
  return sql.rows<RefundRow>(
    `/* refund.listTroubled */ SELECT ${selected.replace('FROM refund', 'FROM refund FORCE INDEX (refund_by_status)')}
     WHERE refund.status = ? ${status === 'PROCESSING' ? 'AND refund.err_code IS NOT NULL' : ''}
     ${beforeId === undefined ? '' : 'AND refund.id < ?'} ORDER BY refund.id DESC LIMIT ${Math.trunc(limit)}`,
    [status, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

/** The next run of `reconcile` hands the refund over or asks about it. @returns false when it is over */
export async function makeDue(tx: Sql, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await tx.run(
    `/* refund.makeDue */ UPDATE refund SET due_at = NULL, updated_at = ?
     WHERE id = ? AND (status = 'PROCESSING' OR (status = 'CHANGE' AND refund_id IS NOT NULL))`,
    [now, id],
  )
  return affectedRows === 1
}

const BATCH_MAX = 500

/**
 * The refunds that the gateway is to be asked about now: those that wait for its word, the longest due first. Bounded
 * by what is open.
 */
export async function findDueRefunds(sql: Sql, before: Date, limit: number): Promise<number[]> {
  const found: { id: number; at: number }[] = []
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
  return found
    .sort((a, b) => a.at - b.at || a.id - b.id)
    .slice(0, limit)
    .map(({ id }) => id)
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

/** `payorder`: a row is one attempt to be paid. Rows of the Koa shop that repeat an order number are left to history. */
import type { Sql, SqlValue } from '#shared/db'
import { isDuplicateKey } from '#shared/db'
import type { GatewayName, Merchant, ReportedPayment, TradeState } from '#shared/payment/gateway'
import { isOpen, openStates } from './states.ts'

export interface OrderRow {
  id: number
  userId: number | null
  gateway: GatewayName
  appId: string
  merchantId: string
  nonce: string
  title: string | null
  orderNo: string
  /** Fen. */
  amountFen: number
  clientIp: string | null
  tradeType: string
  state: TradeState
  stateText: string | null
  productId: string | null
  signType: string | null
  notifyUrl: string | null
  /** `yyyyMMddHHmmss`, Beijing time: the order's life at the gateway. */
  startsAt: string | null
  expiresAt: string | null
  prepayId: string | null
  codeUrl: string | null
  codeUrlAt: Date | null
  transactionId: string | null
  /** `yyyyMMddHHmmss`, Beijing time. */
  paidAt: string | null
  /** Fen. */
  cashFen: number | null
  bankType: string | null
  attention: string | null
  requestHash: string | null
  /** The business order that it pays; null: an order of its own, as the tutorial's storefronts place it. */
  shopOrderId: number | null
  /** 1: its lines have reserved stock, and no business order looks after it. */
  holdsStock: number
  /** When the gateway was last asked about it; null: never. */
  askedAt: Date | null
  /** Null in rows of the Koa shop. */
  createdAt: Date | null
}

/** The column of each field of a row. */
const columns: Readonly<Record<keyof OrderRow, string>> = {
  id: 'id',
  userId: 'user_id',
  gateway: 'gateway',
  appId: 'appid',
  merchantId: 'mch_id',
  nonce: 'nonce_str',
  title: 'body',
  orderNo: 'out_trade_no',
  amountFen: 'total_fee',
  clientIp: 'spbill_create_ip',
  tradeType: 'trade_type',
  state: 'trade_state',
  stateText: 'trade_state_desc',
  productId: 'product_id',
  signType: 'sign_type',
  notifyUrl: 'notify_url',
  startsAt: 'time_start',
  expiresAt: 'time_expire',
  prepayId: 'prepay_id',
  codeUrl: 'code_url',
  codeUrlAt: 'code_url_at',
  transactionId: 'transaction_id',
  paidAt: 'time_end',
  cashFen: 'cash_fee',
  bankType: 'bank_type',
  attention: 'attention',
  requestHash: 'request_hash',
  shopOrderId: 'shop_order_id',
  holdsStock: 'holds_stock',
  askedAt: 'asked_at',
  createdAt: 'created_at',
}

const selected = Object.entries(columns)
  .map(([field, column]) => (field === column ? column : `${column} AS ${field}`))
  .join(', ')

const marks = (values: readonly unknown[]) => values.map(() => '?').join(', ')

/** The order of this number, if it is this user's. */
export function findOwnOrder(sql: Sql, orderNo: string, userId: number): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(
    `/* payorder.findOwn */ SELECT ${selected} FROM payorder
     WHERE out_trade_no = ? AND out_trade_no_repeat = 0 AND user_id = ?`,
    [orderNo, userId],
  )
}

/** The order that this user placed with this `Idempotency-Key`. */
export function findOrderByKey(
  sql: Sql,
  idempotencyKey: string,
  userId: number,
): Promise<OrderRow | undefined> {
  return sql.row<OrderRow>(
    `/* payorder.findByKey */ SELECT ${selected} FROM payorder
     WHERE user_id = ? AND idempotency_key = ? AND out_trade_no_repeat = 0`,
    [userId, idempotencyKey],
  )
}

/** How the order of this number was signed; null: nobody wrote it down. */
export async function readSignType(sql: Sql, orderNo: string): Promise<string | null | undefined> {
  const row = await sql.row<{ signType: string | null }>(
    `/* payorder.readSignType */ SELECT sign_type AS signType FROM payorder
     WHERE out_trade_no = ? AND out_trade_no_repeat = 0`,
    [orderNo],
  )
  return row?.signType
}

/**
 * A user's orders, newest first: pages by key, so that the thousandth costs what the first costs. The index is named,
 * because MySQL takes the primary key where most of the newest rows are this user's.
 */
export function listOwnOrders(
  sql: Sql,
  userId: number,
  beforeId: number | undefined,
  limit: number,
): Promise<OrderRow[]> {
  return sql.rows<OrderRow>(
    `/* payorder.listOwn */ SELECT ${selected} FROM payorder FORCE INDEX (payorder_of_user)
     WHERE user_id = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    beforeId === undefined ? [userId] : [userId, beforeId],
  )
}

/** The order of this number, locked until the transaction ends: for facts of the gateway, never for a user's wish. */
export function lockOrder(tx: Sql, orderNo: string): Promise<OrderRow | undefined> {
  return tx.row<OrderRow>(
    `/* payorder.lock */ SELECT ${selected} FROM payorder
     WHERE out_trade_no = ? AND out_trade_no_repeat = 0 FOR UPDATE`,
    [orderNo],
  )
}

/** The order with this id, as it is now. */
export async function readOrder(sql: Sql, id: number): Promise<OrderRow> {
  const order = await sql.row<OrderRow>(`/* payorder.read */ SELECT ${selected} FROM payorder WHERE id = ?`, [
    id,
  ])
  if (!order) throw new Error(`order ${id} is gone`)
  return order
}

export interface NewOrder {
  userId: number
  gateway: GatewayName
  merchant: Merchant
  nonce: string
  title: string
  orderNo: string
  amountFen: number
  clientIp: string
  productId: string
  signType: string
  notifyUrl: string
  startsAt: string
  expiresAt: string
  idempotencyKey: string | null
  requestHash: string
  shopOrderId?: number
  holdsStock?: boolean
  createdAt: Date
}

/**
 * Writes an unpaid order.
 *
 * @returns its id; undefined: its number is taken
 */
export async function insertOrder(tx: Sql, order: NewOrder): Promise<number | undefined> {
  try {
    const { insertId } = await tx.run(
      `/* payorder.insert */ INSERT INTO payorder (user_id, gateway, appid, mch_id, nonce_str, body, out_trade_no,
         total_fee, fee_type, spbill_create_ip, trade_type, trade_state, product_id, sign_type, notify_url, time_start,
         time_expire, idempotency_key, request_hash, shop_order_id, holds_stock, created_at, updated_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'CNY', ?, 'NATIVE', 'NOTPAY', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        order.userId,
        order.gateway,
        order.merchant.appId,
        order.merchant.merchantId,
        order.nonce,
        order.title,
        order.orderNo,
        order.amountFen,
        order.clientIp,
        order.productId,
        order.signType,
        order.notifyUrl,
        order.startsAt,
        order.expiresAt,
        order.idempotencyKey,
        order.requestHash,
        order.shopOrderId ?? null,
        order.holdsStock ? 1 : 0,
        order.createdAt,
        order.createdAt,
      ],
    )
    return insertId
  } catch (error) {
    if (isDuplicateKey(error, 'payorder_out_trade_no')) return undefined
    throw error
  }
}

/** Another request has placed an order with this `Idempotency-Key`. */
export function isKeyTaken(error: unknown): boolean {
  return isDuplicateKey(error, 'payorder_idempotency_key')
}

/** How many orders of a user nobody has decided about: counted up to `max`. */
export async function countOpenOrders(sql: Sql, userId: number, max: number): Promise<number> {
  const row = await sql.row<{ open: number }>(
    `/* payorder.countOpen */ SELECT COUNT(*) AS open FROM (
       SELECT 1 FROM payorder FORCE INDEX (payorder_open_of_user)
       WHERE user_id = ? AND trade_state IN (${marks(openStates)}) LIMIT ${Math.trunc(max)}) AS some`,
    [userId, ...openStates],
  )
  return row?.open ?? 0
}

/**
 * Keeps what the payer needs, as long as the order is open.
 *
 * @returns false when a fact was faster
 */
export async function savePrepayment(
  sql: Sql,
  id: number,
  { prepayId, codeUrl }: { prepayId: string; codeUrl: string },
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* payorder.savePrepay */ UPDATE payorder SET prepay_id = ?, code_url = ?, code_url_at = ?, updated_at = ?
     WHERE id = ? AND trade_state IN (${marks(openStates)})`,
    [prepayId, codeUrl, now, now, id, ...openStates],
  )
  return affectedRows > 0
}

/**
 * Takes the right to ask the gateway about an order.
 *
 * @param before - nobody may have asked after that moment
 * @returns false when somebody has
 */
export async function takeQuestion(sql: Sql, id: number, before: Date, now: Date): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* payorder.takeQuestion */ UPDATE payorder SET asked_at = ?
     WHERE id = ? AND (asked_at IS NULL OR asked_at < ?)`,
    [now, id, before],
  )
  return affectedRows === 1
}

interface Move {
  from: TradeState
  to: TradeState
  stateText: string | undefined
  attention: string | null
}

/** Moves a locked order from one state to another. @throws Error when it is not in the first one */
export async function moveOrder(tx: Sql, order: OrderRow, move: Move, now: Date): Promise<void> {
  const { affectedRows } = await tx.run(
    `/* payorder.move */ UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ?, updated_at = ?
     WHERE id = ? AND trade_state = ?`,
    [move.to, cut(move.stateText, 256), move.attention, now, order.id, move.from],
  )
  if (affectedRows !== 1) throw new Error(`order ${order.orderNo} changed while it was locked`)
}

/** Takes a move back that the same transaction made. */
export async function undoMove(tx: Sql, order: OrderRow): Promise<void> {
  await tx.run(
    '/* payorder.undoMove */ UPDATE payorder SET trade_state = ?, trade_state_desc = ?, attention = ? WHERE id = ?',
    [order.state, order.stateText, order.attention, order.id],
  )
}

/**
 * Writes the payment into its order.
 *
 * @returns false when another order holds this transaction
 */
export async function writePayment(tx: Sql, id: number, payment: ReportedPayment): Promise<boolean> {
  const values: SqlValue[] = [
    cut(payment.transactionId, 50),
    cut(payment.paidAt, 50),
    payment.cashFen ?? null,
    cut(payment.bankType, 50),
    cut(payment.currency, 50) ?? 'CNY',
    cut(payment.payerId, 128),
    cut(payment.isSubscribed, 50),
    payment.couponFen ?? null,
    payment.settlementFen ?? null,
    id,
  ]
  try {
    await tx.run(
      `/* payorder.writePayment */ UPDATE payorder SET transaction_id = ?, time_end = ?, cash_fee = ?, bank_type = ?,
         fee_type = ?, openid = ?, is_subscribe = ?, coupon_fee = ?, settlement_total_fee = ?
       WHERE id = ?`,
      values,
    )
    return true
  } catch (error) {
    if (isDuplicateKey(error, 'payorder_transaction_id')) return false
    throw error
  }
}

/** Fills in what an earlier report of the same payment left out. */
export async function completePayment(tx: Sql, id: number, payment: ReportedPayment): Promise<void> {
  await tx.run(
    `/* payorder.completePayment */ UPDATE payorder SET time_end = COALESCE(time_end, ?), cash_fee = COALESCE(cash_fee, ?),
       bank_type = COALESCE(bank_type, ?), openid = COALESCE(openid, ?)
     WHERE id = ?`,
    [
      cut(payment.paidAt, 50),
      payment.cashFen ?? null,
      cut(payment.bankType, 50),
      cut(payment.payerId, 128),
      id,
    ],
  )
}

/** Marks an order as one that a person has to look at. */
export async function flagOrder(tx: Sql, id: number, attention: string, now: Date): Promise<void> {
  await tx.run('/* payorder.flag */ UPDATE payorder SET attention = ?, updated_at = ? WHERE id = ?', [
    attention,
    now,
    id,
  ])
}

/** Why a person has to look at an order. */
export type Attention = 'PAID_AFTER_CLOSE' | 'PAID_TWICE'

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

const BATCH_MAX = 500

/**
 * The open orders of a merchant that were asked about least recently, before a moment. Bounded by what is open.
 *
 * @returns their ids, the longest unasked first
 */
export async function findUnasked(
  sql: Sql,
  merchantId: string,
  before: Date,
  limit: number,
): Promise<number[]> {
  const found: { id: number; at: number }[] = []
  for (const state of openStates) {
    // Each of the two comes in the order of the key, so that no more is read than is wanted.
    for (const asked of ['IS NULL', '< ?']) {
      const rows = await sql.rows<{ id: number; askedAt: Date | null }>(
        `/* payorder.findUnasked */ SELECT id, asked_at AS askedAt FROM payorder FORCE INDEX (payorder_unasked)
         WHERE trade_state = ? AND mch_id = ? AND out_trade_no_repeat = 0 AND asked_at ${asked} AND out_trade_no <> ''
         ORDER BY ${asked === 'IS NULL' ? '' : 'asked_at, '}id LIMIT ${Math.min(Math.trunc(limit), BATCH_MAX)}`,
        asked === '< ?' ? [state, merchantId, before] : [state, merchantId],
      )
      found.push(...rows.map(({ id, askedAt }) => ({ id, at: askedAt?.getTime() ?? 0 })))
    }
  }
  return found
    .sort((a, b) => a.at - b.at || a.id - b.id)
    .slice(0, limit)
    .map(({ id }) => id)
}

/**
 * Claims some of these orders: what another run has claimed or asked about meanwhile is left out.
 *
 * @param until - when the claim ends by itself
 */
export async function claimOrders(
  tx: Sql,
  ids: readonly number[],
  { before, until, now }: { before: Date; until: Date; now: Date },
): Promise<OrderRow[]> {
  if (ids.length === 0) return []
  const rows = await tx.rows<OrderRow>(
    `/* payorder.claim */ SELECT ${selected} FROM payorder
     WHERE id IN (${marks(ids)}) AND (claimed_until IS NULL OR claimed_until <= ?)
       AND (asked_at IS NULL OR asked_at < ?)
     ORDER BY id FOR UPDATE SKIP LOCKED`,
    [...ids, now, before],
  )
  const open = rows.filter(({ state }) => isOpen(state))
  if (open.length > 0) {
    await tx.run(
      `/* payorder.setClaim */ UPDATE payorder SET claimed_until = ? WHERE id IN (${marks(open)})`,
      [until, ...open.map(({ id }) => id)],
    )
  }
  return open
}

/** Ends the claim of an order that was dealt with: nobody has to ask about it before the next run. */
export async function releaseOrder(sql: Sql, id: number, now: Date): Promise<void> {
  await sql.run(
    '/* payorder.release */ UPDATE payorder SET claimed_until = NULL, asked_at = ? WHERE id = ?',
    [now, id],
  )
}

/** The apps of a merchant that orders were ever made with: one look into the key for each of them. */
export async function readApps(sql: Sql, merchantId: string): Promise<string[]> {
  const apps: string[] = []
  for (;;) {
    const row = await sql.row<{ appId: string | null }>(
      `/* payorder.readApps */ SELECT MIN(appid) AS appId FROM payorder WHERE mch_id = ? AND appid > ?`,
      [merchantId, apps.at(-1) ?? ''],
    )
    if (!row || row.appId === null) return apps
    apps.push(row.appId)
  }
}

/** How many open orders belong to each other merchant. */
export function countOpenOfOthers(
  sql: Sql,
  merchantId: string,
): Promise<{ merchantId: string; orders: number }[]> {
  return sql.rows(
    `/* payorder.countOfOthers */ SELECT mch_id AS merchantId, CAST(COUNT(*) AS SIGNED) AS orders FROM payorder
     WHERE trade_state IN (${marks(openStates)}) AND mch_id <> ? AND out_trade_no_repeat = 0
     GROUP BY mch_id ORDER BY mch_id`,
    [...openStates, merchantId],
  )
}

function cut(value: string | undefined, max: number): string | null {
  return value === undefined || value === '' ? null : value.slice(0, max)
}

/** How many unpaid orders of a user hold stock without a business order, counted up to `max`. */
export async function countHolding(sql: Sql, userId: number, max: number): Promise<number> {
  const row = await sql.row<{ open: number }>(
    `/* payorder.countHolding */ SELECT COUNT(*) AS open FROM (
       SELECT 1 FROM payorder FORCE INDEX (payorder_open_of_user)
       WHERE user_id = ? AND trade_state IN (${marks(openStates)}) AND holds_stock = 1 LIMIT ${Math.trunc(max)}) AS some`,
    [userId, ...openStates],
  )
  return row?.open ?? 0
}

/** The number of the newest payment of a business order. */
export async function findAttempt(sql: Sql, shopOrderId: number): Promise<string | undefined> {
  const row = await sql.row<{ orderNo: string }>(
    `/* payorder.findAttempt */ SELECT out_trade_no AS orderNo FROM payorder
     WHERE shop_order_id = ? ORDER BY id DESC LIMIT 1`,
    [shopOrderId],
  )
  return row?.orderNo
}

/** The number of the payment of a business order that can still be paid. */
export async function findOpenAttempt(sql: Sql, shopOrderId: number): Promise<string | undefined> {
  const row = await sql.row<{ orderNo: string }>(
    '/* payorder.findOpenAttempt */ SELECT out_trade_no AS orderNo FROM payorder WHERE open_for = ?',
    [shopOrderId],
  )
  return row?.orderNo
}

/** The number of the payment that a business order was paid with. */
export async function findPaidAttempt(sql: Sql, shopOrderId: number): Promise<string | undefined> {
  const row = await sql.row<{ orderNo: string }>(
    `/* payorder.findPaidAttempt */ SELECT out_trade_no AS orderNo FROM payorder
     WHERE shop_order_id = ? AND transaction_id IS NOT NULL ORDER BY id LIMIT 1`,
    [shopOrderId],
  )
  return row?.orderNo
}

/** Is something reserved for the order no longer? What it held was released, or has left the house. */
export async function endHold(tx: Sql, id: number): Promise<void> {
  await tx.run('/* payorder.endHold */ UPDATE payorder SET holds_stock = 0 WHERE id = ?', [id])
}

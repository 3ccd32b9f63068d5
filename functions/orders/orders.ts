/** A shopper's own orders: pages of them, or one with its lines and history. */
import { assetUrl } from '#shared/catalogue'
import type { Database, Sql, SqlValue } from '#shared/db'
import { AppError } from '#shared/errors'
import { fenToYuan } from '#shared/money'
import { isPaid, stateText, type TradeState } from '#shared/payment/ledger'

export interface OrdersDeps {
  /** The primary: who has just ordered wants to see it. */
  db: Database
  assetBaseUrl: string
}

export interface OrderLine {
  productId: number
  name: string
  img: string
  /** Fen. */
  price_fen: number
  quantity: number
}

export interface Order {
  out_trade_no: string
  body: string
  /** Fen. */
  total_fee: number
  trade_state: TradeState
  trade_state_desc: string
  /** ISO 8601; null in orders of the Koa shop. */
  created_at: string | null
  transaction_id?: string | null
  /** `yyyyMMddHHmmss`, Beijing time. */
  time_end?: string | null
  /** Fen. */
  cash_fee?: number | null
  /** Fen that were given back, or are on their way; not those of a second payment of the same order. */
  refund_fee: number
  items: OrderLine[]
}

/** What happened to an order, oldest first. */
export interface OrderEvent {
  at: string
  event: 'created' | 'paid' | 'closed' | 'refund'
  text: string
}

interface Row {
  id: number
  out_trade_no: string
  body: string | null
  total_fee: number
  trade_state: TradeState
  trade_state_desc: string | null
  created_at: Date | null
  transaction_id: string | null
  time_end: string | null
  cash_fee: number | null
}

const columns = `id, out_trade_no, body, total_fee, trade_state, trade_state_desc, created_at, transaction_id, time_end,
  cash_fee`

/**
 * Newest first. Pages by key, so that the thousandth costs what the first costs.
 *
 * @throws AppError INVALID_PARAMETER when the cursor is none of the user's orders
 */
export async function listOrders(
  input: { userId: number; cursor: string | undefined; limit: number },
  deps: OrdersDeps,
): Promise<{ orders: Order[]; nextCursor: string | null }> {
  const { userId, cursor, limit } = input
  const values: SqlValue[] = [userId]
  if (cursor !== undefined) values.push(await readCursor(deps.db, cursor, userId))
  const rows = await deps.db.rows<Row>(
    `SELECT ${columns} FROM payorder WHERE user_id = ? ${cursor === undefined ? '' : 'AND id < ?'}
     ORDER BY id DESC LIMIT ${limit + 1}`,
    values,
  )
  const page = rows.slice(0, limit)
  const nextCursor = rows.length > limit ? (page.at(-1)?.out_trade_no ?? null) : null
  return { orders: await complete(page, deps), nextCursor }
}

/** A cursor is the number of the last order seen. A wrong one is told: an empty page would look like the end. */
async function readCursor(sql: Sql, cursor: string, userId: number): Promise<number> {
  const row = await sql.row<{ id: number }>(
    'SELECT id FROM payorder WHERE out_trade_no = ? AND user_id = ? AND out_trade_no_repeat = 0',
    [cursor, userId],
  )
  if (!row) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  return row.id
}

/** @throws AppError ORDER_NOT_FOUND */
export async function showOrder(
  input: { userId: number; outTradeNo: string },
  deps: OrdersDeps,
): Promise<Order & { history: OrderEvent[] }> {
  const row = await deps.db.row<Row>(
    `SELECT ${columns} FROM payorder WHERE out_trade_no = ? AND user_id = ? AND out_trade_no_repeat = 0`,
    [input.outTradeNo, input.userId],
  )
  const [order] = row ? await complete([row], deps) : []
  if (!row || !order) throw new AppError('ORDER_NOT_FOUND')
  return { ...order, history: await readHistory(deps.db, row) }
}

/** Adds lines, and refunds of the payment that counts: one query each for the whole page. */
async function complete(rows: readonly Row[], { db, assetBaseUrl }: OrdersDeps): Promise<Order[]> {
  if (rows.length === 0) return []
  const ids: SqlValue[] = rows.map(({ id }) => id)
  const marks = ids.map(() => '?').join(', ')
  const lines = await db.rows<OrderLine & { order_id: number }>(
    `SELECT order_id, product_id AS productId, name, img, price_fen, quantity FROM order_item
     WHERE order_id IN (${marks}) ORDER BY id`,
    ids,
  )
  const refunds = await db.rows<{ order_id: number; refund_fee: number }>(
    `SELECT order_id, CAST(SUM(refund.refund_fee) AS SIGNED) AS refund_fee
     FROM refund JOIN payorder ON payorder.id = refund.order_id AND payorder.transaction_id = refund.transaction_id
     WHERE order_id IN (${marks}) AND refund.status <> 'CLOSED' GROUP BY order_id`,
    ids,
  )
  return rows.map((row) => ({
    out_trade_no: row.out_trade_no,
    body: row.body ?? '',
    total_fee: row.total_fee,
    trade_state: row.trade_state,
    trade_state_desc: row.trade_state_desc || stateText[row.trade_state],
    created_at: row.created_at?.toISOString() ?? null,
    ...(isPaid(row.trade_state) && {
      transaction_id: row.transaction_id,
      time_end: row.time_end,
      cash_fee: row.cash_fee,
    }),
    refund_fee: refunds.find(({ order_id }) => order_id === row.id)?.refund_fee ?? 0,
    items: lines
      .filter(({ order_id }) => order_id === row.id)
      .map(({ order_id: _order, ...line }) => ({ ...line, img: assetUrl(assetBaseUrl, line.img) })),
  }))
}

/** What the journal tells a shopper: only facts that moved the order, no openid, no raw fields. */
async function readHistory(sql: Sql, order: Row): Promise<OrderEvent[]> {
  const facts = await sql.rows<{ verdict: string; state_after: string; first_at: Date }>(
    `SELECT verdict, state_after, first_at FROM payment_event
     WHERE out_trade_no = ? AND verdict IN ('settled', 'paid_late', 'closed') ORDER BY first_at, id LIMIT 50`,
    [order.out_trade_no],
  )
  const refunds = await sql.rows<{ refund_fee: number; status: string; created_at: Date }>(
    'SELECT refund_fee, status, created_at FROM refund WHERE order_id = ? ORDER BY id LIMIT 50',
    [order.id],
  )
  const history: OrderEvent[] = [
    ...facts.map(({ verdict, first_at }) =>
      verdict === 'closed'
        ? { at: first_at.toISOString(), event: 'closed' as const, text: '订单已关闭' }
        : { at: first_at.toISOString(), event: 'paid' as const, text: '支付成功' },
    ),
    ...refunds.map(({ refund_fee, status, created_at }) => ({
      at: created_at.toISOString(),
      event: 'refund' as const,
      text: `退款${fenToYuan(refund_fee)}元，${refundText[status] ?? '处理中'}`,
    })),
  ]
  if (order.created_at)
    history.push({ at: order.created_at.toISOString(), event: 'created', text: '提交订单' })
  return history.sort((a, b) => a.at.localeCompare(b.at))
}

const refundText: Record<string, string> = { SUCCESS: '已到账', CLOSED: '未成功', CHANGE: '需人工处理' }

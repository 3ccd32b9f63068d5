/** A shopper's own orders: pages of them, or one with its lines and history. */
import { assetUrl } from '#shared/catalogue'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import { fenToYuan } from '#shared/money'
import {
  findOwnOrder,
  isPaid,
  listOwnOrders,
  type OrderRow,
  readItems,
  readMoves,
  readRefundsOf,
  stateText,
  sumRefunds,
  type TradeState,
} from '#shared/payment/ledger'

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
  const before = cursor === undefined ? undefined : await readCursor(deps.db, cursor, userId)
  const rows = await listOwnOrders(deps.db, userId, before, limit + 1)
  const page = rows.slice(0, limit)
  const nextCursor = rows.length > limit ? (page.at(-1)?.orderNo ?? null) : null
  return { orders: await complete(page, deps), nextCursor }
}

/** A cursor is the number of the last order seen. A wrong one is refused: an empty page would look like the end. */
async function readCursor(db: Database, cursor: string, userId: number): Promise<number> {
  const row = await findOwnOrder(db, cursor, userId)
  if (!row) throw new AppError('INVALID_PARAMETER', { msg: '游标cursor不正确' })
  return row.id
}

/** @throws AppError ORDER_NOT_FOUND */
export async function showOrder(
  input: { userId: number; outTradeNo: string },
  deps: OrdersDeps,
): Promise<Order & { history: OrderEvent[] }> {
  const row = await findOwnOrder(deps.db, input.outTradeNo, input.userId)
  const [order] = row ? await complete([row], deps) : []
  if (!row || !order) throw new AppError('ORDER_NOT_FOUND')
  return { ...order, history: await readHistory(deps.db, row) }
}

/** Adds lines, and refunds of the payment that counts: one query each for the whole page. */
async function complete(rows: readonly OrderRow[], { db, assetBaseUrl }: OrdersDeps): Promise<Order[]> {
  if (rows.length === 0) return []
  const ids = rows.map(({ id }) => id)
  const lines = await readItems(db, ids)
  const refunds = await sumRefunds(db, ids)
  return rows.map((row) => ({
    out_trade_no: row.orderNo,
    body: row.title ?? '',
    total_fee: row.amountFen,
    trade_state: row.state,
    trade_state_desc: row.stateText || stateText[row.state],
    created_at: row.createdAt?.toISOString() ?? null,
    ...(isPaid(row.state) && {
      transaction_id: row.transactionId,
      time_end: row.paidAt,
      cash_fee: row.cashFen,
    }),
    refund_fee: refunds.find(({ orderId }) => orderId === row.id)?.refundFen ?? 0,
    items: lines
      .filter(({ orderId }) => orderId === row.id)
      .map(({ productId, name, img, priceFen, quantity }) => ({
        productId,
        name,
        img: assetUrl(assetBaseUrl, img),
        price_fen: priceFen,
        quantity,
      })),
  }))
}

const MAX_HISTORY = 50

/** What the journal tells a shopper: only facts that moved the order, no payer, no raw fields. */
async function readHistory(db: Database, order: OrderRow): Promise<OrderEvent[]> {
  const moves = await readMoves(db, order.orderNo, MAX_HISTORY)
  const refunds = await readRefundsOf(db, order.id, MAX_HISTORY)
  const history: OrderEvent[] = [
    ...moves.map(({ verdict, firstAt }) =>
      verdict === 'closed'
        ? { at: firstAt.toISOString(), event: 'closed' as const, text: '订单已关闭' }
        : { at: firstAt.toISOString(), event: 'paid' as const, text: '支付成功' },
    ),
    ...refunds.map(({ refundFen, status, createdAt }) => ({
      at: createdAt.toISOString(),
      event: 'refund' as const,
      text: `退款${fenToYuan(refundFen)}元，${refundText[status] ?? '处理中'}`,
    })),
  ]
  if (order.createdAt) history.push({ at: order.createdAt.toISOString(), event: 'created', text: '提交订单' })
  return history.sort((a, b) => a.at.localeCompare(b.at))
}

const refundText: Record<string, string> = { SUCCESS: '已到账', CLOSED: '未成功', CHANGE: '需人工处理' }

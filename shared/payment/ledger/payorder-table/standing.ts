/** What open orders stand for: of one user, whom a new order asks about, and the pieces that they hold. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import { openStates, type TradeState } from '../states.ts'
import { type OrderRow, selected } from './row.ts'

/** What a user has at the moment, as far as a new order asks. */
export interface Standing {
  /** The order that he placed with this `Idempotency-Key`. */
  readonly earlier: OrderRow | undefined
  /** Orders that nobody has decided about, counted up to `max`. */
  readonly open: number
  /** Of those, the ones that hold stock without a business order. */
  readonly holding: number
}

/**
 * All that a new order has to know of the user's other ones, as it is at one moment.
 *
 * @param max - nobody counts further
 */
export async function readStanding(
  sql: Sql,
  { userId, idempotencyKey, max }: { userId: number; idempotencyKey: string | undefined; max: number },
): Promise<Standing> {
  type Row = { openOrders: number; holding: number } & (OrderRow | { id: null })
  const values: SqlValue[] = [userId, ...openStates, userId, idempotencyKey ?? null]
  const row = await sql.row<Row>(
    `/* payorder.readStanding */ SELECT openOrders, holding, ${selected}
     FROM (SELECT COUNT(*) AS openOrders, CAST(COALESCE(SUM(few.holds), 0) AS SIGNED) AS holding FROM (
       SELECT holds_stock AS holds FROM payorder FORCE INDEX (payorder_open_of_user)
       WHERE user_id = ? AND trade_state IN (${marks(openStates)}) LIMIT ${Math.trunc(max)}) AS few) AS counted
     LEFT JOIN payorder ON user_id = ? AND idempotency_key = ? AND out_trade_no_repeat = 0`,
    values,
  )
  if (!row) return { earlier: undefined, open: 0, holding: 0 }
  const { openOrders: open, holding, ...order } = row
  return { earlier: order.id === null ? undefined : (order as OrderRow), open, holding }
}

/** Pieces that open orders without a business order hold; `afterId`: behind that order. */
export function listHolding(
  sql: Pick<Sql, 'rows'>,
  input: { state: TradeState; afterId: number; limit: number },
): Promise<{ orderId: number; skuId: number | null; pieces: number }[]> {
  const { state, afterId, limit } = input
  return sql.rows(
    `/* payorder.listHolding */ SELECT page.id AS orderId, item.sku_id AS skuId, CAST(item.quantity AS SIGNED) AS pieces
     FROM (SELECT id, holds_stock FROM payorder FORCE INDEX (payorder_by_state) WHERE trade_state = ? AND id > ?
       ORDER BY id LIMIT ${Math.trunc(limit)}) AS page
     LEFT JOIN order_item AS item ON item.order_id = page.id AND page.holds_stock = 1
     ORDER BY page.id`,
    [state, afterId],
  )
}

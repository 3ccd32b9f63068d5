/** The table `stock_move`: every movement of stock, once by key. */
import { isDuplicateKey, type Sql } from '#shared/db'

export type MoveKind = 'reserve' | 'release' | 'ship' | 'restock' | 'adjust'

export interface StockMoveRow {
  id: number
  sku_id: number
  kind: MoveKind
  ref: string
  quantity: number
  at: Date
}

/**
 * Writes a movement down.
 *
 * @returns false when it was written before: then nothing may move again
 */
export async function writeMove(
  tx: Sql,
  move: { ref: string; skuId: number; kind: MoveKind; quantity: number },
  now: Date,
): Promise<boolean> {
  try {
    await tx.run(
      '/* stock_move.writeMove */ INSERT INTO stock_move (ref, sku_id, kind, quantity, at) VALUES (?, ?, ?, ?, ?)',
      [move.ref, move.skuId, move.kind, move.quantity, now],
    )
    return true
  } catch (error) {
    if (isDuplicateKey(error, 'stock_move_once')) return false
    throw error
  }
}

/** The movements of a SKU, newest first. */
export function listMoves(
  sql: Sql,
  input: { skuId: number; beforeId: number | undefined; limit: number },
): Promise<StockMoveRow[]> {
  const { skuId, beforeId, limit } = input
  return sql.rows<StockMoveRow>(
    `/* stock_move.listMoves */ SELECT id, sku_id, kind, ref, quantity, at FROM stock_move
     WHERE sku_id = ? ${beforeId === undefined ? '' : 'AND id < ?'} ORDER BY id DESC LIMIT ${Math.trunc(limit)}`,
    [skuId, ...(beforeId === undefined ? [] : [beforeId])],
  )
}

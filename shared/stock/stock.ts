/**
 * How many pairs there are. On hand = available + reserved; an order reserves, its close releases, its parcel ships.
 * Every step runs in the caller's transaction, as its last: stock rows are locked from here to the commit, in ascending
 * order of SKU, and nothing may come after but the commit itself.
 */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { addPieces, gatherPieces, movePart, movePieces, type Part, spreadPieces } from './pieces.ts'
import { readStock } from './sku-stock-table.ts'
import { type MoveKind, writeMove } from './stock-move-table.ts'

export interface StockLine {
  skuId: number
  quantity: number
}

/** The reference of what is reserved for a payment without a business order. */
export function paymentStockRef(payorderId: number): string {
  return `P${payorderId}`
}

/** Pieces that can be ordered now, by SKU. A plain read: it may be a moment old, and locks nothing. */
export async function readAvailable(
  sql: Pick<Sql, 'rows'>,
  skuIds: readonly number[],
): Promise<Map<number, number>> {
  return new Map((await readStock(sql, skuIds)).map(({ sku_id, available }) => [sku_id, available]))
}

/** Lines of one SKU become one, in ascending order of SKU. */
export function mergeLines(lines: readonly StockLine[]): StockLine[] {
  const merged = new Map<number, number>()
  for (const { skuId, quantity } of lines) merged.set(skuId, (merged.get(skuId) ?? 0) + quantity)
  return [...merged].map(([skuId, quantity]) => ({ skuId, quantity })).sort((a, b) => a.skuId - b.skuId)
}

/**
 * Sets the pieces of an order apart.
 *
 * @throws AppError SOLD_OUT naming the lines and what is left of them: roll back
 */
export async function reserve(tx: Sql, ref: string, lines: readonly StockLine[], now: Date): Promise<void> {
  const merged = mergeLines(lines)
  await writeMoves(tx, ref, 'reserve', merged, now)
  for (const line of merged) {
    if (!(await movePieces(tx, 'reserve', { ref, ...line }))) throw await soldOut(tx, merged)
  }
}

/**
 * Sets the pieces of an order apart, or none of them.
 *
 * @returns false when something is short: nothing has moved, and the transaction can go on
 */
export async function reserveAllOrNothing(
  tx: Sql,
  ref: string,
  lines: readonly StockLine[],
  now: Date,
): Promise<boolean> {
  const merged = mergeLines(lines)
  const taken: [skuId: number, part: Part][] = []
  for (const line of merged) {
    const parts = await movePieces(tx, 'reserve', { ref, ...line })
    if (parts) taken.push(...parts.map((part): [number, Part] => [line.skuId, part]))
    else {
      // Where it was taken from: those rows are locked already, so nobody is waited for out of order.
      for (const [skuId, part] of taken) await movePart(tx, 'release', skuId, part)
      return false
    }
  }
  await writeMoves(tx, ref, 'reserve', merged, now)
  return true
}

/** Reserved pieces can be ordered again: the order was closed, or its lines were cancelled. */
export async function release(tx: Sql, ref: string, lines: readonly StockLine[], now: Date): Promise<void> {
  for (const line of await fresh(tx, ref, 'release', lines, now)) {
    if (!(await movePieces(tx, 'release', { ref, ...line }))) throw notReserved(ref, line)
  }
}

/** Reserved pieces leave the house in a parcel. */
export async function ship(tx: Sql, ref: string, lines: readonly StockLine[], now: Date): Promise<void> {
  for (const line of await fresh(tx, ref, 'ship', lines, now)) {
    if (!(await movePieces(tx, 'ship', { ref, ...line }))) throw notReserved(ref, line)
  }
}

/** Pieces came back and can be sold again. */
export async function restock(tx: Sql, ref: string, lines: readonly StockLine[], now: Date): Promise<void> {
  for (const { skuId, quantity } of await fresh(tx, ref, 'restock', lines, now))
    await addPieces(tx, skuId, quantity)
}

/**
 * The shopkeeper counted: adds a delta, never sets a value.
 *
 * @throws AppError SOLD_OUT when more is taken than is available
 */
export async function adjust(
  tx: Sql,
  { ref, skuId, delta }: { ref: string; skuId: number; delta: number },
  now: Date,
): Promise<void> {
  if (!(await writeMove(tx, { ref, skuId, kind: 'adjust', quantity: delta }, now))) return
  if (delta > 0) await addPieces(tx, skuId, delta)
  else if (!(await movePieces(tx, 'remove', { ref, skuId, quantity: -delta })))
    throw await soldOut(tx, [{ skuId, quantity: -delta }])
}

/**
 * Says whether a SKU is hot: that hundreds will order it in the same seconds. Its pieces are spread over buckets then, and
 * gathered again afterwards; orders go on meanwhile, and all sums stay the same.
 */
export async function setHot(tx: Sql, skuId: number, isHot: boolean): Promise<void> {
  if (isHot) await spreadPieces(tx, skuId)
  else await gatherPieces(tx, skuId)
}

/** Writes the movements first: inserts lock no row that another order waits for. */
async function writeMoves(
  tx: Sql,
  ref: string,
  kind: MoveKind,
  lines: readonly StockLine[],
  now: Date,
): Promise<void> {
  for (const { skuId, quantity } of lines) {
    if (!(await writeMove(tx, { ref, skuId, kind, quantity }, now)))
      throw new Error(`${ref} has a movement "${kind}" of SKU ${skuId} already`)
  }
}

/** The lines whose movement was not written before, written now. */
async function fresh(
  tx: Sql,
  ref: string,
  kind: MoveKind,
  lines: readonly StockLine[],
  now: Date,
): Promise<StockLine[]> {
  const news: StockLine[] = []
  for (const line of mergeLines(lines)) {
    if (await writeMove(tx, { ref, skuId: line.skuId, kind, quantity: line.quantity }, now)) news.push(line)
  }
  return news
}

/** The refusal of an order of which something is not there. */
export async function soldOut(sql: Sql, lines: readonly StockLine[]): Promise<AppError> {
  const left = await readAvailable(
    sql,
    lines.map(({ skuId }) => skuId),
  )
  const short = lines
    .filter(({ skuId, quantity }) => (left.get(skuId) ?? 0) < quantity)
    .map(({ skuId }) => ({ skuId, left: left.get(skuId) ?? 0 }))
  return new AppError('SOLD_OUT', { data: { lines: short } })
}

/** The ledger and the rows disagree. That is a bug, and must not be hidden by moving less. */
function notReserved(ref: string, { skuId, quantity }: StockLine): Error {
  return new Error(`${ref}: ${quantity} of SKU ${skuId} are not reserved`)
}

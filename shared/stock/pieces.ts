/**
 * Pieces of one SKU move. They lie in one row; those of a hot SKU in buckets instead, each of which counts for itself, so
 * that many orders at once do not wait for each other. A movement takes from the bucket that its reference falls into,
 * or from several when there is too little. Locks: one row or one bucket; otherwise all buckets in ascending order, and
 * none before. So two movements of one SKU never hold what the other waits for.
 */
import { GiveWay, type Sql } from '#shared/db'
import { type Movement, type Pieces, takenFrom } from './movements.ts'
import {
  addToBucket,
  type BucketRow,
  deleteBuckets,
  insertBuckets,
  lockBuckets,
  moveInBucket,
  readBuckets,
} from './sku-stock-bucket-table.ts'
import { addToRow, deleteRow, insertRow, lockRow, moveInRow } from './sku-stock-table.ts'

/** Of a hot SKU. More gain little, and each order that is short of pieces locks all. */
export const BUCKETS = 16

/** Where pieces moved: in a bucket, or in the row. */
export interface Part {
  bucket: number | undefined
  quantity: number
}

/**
 * Moves all these pieces of a SKU, or none.
 *
 * @returns where; undefined: there are too few
 * @throws GiveWay when others were faster: the transaction runs again
 */
export async function movePieces(
  tx: Sql,
  movement: Movement,
  { ref, skuId, quantity }: { ref: string; skuId: number; quantity: number },
): Promise<Part[] | undefined> {
  const inRow = { bucket: undefined, quantity }
  if (await movePart(tx, movement, skuId, inRow)) return [inRow]
  const buckets = await readBuckets(tx, skuId)
  if (buckets.length === 0) {
    // Too few; or they were gathered into the row a moment ago.
    return (await movePart(tx, movement, skuId, inRow)) ? [inRow] : undefined
  }
  const count = takenFrom[movement]
  const home = buckets[homeOf(ref)]
  if (home && home[count] >= quantity) {
    const atHome = { bucket: home.bucket, quantity }
    if (await movePart(tx, movement, skuId, atHome)) return [atHome]
    // It may be locked now, and a transaction that locks all buckets starts with a different one.
    throw new GiveWay(`bucket ${home.bucket} of SKU ${skuId} has changed`)
  }
  return moveAcross(tx, movement, { skuId, quantity })
}

/** Moves pieces where they are known to lie; false when there are too few. */
export function movePart(
  tx: Sql,
  movement: Movement,
  skuId: number,
  { bucket, quantity }: Part,
): Promise<boolean> {
  return bucket === undefined
    ? moveInRow(tx, movement, { skuId, quantity })
    : moveInBucket(tx, movement, { skuId, bucket, quantity })
}

/** From whichever buckets have some. */
async function moveAcross(
  tx: Sql,
  movement: Movement,
  { skuId, quantity }: { skuId: number; quantity: number },
): Promise<Part[] | undefined> {
  const parts: Part[] = []
  let left = quantity
  for (const { bucket, ...pieces } of await lockBuckets(tx, skuId)) {
    const part = { bucket, quantity: Math.min(left, pieces[takenFrom[movement]]) }
    if (part.quantity > 0) parts.push(part)
    left -= part.quantity
  }
  if (left > 0) return undefined
  for (const part of parts) await movePart(tx, movement, skuId, part)
  return parts
}

/** Adds available pieces; of a hot SKU to the emptier buckets. */
export async function addPieces(tx: Sql, skuId: number, quantity: number): Promise<void> {
  if (await addToRow(tx, skuId, quantity)) return
  const buckets = await lockBuckets(tx, skuId)
  if (buckets.length === 0) return insertRow(tx, skuId, { available: quantity, reserved: 0 })
  for (const [index, part] of levelled(buckets, quantity).entries())
    if (part > 0) await addToBucket(tx, { skuId, bucket: index, quantity: part })
}

/** Makes a SKU hot: what lies in its row goes to buckets, evenly. Nothing happens to one that is hot, or has no stock. */
export async function spreadPieces(tx: Sql, skuId: number): Promise<void> {
  const row = await lockRow(tx, skuId)
  if (!row) return
  const share = (count: keyof Pieces, index: number) =>
    Math.floor(row[count] / BUCKETS) + (index < row[count] % BUCKETS ? 1 : 0)
  await insertBuckets(
    tx,
    skuId,
    Array.from({ length: BUCKETS }, (_, bucket) => ({
      bucket,
      available: share('available', bucket),
      reserved: share('reserved', bucket),
    })),
  )
  await deleteRow(tx, skuId)
}

/** Makes a SKU an ordinary one again: everything lies in its row. */
export async function gatherPieces(tx: Sql, skuId: number): Promise<void> {
  const buckets = await lockBuckets(tx, skuId)
  if (buckets.length === 0) return
  await insertRow(tx, skuId, { available: sum(buckets, 'available'), reserved: sum(buckets, 'reserved') })
  await deleteBuckets(tx, skuId)
}

/** What each bucket, in its order, gets of these pieces, so that all have about as much available afterwards. */
export function levelled(buckets: readonly BucketRow[], quantity: number): number[] {
  const parts = buckets.map(() => 0)
  const fullestFirst = buckets
    .map(({ available }, index) => ({ available, index }))
    .toSorted((a, b) => b.available - a.available)
  let fillable = fullestFirst
  const total = () => fillable.reduce((pieces, { available }) => pieces + available, quantity)
  while ((fillable[0]?.available ?? 0) * fillable.length > total()) fillable = fillable.slice(1)
  const pieces = total()
  for (const [order, { available, index }] of fillable.entries())
    parts[index] =
      Math.floor(pieces / fillable.length) + (order < pieces % fillable.length ? 1 : 0) - available
  return parts
}

const sum = (rows: readonly Pieces[], count: keyof Pieces) =>
  rows.reduce((total, row) => total + row[count], 0)

/** References that follow each other fall into different buckets. */
function homeOf(ref: string): number {
  let hash = 0
  for (const letter of ref) hash = (hash * 31 + letter.charCodeAt(0)) % 1_000_003
  return hash % BUCKETS
}

/** The table `sku_stock_bucket`: the pieces of a hot SKU, in several rows. Counts change by guarded deltas here too. */
import type { Sql } from '#shared/db'
import type { Movement, Pieces } from './movements.ts'

export interface BucketRow extends Pieces {
  bucket: number
}

/** The same movements as of `sku_stock`, within one bucket; parameters as there, then the bucket. */
const statements: Readonly<Record<Movement, string>> = {
  reserve: `/* sku_stock_bucket.takeAvailable */ UPDATE sku_stock_bucket
    SET available = available - ?, reserved = reserved + ? WHERE sku_id = ? AND available >= ? AND bucket = ?`,
  release: `/* sku_stock_bucket.giveAvailable */ UPDATE sku_stock_bucket
    SET available = available + ?, reserved = reserved - ? WHERE sku_id = ? AND reserved >= ? AND bucket = ?`,
  ship: `/* sku_stock_bucket.takeReserved */ UPDATE sku_stock_bucket
    SET reserved = reserved - ? WHERE sku_id = ? AND reserved >= ? AND bucket = ?`,
  remove: `/* sku_stock_bucket.removeAvailable */ UPDATE sku_stock_bucket
    SET available = available - ? WHERE sku_id = ? AND available >= ? AND bucket = ?`,
}

/** Moves pieces within one bucket; false when it holds too few, or does not exist. */
export async function moveInBucket(
  tx: Sql,
  movement: Movement,
  { skuId, bucket, quantity }: { skuId: number; bucket: number; quantity: number },
): Promise<boolean> {
  const counts = movement === 'reserve' || movement === 'release' ? [quantity, quantity] : [quantity]
  const { affectedRows } = await tx.run(statements[movement], [...counts, skuId, quantity, bucket])
  return affectedRows === 1
}

/** The buckets of a SKU in ascending order; none for a SKU that is not hot. Locks nothing. */
export function readBuckets(sql: Sql, skuId: number): Promise<BucketRow[]> {
  return sql.rows<BucketRow>(
    `/* sku_stock_bucket.readBuckets */ SELECT bucket, available, reserved FROM sku_stock_bucket
     WHERE sku_id = ? ORDER BY bucket`,
    [skuId],
  )
}

/** The same, locked in that order until the transaction ends. */
export function lockBuckets(tx: Sql, skuId: number): Promise<BucketRow[]> {
  return tx.rows<BucketRow>(
    `/* sku_stock_bucket.lockBuckets */ SELECT bucket, available, reserved FROM sku_stock_bucket
     WHERE sku_id = ? ORDER BY bucket FOR UPDATE`,
    [skuId],
  )
}

/** The buckets of a SKU that has none yet, with what each holds. */
export async function insertBuckets(tx: Sql, skuId: number, buckets: readonly BucketRow[]): Promise<void> {
  await tx.run(
    `/* sku_stock_bucket.insertBuckets */ INSERT INTO sku_stock_bucket (sku_id, bucket, available, reserved)
     VALUES ${buckets.map(() => '(?, ?, ?, ?)').join(', ')}`,
    buckets.flatMap(({ bucket, available, reserved }) => [skuId, bucket, available, reserved]),
  )
}

/** Adds available pieces to a bucket that exists. */
export async function addToBucket(
  tx: Sql,
  { skuId, bucket, quantity }: { skuId: number; bucket: number; quantity: number },
): Promise<void> {
  await tx.run(
    '/* sku_stock_bucket.addToBucket */ UPDATE sku_stock_bucket SET available = available + ? WHERE sku_id = ? AND bucket = ?',
    [quantity, skuId, bucket],
  )
}

/** Removes the buckets of a SKU, whatever is in them. */
export async function deleteBuckets(tx: Sql, skuId: number): Promise<void> {
  await tx.run('/* sku_stock_bucket.deleteBuckets */ DELETE FROM sku_stock_bucket WHERE sku_id = ?', [skuId])
}

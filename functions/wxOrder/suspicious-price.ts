import { hasProductAt } from '#shared/catalogue'
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'

/**
 * The tutorial's storefronts send the price that they show, in yuan, as `total_fee`, which is in fen: they sell for a
 * hundredth. Where clients may set the price such an order is legal, so it is only reported.
 */
export async function reportYuanSentAsFen(
  { totalFee, userId }: { totalFee: number; userId: number },
  { db, log }: { db: Pick<Sql, 'row'>; log: Logger },
): Promise<void> {
  if (await hasProductAt(db, totalFee * 100)) log.warn('suspicious_price', { totalFee, userId })
}

/** Which pieces are set apart for whom: what open orders hold, beside what the stock says is reserved. */
import type { Sql } from '#shared/db'
import { listHolding, openStates } from '#shared/payment/ledger'
import { compareReserved, listHeldLines } from './shop-order-line-table.ts'
import { holdingStates } from './states.ts'

/** Orders of one statement. */
const PAGE = 500
/** SKUs that are looked at again in one statement. */
const AGAIN = 100

export interface ReservedFault {
  skuId: number
  reserved: number
  /** What orders and payments hold. */
  held: number
}

type HeldLine = Awaited<ReturnType<typeof listHeldLines>>[number]

/** Pieces by SKU that open orders hold. Work for what is open; read page by page, so it is of no single moment. */
export async function readHeldPieces(sql: Pick<Sql, 'rows'>): Promise<Map<number, number>> {
  const held = new Map<number, number>()
  for (const state of holdingStates)
    await addPages(held, (afterId) => listHeldLines(sql, { state, afterId, limit: PAGE }))
  for (const state of openStates)
    await addPages(held, (afterId) => listHolding(sql, { state, afterId, limit: PAGE }))
  return held
}

async function addPages(
  held: Map<number, number>,
  page: (afterId: number) => Promise<HeldLine[]>,
): Promise<void> {
  for (let afterId = 0; ; ) {
    const lines = await page(afterId)
    for (const { skuId, pieces } of lines)
      if (skuId !== null) held.set(skuId, (held.get(skuId) ?? 0) + pieces)
    const last = lines.at(-1)
    if (!last) return
    afterId = last.orderId
  }
}

/** Those of these SKUs of which, at one moment, not as much is reserved as orders and payments hold. */
export async function findReservedFaults(
  sql: Pick<Sql, 'rows'>,
  skuIds: readonly number[],
): Promise<ReservedFault[]> {
  const faults: ReservedFault[] = []
  for (let from = 0; from < skuIds.length; from += AGAIN) {
    const rows = await compareReserved(sql, skuIds.slice(from, from + AGAIN))
    faults.push(...rows.filter(({ reserved, held }) => reserved !== held))
  }
  return faults
}

/** The arithmetic of orders and refunds: integer fen, exact sums. */

/**
 * What `count` more pairs of a line are worth, when `before` of its `quantity` pairs went back already: the
 * difference of two cumulative shares, so that any sequence of refunds adds up to what was paid.
 */
export function shareOf(paidFen: number, quantity: number, before: number, count: number): number {
  const upTo = (pairs: number) => Number((BigInt(paidFen) * BigInt(pairs)) / BigInt(quantity))
  return upTo(before + count) - upTo(before)
}

/** What a parcel of so many pairs costs. */
export interface FreightRule {
  readonly deliverable: boolean
  readonly firstFen: number
  readonly nextFen: number
  /** Goods of this value travel free; null: never. */
  readonly freeFromFen: number | null
}

/** The freight of a parcel, in fen. */
export function freightOf(rule: FreightRule, pairs: number, goodsFen: number): number {
  if (rule.freeFromFen !== null && goodsFen >= rule.freeFromFen) return 0
  return rule.firstFen + rule.nextFen * Math.max(0, pairs - 1)
}

/** A row that waits for an answer of the gateway; `at` is when it was last asked about or is due, epoch ms, 0 for never. */
export interface Waiting {
  readonly id: number
  readonly at: number
}

/** The ids of those that have waited longest, at most `limit`; of equals the older row. */
export function longestWaiting(found: readonly Waiting[], limit: number): number[] {
  return found
    .toSorted((a, b) => a.at - b.at || a.id - b.id)
    .slice(0, limit)
    .map(({ id }) => id)
}

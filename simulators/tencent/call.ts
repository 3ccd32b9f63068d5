/** What a handler of the fake control plane is given. */
import type { FakePlane } from './index.ts'
import type { Region } from './store.ts'

export interface Call {
  readonly plane: FakePlane
  readonly region: Region
  /** The time as the API writes it. */
  readonly now: () => string
}

const defaultLimit = 20

/** One page of a list: 20 entries unless the request says otherwise. */
export function pageOf<T>(
  items: readonly T[],
  { Offset, Limit }: { Offset?: number | string; Limit?: number | string },
): T[] {
  const offset = Number(Offset ?? 0)
  return items.slice(offset, offset + Math.min(Number(Limit ?? defaultLimit), defaultLimit))
}

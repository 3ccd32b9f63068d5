/** What a handler of the fake control plane is given. */
import type { Invocation, Invoker, Region } from './store.ts'

/** How a step fails, as a look at it shows. */
export interface Failure {
  readonly status: string
  readonly code: string
  readonly message: string
}

/** The control plane, as far as its handlers need it. */
export interface Plane {
  readonly appId: string
  readonly invocations: Invocation[]
  readonly invoker: Invoker
  /** How many looks a step takes until it is done. */
  readonly pollsPerStep: number
  /** How often a new domain's CNAME is not visible yet. */
  dnsFailures: number
  readonly random: () => number
  requestId(): string
  nextUrlId(): string
  nextUrlName(): string
  /** The failure that a test has planned for this status. */
  takeFailure(status: string): Failure | undefined
}

export interface Call {
  readonly plane: Plane
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

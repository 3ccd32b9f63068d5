/** When somebody came, and how long he has to wait: arithmetic of sliding windows, without a clock or a store. */

/** `max` hits in any window of `windowSec`. */
export interface Limit {
  readonly max: number
  readonly windowSec: number
  /** Once `max` is reached, nothing is admitted for this long. Left out: until the oldest hit leaves the window. */
  readonly lockSec?: number
}

/** A moment (epoch ms) and how many hits it stands for; moments ascend. */
export type Hits = readonly (readonly [at: number, count: number])[]

/** A window of many hits is kept as so many moments. */
const MOMENTS_PER_WINDOW = 200

/** How long the subject with these hits has to wait; 0 when it may go on. */
export function msUntilAdmitted(hits: Hits, limit: Limit, nowMs: number): number {
  const windowMs = limit.windowSec * 1000
  // The newest `max` hits: when all of them lie within one window, the limit was reached at the last of them.
  const last = hits.at(-1)?.[0]
  const first = momentOfNewest(hits, limit.max)
  if (first === undefined || last === undefined) return 0
  if (limit.lockSec !== undefined)
    return last - first < windowMs ? Math.max(0, last + limit.lockSec * 1000 - nowMs) : 0
  return Math.max(0, first + windowMs - nowMs)
}

/** When the oldest of the newest `count` hits was; undefined when there were fewer. */
function momentOfNewest(hits: Hits, count: number): number | undefined {
  let left = count
  for (const [at, each] of [...hits].reverse()) {
    left -= each
    if (left <= 0) return at
  }
  return undefined
}

/** How many of the hits lie in the window that ends now. */
export function countInWindow(hits: Hits, windowSec: number, nowMs: number): number {
  return hits.reduce((sum, [at, count]) => sum + (at > nowMs - windowSec * 1000 ? count : 0), 0)
}

/** The hits with one more. Where many are allowed, those of one short while count as its end, so that the list stays short. */
export function withHit(hits: Hits, limits: readonly Limit[], nowMs: number): Hits {
  const grainMs = grainOf(limits)
  const at = grainMs === 0 ? nowMs : Math.ceil(nowMs / grainMs) * grainMs
  const last = hits.at(-1)
  return last?.[0] === at ? [...hits.slice(0, -1), [at, last[1] + 1]] : [...hits, [at, 1]]
}

/** How long a moment lasts, in ms; 0: each hit is its own. */
function grainOf(limits: readonly Limit[]): number {
  const grains = limits
    .filter(({ max }) => max > MOMENTS_PER_WINDOW)
    .map(({ windowSec }) => (windowSec * 1000) / MOMENTS_PER_WINDOW)
  return grains.length === 0 ? 0 : Math.min(...grains)
}

/** The hits without the latest. */
export function withoutLatest(hits: Hits): Hits {
  const last = hits.at(-1)
  if (last === undefined) return hits
  const rest = hits.slice(0, -1)
  return last[1] > 1 ? [...rest, [last[0], last[1] - 1]] : rest
}

/** What may still count, and until when (epoch ms). */
export function stillCounting(
  hits: Hits,
  limits: readonly Limit[],
  nowMs: number,
): { hits: Hits; untilMs: number } {
  const keepMs = 1000 * Math.max(0, ...limits.map((limit) => limit.windowSec + (limit.lockSec ?? 0)))
  return {
    hits: hits.filter(([at]) => at > nowMs - keepMs),
    untilMs: (hits.at(-1)?.[0] ?? nowMs) + keepMs,
  }
}

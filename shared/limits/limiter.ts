/**
 * Limits that every instance sees. A sliding window: "5 an hour" holds for any hour, not only for those of the clock.
 */
import type { Config } from '#shared/config'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import {
  countInWindow,
  type Hits,
  type Limit,
  msUntilAdmitted,
  stillCounting,
  withHit,
  withoutLatest,
} from './hits.ts'
import { type LimitTable, rulesOf } from './limits.ts'
import { rateLimitTable } from './rate-limit-table.ts'
import type { Counters, RateLimitStore } from './store.ts'

/** The limits of one function, and how their limiter is made: the `limits` of a route. */
export interface LimitSet<Kind extends string> {
  readonly name: string
  readonly table: Readonly<Record<Kind, LimitTable[string]>>
  readonly kinds: readonly Kind[]
  limiter(deps: LimiterDeps<Kind>): Limiter<Kind>
}

export interface LimiterDeps<Kind extends string> {
  /** For whom this request counts; a kind whose subject is not known limits nobody. */
  subjects: { readonly [K in Kind]?: string | undefined }
  config: Config
  db: Parameters<typeof rateLimitTable>[0]
  now: () => Date
}

/** Each method is about the kinds that are named; none named: about all. */
export interface Limiter<Kind extends string> {
  /**
   * Counts one hit for each subject, or refuses and counts none.
   *
   * @returns how much of its fullest limit each kind has used now, from 0 to 1
   * @throws AppError TOO_MANY_REQUESTS with `Retry-After`
   */
  admit(...kinds: Kind[]): Promise<Shares<Kind>>
  /** Refuses what `admit` would refuse just now, and counts nothing. */
  check(...kinds: Kind[]): Promise<void>
  /** Counts one hit for each subject, whatever the limits say. */
  count(...kinds: Kind[]): Promise<void>
  /** Takes back the latest hit of each subject. */
  undo(...kinds: Kind[]): Promise<void>
  /** The same limiter, for subjects of which the step has learned more. */
  with(subjects: { readonly [K in Kind]?: string | undefined }): Limiter<Kind>
  /**
   * The same limiter, whose counts belong to that transaction: they commit and roll back with it, and what `check` finds
   * stays true until then.
   */
  in(tx: Sql): Pick<Limiter<Kind>, 'admit' | 'check' | 'count' | 'undo'> & {
    /**
     * Counts as `admit` does.
     *
     * @returns true when nobody was counted for these subjects since `check`: whatever else was read after it, and only
     *   changes together with these counts, is still so
     */
    admitAlone(...kinds: Kind[]): Promise<boolean>
  }
}

export type Shares<Kind extends string> = { readonly [K in Kind]?: number }

/**
 * Names the limits of a function. Two functions with the same name share their counters.
 *
 * @example
 * export const smsLimits = limitsOf('sms', { mobile: { about: 'SMS to one mobile', rules: [{ max: 1, windowSec: 60 }] } })
 */
export function limitsOf<const Table extends LimitTable>(
  name: string,
  table: Table,
): LimitSet<keyof Table & string> {
  const kinds = Object.keys(table) as (keyof Table & string)[]
  return { name, table, kinds, limiter: (deps) => createLimiter(name, table, kinds, deps) }
}

/** A counter, what holds for it, and what it says while it is held. */
interface Held<Kind> {
  readonly kind: Kind
  readonly bucket: string
  readonly limits: readonly Limit[]
  hits: Hits
}

function createLimiter<Kind extends string>(
  name: string,
  table: Readonly<Record<Kind, LimitTable[string]>>,
  allKinds: readonly Kind[],
  deps: LimiterDeps<Kind>,
): Limiter<Kind> {
  const { subjects, config } = deps
  const store = rateLimitTable(deps.db)
  const nowMs = () => deps.now().getTime()

  /** In a fixed order, so that two transactions never wait for each other. */
  function countersOf(kinds: readonly Kind[]): Held<Kind>[] {
    if (config.RATE_LIMIT === 'off') return []
    return (kinds.length === 0 ? allKinds : kinds)
      .flatMap((kind) => {
        const subject = subjects[kind]
        if (subject === undefined) return []
        const bucket = `${name}:${kind}:${subject}`.slice(0, 190)
        return [{ kind, bucket, limits: rulesOf(table[kind], config), hits: [] }]
      })
      .sort((a, b) => (a.bucket < b.bucket ? -1 : 1))
  }

  type Source = Pick<RateLimitStore, 'work'>
  type Change<T> = (held: Held<Kind>[]) => T

  /** What `check` found, for the next change: undefined where a counter was not there. */
  const seen = new Map<string, Hits | undefined>()

  /** Holds each counter, and saves what `change` made of it. */
  async function changing<T>(
    source: Source,
    kinds: readonly Kind[],
    change: Change<T>,
  ): Promise<{ result: T; isAlone: boolean }> {
    const counters = countersOf(kinds)
    if (counters.length === 0) return { result: change([]), isAlone: true }
    return source.work(async (stored) => {
      const peeked = takeSeen(counters)
      const swapped = peeked && (await swapping(stored, peeked, change))
      if (swapped?.isDone) return { result: swapped.result, isAlone: true }
      const heldAlready = swapped?.count ?? 0
      const held: Held<Kind>[] = []
      for (const [index, counter] of counters.entries()) {
        // What was swapped is held since then, so what was peeked at is what it said before.
        const hits = index < heldAlready ? (peeked?.[index]?.was ?? []) : await stored.hold(counter.bucket)
        held.push({ ...counter, hits })
      }
      const result = change(held)
      for (const { bucket, limits, hits } of held) {
        const left = stillCounting(hits, limits, nowMs())
        await stored.save(bucket, left.hits, left.untilMs)
      }
      return { result, isAlone: false }
    })
  }

  type Peeked = Held<Kind> & { readonly was: Hits | undefined }

  /** What `check` has found of all of them; good for one change. */
  function takeSeen(counters: readonly Held<Kind>[]): Peeked[] | undefined {
    const isComplete = counters.every(({ bucket }) => seen.has(bucket))
    const peeked = counters.map((counter) => {
      const was = seen.get(counter.bucket)
      seen.delete(counter.bucket)
      return { ...counter, hits: was ?? [], was }
    })
    return isComplete ? peeked : undefined
  }

  /** Changes counters that nobody has changed since they were peeked at: one statement for each, up to the first that fails. */
  async function swapping<T>(
    stored: Counters,
    peeked: Peeked[],
    change: Change<T>,
  ): Promise<{ isDone: true; result: T } | { isDone: false; count: number }> {
    const result = change(peeked)
    for (const [count, { bucket, limits, hits, was }] of peeked.entries()) {
      const left = stillCounting(hits, limits, nowMs())
      if (!(await stored.swap(bucket, was, left.hits, left.untilMs))) return { isDone: false, count }
    }
    return { isDone: true, result }
  }

  const countAll = (held: Held<Kind>[]): Shares<Kind> => {
    for (const each of held) each.hits = withHit(each.hits, each.limits, nowMs())
    return Object.fromEntries(held.map((each) => [each.kind, shareOf(each, nowMs())])) as Shares<Kind>
  }
  const admitAll = (held: Held<Kind>[]): Shares<Kind> => {
    mustBeAdmitted(held, nowMs())
    return countAll(held)
  }
  const takeBackAll = (held: Held<Kind>[]): void => {
    for (const each of held) each.hits = withoutLatest(each.hits)
  }

  const writing = (source: Source) => ({
    admit: async (...kinds: Kind[]) => (await changing(source, kinds, admitAll)).result,
    count: async (...kinds: Kind[]) => void (await changing(source, kinds, countAll)),
    undo: async (...kinds: Kind[]) => void (await changing(source, kinds, takeBackAll)),
  })

  return {
    ...writing(store),
    async check(...kinds) {
      const counters = countersOf(kinds)
      const found = await store.peek(counters.map(({ bucket }) => bucket))
      for (const { bucket } of counters) seen.set(bucket, found.get(bucket))
      mustBeAdmitted(
        counters.map((each) => ({ ...each, hits: found.get(each.bucket) ?? [] })),
        nowMs(),
      )
    },
    with: (more) => createLimiter(name, table, allKinds, { ...deps, subjects: { ...subjects, ...more } }),
    in: (tx) => {
      const source = store.joined(tx)
      return {
        ...writing(source),
        admitAlone: async (...kinds) => (await changing(source, kinds, admitAll)).isAlone,
        check: async (...kinds) =>
          source.work(async (stored) => {
            const held: Held<Kind>[] = []
            for (const each of countersOf(kinds)) held.push({ ...each, hits: await stored.look(each.bucket) })
            mustBeAdmitted(held, nowMs())
          }),
      }
    },
  }
}

function shareOf({ hits, limits }: Held<unknown>, nowMs: number): number {
  return Math.max(0, ...limits.map(({ max, windowSec }) => countInWindow(hits, windowSec, nowMs) / max))
}

function mustBeAdmitted(held: readonly Held<unknown>[], nowMs: number): void {
  const waits = held.flatMap(({ limits, hits }) => limits.map((limit) => msUntilAdmitted(hits, limit, nowMs)))
  const waitMs = Math.max(0, ...waits)
  if (waitMs <= 0) return
  const seconds = Math.ceil(waitMs / 1000)
  throw new AppError('TOO_MANY_REQUESTS', {
    msg: `操作太频繁，请${formatWait(seconds)}后再试`,
    headers: { 'Retry-After': String(seconds) },
  })
}

function formatWait(seconds: number): string {
  if (seconds < 60) return `${seconds}秒`
  if (seconds < 3600) return `${Math.ceil(seconds / 60)}分钟`
  return `${Math.ceil(seconds / 3600)}小时`
}

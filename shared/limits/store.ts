/** Where counters live, as far as the limiter knows. */
import type { Sql } from '#shared/db'
import type { Hits } from './hits.ts'

/** The counters of one unit of work. */
export interface Counters {
  /** Reads a counter and holds it until the work ends: others wait. One that nobody counts on yet is not made. */
  look(bucket: string): Promise<Hits>
  /** The same, and makes it: of two that find none, one waits for the other. */
  hold(bucket: string): Promise<Hits>
  /**
   * Writes a counter that nobody holds, in one step, and holds it from then on.
   *
   * @param from - what it said when it was peeked at; undefined: it was not there
   * @returns false when it says something else by now: it is as it was, and held
   */
  swap(bucket: string, from: Hits | undefined, hits: Hits, untilMs: number): Promise<boolean>
  /** Writes a counter that is held. It may be forgotten after `untilMs` (epoch ms). */
  save(bucket: string, hits: Hits, untilMs: number): Promise<void>
}

export interface RateLimitStore {
  /** Reads counters as they are just now, and holds none. */
  peek(buckets: readonly string[]): Promise<Map<string, Hits>>
  /** Runs `work`; when it throws, nothing that it saved counts. It may run twice. */
  work<T>(work: (counters: Counters) => Promise<T>): Promise<T>
  /**
   * The same counters as part of a database transaction that is open: they count when it commits. A store outside of
   * the database counts at once.
   */
  joined(tx: Sql): Pick<RateLimitStore, 'work'>
}

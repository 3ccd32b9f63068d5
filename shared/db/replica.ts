/** Reads that may be a moment old (the feeds) from a replica; everything else belongs to the primary. */
import type { Config } from '#shared/config'
import { type Database, openDatabase } from './database.ts'
import type { Sql, SqlValue } from './session.ts'

/** What a replica may take, all in all: one that hangs is left alone within a second. */
const REPLICA_MS = 900
/** Total deadline for replica and primary, so that two silent servers do not add up their timeouts. */
const TOTAL_MS = 4500
/** The primary's part, so that a replica that is only behind can still be asked after it. */
const PRIMARY_MS = 3000
/** A replica is asked that often, at most, how far it is behind. */
const LAG_CHECK_MS = 1000
/** How long a replica that failed is left alone: twice as long each time, because a try may cost the whole time-out. */
const FIRST_PAUSE_MS = 1000
const LONGEST_PAUSE_MS = 30_000
/** While there is an old answer to serve, a primary that has just failed is not tried again for this long. */
const PRIMARY_PAUSE_MS = 5000

/** The standing of one replica, as this instance knows it. */
export class Replica {
  readonly #database: Database
  readonly #maxLagSec: number
  readonly #now: () => number
  #failures = 0
  #pausedUntil = 0
  #askedAt = Number.NEGATIVE_INFINITY
  #isBehind = false

  constructor(url: string, maxLagSec: number, now: () => number) {
    // One connection, shorter timeouts than the primary's, and no statement on it can write.
    this.#database = openDatabase(url, { connectTimeoutMs: 600, statementTimeoutMs: 600, isReplica: true })
    this.#maxLagSec = maxLagSec
    this.#now = now
  }

  get isOnline(): boolean {
    return this.#pausedUntil <= this.#now()
  }

  /** The rows; undefined where the replica fails, or is behind by more than it may. */
  async fresh<T>(sql: string, values: readonly SqlValue[]): Promise<T[] | undefined> {
    return this.#attempt(async (database) => {
      if (this.#now() - this.#askedAt >= LAG_CHECK_MS) {
        this.#isBehind = (await lagSec(database)) > this.#maxLagSec
        this.#askedAt = this.#now()
      }
      return this.#isBehind ? undefined : database.rows<T>(sql, values)
    })
  }

  /** The rows however old they are; undefined where the replica fails. */
  stale<T>(sql: string, values: readonly SqlValue[]): Promise<T[] | undefined> {
    return this.#attempt((database) => database.rows<T>(sql, values))
  }

  close(): Promise<void> {
    return this.#database.close()
  }

  async #attempt<T>(work: (database: Database) => Promise<T>): Promise<T | undefined> {
    try {
      const result = await work(this.#database.within(REPLICA_MS))
      this.#failures = 0
      return result
    } catch {
      const pause = Math.min(FIRST_PAUSE_MS * 2 ** this.#failures++, LONGEST_PAUSE_MS)
      this.#pausedUntil = this.#now() + pause
      return undefined
    }
  }
}

/**
 * How far a replica is behind, in seconds. A server that does not replicate is nobody's replica (any more), and one that
 * may not be asked is believed; one whose replication stands still is behind by an unknown time.
 */
async function lagSec(database: Database): Promise<number> {
  try {
    const [status] = await database.rows<Record<string, unknown>>('SHOW REPLICA STATUS')
    if (!status) return 0
    const seconds = status.Seconds_Behind_Source ?? status.Seconds_Behind_Master
    return seconds === null || seconds === undefined ? Number.POSITIVE_INFINITY : Number(seconds)
  } catch (error) {
    if (isDenied(error)) return 0
    throw error
  }
}

/** ER_SPECIFIC_ACCESS_DENIED_ERROR; an older server does not know the statement. */
function isDenied(error: unknown): boolean {
  return [1227, 1064].includes((error as { errno?: number }).errno ?? 0)
}

/** The replicas of one instance, asked in turn. */
export class Replicas {
  readonly #replicas: readonly Replica[]
  readonly #now: () => number
  #turn = 0
  #primaryPausedUntil = 0

  /** @param urls - `DATABASE_REPLICA_URLS` */
  constructor(urls: readonly string[], options: { maxLagSec: number; now?: () => number }) {
    this.#now = options.now ?? Date.now
    this.#replicas = urls.map((url) => new Replica(url, options.maxLagSec, this.#now))
  }

  /** Reads from a replica that is well, and from the primary when there is none. */
  reader(primary: Database): Pick<Sql, 'rows'> {
    return { rows: (sql, values) => this.#rows(primary, sql, values ?? []) }
  }

  async close(): Promise<void> {
    await Promise.all(this.#replicas.map((replica) => replica.close()))
  }

  /** @throws AppError DATABASE_UNAVAILABLE */
  async #rows<T>(primary: Database, sql: string, values: readonly SqlValue[]): Promise<T[]> {
    if (this.#replicas.length === 0) return primary.rows<T>(sql, values)
    const deadline = this.#now() + TOTAL_MS
    const online = this.#replicas.filter((replica) => replica.isOnline)
    const fresh = await online[this.#turn++ % online.length]?.fresh<T>(sql, values)
    if (fresh) return fresh
    if (this.#primaryPausedUntil > this.#now()) {
      const stale = await this.#stale<T>(sql, values)
      if (stale) return stale
    }
    try {
      const left = deadline - this.#now()
      return await primary.within(Math.min(left, PRIMARY_MS)).rows<T>(sql, values)
    } catch (error) {
      this.#primaryPausedUntil = this.#now() + PRIMARY_PAUSE_MS
      const stale = await this.#stale<T>(sql, values)
      if (stale) return stale
      throw error
    }
  }

  /** Better an old feed than none. */
  async #stale<T>(sql: string, values: readonly SqlValue[]): Promise<T[] | undefined> {
    for (const replica of this.#replicas) {
      const rows = replica.isOnline ? await replica.stale<T>(sql, values) : undefined
      if (rows) return rows
    }
    return undefined
  }
}

let replicas: Replicas | undefined

/** The reader of a feed, for one call. */
export function feedReader(
  config: Pick<Config, 'DATABASE_REPLICA_URLS' | 'REPLICA_MAX_LAG_SECONDS'>,
  primary: Database,
): Pick<Sql, 'rows'> {
  replicas ??= new Replicas(config.DATABASE_REPLICA_URLS, { maxLagSec: config.REPLICA_MAX_LAG_SECONDS })
  return replicas.reader(primary)
}

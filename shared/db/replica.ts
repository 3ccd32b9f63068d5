/** Reads that may be a moment old (the feeds) from a replica; everything else belongs to the primary. */
import type { Config } from '#shared/config'
import { type Database, openDatabase } from './database.ts'
import type { Sql } from './session.ts'

/** A replica that failed is left alone for this long. */
const OFFLINE_MS = 30_000

/** Replica and primary together: one that is silent after the other one must not cost both their patiences. */
const TOTAL_MS = 4500

/**
 * Reads from one of the replicas in turn, and from the primary when there is none or it fails.
 *
 * @param urls - `DATABASE_REPLICA_URLS`
 * @throws AppError DATABASE_UNAVAILABLE
 */
export function openReplicas(urls: readonly string[], primary: Database, now = Date.now): Pick<Sql, 'rows'> {
  const replicas = urls.map((url) => ({
    // Shorter than the primary's: after a silent replica there has to be time left for the primary.
    database: openDatabase(url, { connectTimeoutMs: 600, statementTimeoutMs: 600, mayBeReadOnly: true }),
    offlineUntil: 0,
  }))
  let turn = 0
  return {
    async rows<T>(sql: string, values: Parameters<Sql['rows']>[1] = []): Promise<T[]> {
      const online = replicas.filter((replica) => replica.offlineUntil <= now())
      const replica = online[turn++ % online.length]
      if (!replica) return primary.rows<T>(sql, values)
      const startedAt = now()
      try {
        return await replica.database.rows<T>(sql, values)
      } catch {
        replica.offlineUntil = now() + OFFLINE_MS
      }
      return primary.within(TOTAL_MS - (now() - startedAt)).rows<T>(sql, values)
    },
  }
}

let reader: Pick<Sql, 'rows'> | undefined

/** The reader of this instance's feeds. */
export function feedReader(config: Config, primary: Database): Pick<Sql, 'rows'> {
  reader ??= openReplicas(config.DATABASE_REPLICA_URLS, primary)
  return reader
}

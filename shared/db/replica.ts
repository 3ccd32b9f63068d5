/** Reads that may be a moment old (the feeds) from a replica; everything else belongs to the primary. */
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import { type Database, openDatabase, type Sql } from './database.ts'

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
    database: openDatabase(url, { connectTimeoutMs: 600, statementTimeoutMs: 600 }),
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
      return within(TOTAL_MS - (now() - startedAt), primary.rows<T>(sql, values))
    },
  }
}

/** Awaits an answer of the primary, but not for ever; one that comes late goes to nobody. */
async function within<T>(ms: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    const cause = new Error('neither the replica nor the primary answered in time')
    timer = setTimeout(() => reject(new AppError('DATABASE_UNAVAILABLE', { cause })), ms)
  })
  try {
    return await Promise.race([answer, silence])
  } finally {
    clearTimeout(timer)
  }
}

let reader: Pick<Sql, 'rows'> | undefined

/** The reader of this instance's feeds. */
export function feedReader(config: Config, primary: Database): Pick<Sql, 'rows'> {
  reader ??= openReplicas(config.DATABASE_REPLICA_URLS, primary)
  return reader
}

/** `rate_limit`: one row a counter, locked while it is read and written. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import type { Hits } from './hits.ts'
import type { Counters, RateLimitStore } from './store.ts'

interface RateLimitRow {
  bucket: string
  /** JSON: moments (epoch ms), or pairs of a moment and how many hits it stands for. */
  hits: string
}

type Transactional = Sql & { transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> }

/** The store in MySQL. */
export function rateLimitTable(db: Transactional): RateLimitStore {
  return {
    async peek(buckets) {
      if (buckets.length === 0) return new Map()
      const rows = await db.rows<RateLimitRow>(
        `/* rateLimit.peek */ SELECT bucket, hits FROM rate_limit WHERE bucket IN (${marks(buckets)})`,
        buckets,
      )
      return new Map(rows.map((row) => [row.bucket, parse(row.hits)]))
    },
    work: (work) => db.transaction((tx) => work(countersIn(tx))),
    joined: (tx) => ({ work: (work) => work(countersIn(tx)) }),
  }
}

function countersIn(tx: Sql): Counters {
  const read = (bucket: string) =>
    tx.row<RateLimitRow>(
      '/* rateLimit.hold */ SELECT bucket, hits FROM rate_limit WHERE bucket = ? FOR UPDATE',
      [bucket],
    )
  return {
    async look(bucket) {
      const row = await read(bucket)
      return row ? parse(row.hits) : []
    },
    async hold(bucket) {
      let row = await read(bucket)
      if (!row) {
        // Of two that find no row, one inserts it, and the other one waits here.
        await tx.run(
          '/* rateLimit.make */ INSERT INTO rate_limit (bucket, hits, expires_at) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE bucket = VALUES(bucket)',
          [bucket, '[]', new Date()],
        )
        row = await read(bucket)
      }
      return row ? parse(row.hits) : []
    },
    async swap(bucket, from, hits, untilMs) {
      // No counter has the text of one that was not there. What is assigned first is compared with the row as it was.
      const before = from === undefined ? '' : textOf(from)
      const { affectedRows } = await tx.run(
        `/* rateLimit.swap */ INSERT INTO rate_limit (bucket, hits, expires_at) VALUES (?, ?, ?)
         ON DUPLICATE KEY UPDATE expires_at = IF(hits = ?, VALUES(expires_at), expires_at),
           hits = IF(hits = ?, VALUES(hits), hits)`,
        [bucket, textOf(hits), new Date(untilMs), before, before],
      )
      return affectedRows > 0
    },
    async save(bucket, hits, untilMs) {
      await tx.run('/* rateLimit.save */ UPDATE rate_limit SET hits = ?, expires_at = ? WHERE bucket = ?', [
        textOf(hits),
        new Date(untilMs),
        bucket,
      ])
    },
  }
}

function textOf(hits: Hits): string {
  return JSON.stringify(hits.map(([at, count]) => (count === 1 ? at : [at, count])))
}

function parse(text: string): Hits {
  const moments = JSON.parse(text) as (number | [number, number])[]
  return moments.map((moment) => (typeof moment === 'number' ? [moment, 1] : moment))
}

/**
 * Deletes counters that count no more.
 *
 * @param limit - how many at most
 * @returns how many there were
 */
export async function deleteExpiredCounters(
  sql: Pick<Sql, 'run'>,
  now: Date,
  limit: number,
): Promise<number> {
  const values: SqlValue[] = [now]
  const { affectedRows } = await sql.run(
    `/* rateLimit.deleteExpired */ DELETE FROM rate_limit WHERE expires_at < ? LIMIT ${Math.trunc(limit)}`,
    values,
  )
  return affectedRows
}

/**
 * Limits that every instance sees: a log of the recent hits of one subject, one row in MySQL, locked while it is
 * read and written. A sliding window: "5 an hour" holds for any hour, not only for those of the clock.
 */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'

export interface Limit {
  readonly max: number
  readonly windowSec: number
  /** Once `max` is reached, nothing is admitted for this long. Left out: until the oldest hit leaves the window. */
  readonly lockSec?: number
}

/** What is limited, by subject: `{ mobile: [{ max: 1, windowSec: 60 }], address: [...] }`. */
export type Limits = Readonly<Record<string, readonly Limit[]>>

/** Which mobile, address or user this request counts for. */
export type Subjects<L extends Limits> = { readonly [K in keyof L]?: string }

export interface Limiter<L extends Limits> {
  /**
   * Counts one hit for each subject, or refuses and counts none. Inside a transaction, whose end releases the rows.
   *
   * @throws AppError TOO_MANY_REQUESTS with `Retry-After`
   */
  admit(tx: Sql, subjects: Subjects<L>): Promise<void>
  /** Like `admit`, but counts nothing: the rows stay locked until the transaction ends. */
  check(tx: Sql, subjects: Subjects<L>): Promise<void>
  /** Counts one hit for each subject, whatever the limits say. After `check` in the same transaction. */
  count(tx: Sql, subjects: Subjects<L>): Promise<void>
  /** Takes back the latest hit of each subject. */
  giveBack(tx: Sql, subjects: Subjects<L>): Promise<void>
}

export interface LimiterOptions<L extends Limits> {
  /** Whose limits these are; two functions with the same name share their counters. */
  name: string
  limits: L
  enabled: boolean
  now: () => Date
}

/** A limiter for the limits of one function. Each call reads the clock anew. */
export function createLimiter<L extends Limits>(options: LimiterOptions<L>): Limiter<L> {
  const { name, limits, enabled, now } = options

  /** In a fixed order, so that two transactions never wait for each other. */
  function bucketsOf(subjects: Subjects<L>): { bucket: string; limits: readonly Limit[] }[] {
    if (!enabled) return []
    return Object.entries(subjects)
      .map(([kind, subject]) => ({
        bucket: `${name}:${kind}:${subject}`.slice(0, 190),
        limits: limits[kind] ?? [],
      }))
      .sort((a, b) => (a.bucket < b.bucket ? -1 : 1))
  }

  async function refuse(tx: Sql, subjects: Subjects<L>): Promise<Map<string, number[]>> {
    const logs = new Map<string, number[]>()
    let waitMs = 0
    for (const { bucket, limits } of bucketsOf(subjects)) {
      const hits = await lockHits(tx, bucket, now())
      logs.set(bucket, hits)
      waitMs = Math.max(waitMs, ...limits.map((limit) => msUntilAdmitted(hits, limit, now().getTime())))
    }
    if (waitMs > 0) {
      const seconds = Math.ceil(waitMs / 1000)
      throw new AppError('TOO_MANY_REQUESTS', {
        msg: `操作太频繁，请${formatWait(seconds)}后再试`,
        headers: { 'Retry-After': String(seconds) },
      })
    }
    return logs
  }

  async function append(tx: Sql, subjects: Subjects<L>, logs: Map<string, number[]>): Promise<void> {
    for (const { bucket, limits } of bucketsOf(subjects)) {
      const hits = [...(logs.get(bucket) ?? (await lockHits(tx, bucket, now()))), now().getTime()]
      await saveHits(tx, bucket, hits, limits, now())
    }
  }

  return {
    async admit(tx, subjects) {
      await append(tx, subjects, await refuse(tx, subjects))
    },
    async check(tx, subjects) {
      await refuse(tx, subjects)
    },
    async count(tx, subjects) {
      await append(tx, subjects, new Map())
    },
    async giveBack(tx, subjects) {
      for (const { bucket, limits } of bucketsOf(subjects)) {
        const hits = await lockHits(tx, bucket, now())
        await saveHits(tx, bucket, hits.slice(0, -1), limits, now())
      }
    },
  }
}

/** The subject of an address: an IPv6 customer owns at least a /64, so one counts as one. */
export function addressSubject(address: string): string {
  // An IPv4 customer whom a dual-stack socket saw (`::ffff:203.0.113.9`) is the same one.
  if (!address.includes(':') || address.includes('.')) return address.replace(/^::ffff:/i, '')
  const [head = '', tail] = address.split('::')
  const groups = head === '' ? [] : head.split(':')
  const missing = tail === undefined ? 0 : 8 - groups.length - (tail === '' ? 0 : tail.split(':').length)
  const prefix = [...groups, ...Array(Math.max(0, missing)).fill('0'), ...(tail ?? '').split(':')].slice(0, 4)
  return `${prefix.map((group) => group.replace(/^0+(?=.)/, '')).join(':')}::/64`.toLowerCase()
}

/** How long the subject with these hits (ascending, epoch ms) has to wait; 0 when it may go on. */
export function msUntilAdmitted(hits: readonly number[], limit: Limit, nowMs: number): number {
  const windowMs = limit.windowSec * 1000
  // The newest `max` hits: when all of them lie within one window, the limit was reached at the last of them.
  const newest = hits.slice(-limit.max)
  const first = newest[0]
  const last = newest.at(-1)
  if (newest.length < limit.max || first === undefined || last === undefined) return 0
  if (limit.lockSec !== undefined)
    return last - first < windowMs ? Math.max(0, last + limit.lockSec * 1000 - nowMs) : 0
  return Math.max(0, first + windowMs - nowMs)
}

/** Reads the hits and holds the row. Others wait for it: what exists is locked by the statement that reads it. */
async function lockHits(tx: Sql, bucket: string, now: Date): Promise<number[]> {
  const read = () =>
    tx.row<{ hits: string }>('SELECT hits FROM rate_limit WHERE bucket = ? FOR UPDATE', [bucket])
  let row = await read()
  if (!row) {
    // Of two that find no row, one inserts it, and the other one waits here.
    await tx.run(
      'INSERT INTO rate_limit (bucket, hits, expires_at) VALUES (?, ?, ?) ON DUPLICATE KEY UPDATE bucket = VALUES(bucket)',
      [bucket, '[]', now],
    )
    row = await read()
  }
  return row ? (JSON.parse(row.hits) as number[]) : []
}

async function saveHits(
  tx: Sql,
  bucket: string,
  hits: readonly number[],
  limits: readonly Limit[],
  now: Date,
): Promise<void> {
  const keepMs = 1000 * Math.max(...limits.map((limit) => limit.windowSec + (limit.lockSec ?? 0)))
  const recent = hits.filter((hit) => hit > now.getTime() - keepMs)
  const expiresAt = new Date((recent.at(-1) ?? now.getTime()) + keepMs)
  await tx.run('UPDATE rate_limit SET hits = ?, expires_at = ? WHERE bucket = ?', [
    JSON.stringify(recent),
    expiresAt,
    bucket,
  ])
}

function formatWait(seconds: number): string {
  if (seconds < 60) return `${seconds}秒`
  if (seconds < 3600) return `${Math.ceil(seconds / 60)}分钟`
  return `${Math.ceil(seconds / 3600)}小时`
}

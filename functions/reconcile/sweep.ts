import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'

/** Deletes what has served its time: counters, and codes that nobody can redeem any more. */
export async function sweep({ db, now }: { db: Database; now: () => Date }): Promise<void> {
  const dayAgo = new Date(now().getTime() - 24 * 3600 * 1000)
  try {
    await db.run('DELETE FROM rate_limit WHERE expires_at < ? LIMIT 5000', [now()])
    await db.run('DELETE FROM sms_code WHERE expires_at < ? LIMIT 5000', [dayAgo])
  } catch (error) {
    // Rows that are in use can wait for the next run.
    if (!(error instanceof AppError)) throw error
  }
}

import { deleteExpiredCodes, forgetAddresses } from '#shared/accounts'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import { deleteExpiredCounters } from '#shared/limits'

const DAY_MS = 24 * 3600 * 1000
const AT_MOST = 5000

/** Deletes what has served its time: counters, codes that nobody can redeem any more, addresses of old logins. */
export async function sweep({ db, now }: { db: Database; now: () => Date }): Promise<void> {
  const daysAgo = (days: number) => new Date(now().getTime() - days * DAY_MS)
  try {
    await deleteExpiredCounters(db, now(), AT_MOST)
    await deleteExpiredCodes(db, daysAgo(1), AT_MOST)
    await forgetAddresses(db, daysAgo(31), AT_MOST)
  } catch (error) {
    // Rows that are in use can wait for the next run.
    if (!(error instanceof AppError)) throw error
  }
}

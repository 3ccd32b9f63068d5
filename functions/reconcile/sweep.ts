import { deleteExpiredCodes, forgetAddresses } from '#shared/accounts'
import { deleteExpiredInvites } from '#shared/admin'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import { deleteExpiredCounters } from '#shared/limits'

const DAY_MS = 24 * 3600 * 1000
const BATCH = 5000

/** What is not swept when this little time is left waits for the next run. */
const RESERVE_MS = 3000

interface SweepDeps {
  db: Database
  now: () => Date
  /** Milliseconds that are left of this run. */
  msLeft: () => number
}

/**
 * Deletes what has served its time, in batches while time is left: counters, codes that nobody can redeem any more,
 * addresses of old logins, invites of the shop's people that nobody can accept any more.
 */
export async function sweep({ db, now, msLeft }: SweepDeps): Promise<void> {
  const daysAgo = (days: number) => new Date(now().getTime() - days * DAY_MS)
  const deletions = [
    () => deleteExpiredCounters(db, now(), BATCH),
    () => deleteExpiredCodes(db, daysAgo(1), BATCH),
    () => forgetAddresses(db, daysAgo(31), BATCH),
    () => deleteExpiredInvites(db, daysAgo(7), BATCH),
  ]
  for (const remove of deletions) {
    try {
      while (msLeft() > RESERVE_MS && (await remove()) >= BATCH);
    } catch (error) {
      // Rows that are in use can wait for the next run.
      if (!(error instanceof AppError)) throw error
    }
  }
}

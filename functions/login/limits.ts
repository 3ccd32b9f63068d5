import type { Limits } from '#shared/limits'

const QUARTER_HOUR = 15 * 60

/** Contract, section 4, Limits: failed logins. */
export const loginLimits = {
  username: [{ max: 5, windowSec: QUARTER_HOUR, lockSec: QUARTER_HOUR }],
  address: [{ max: 30, windowSec: QUARTER_HOUR }],
} satisfies Limits

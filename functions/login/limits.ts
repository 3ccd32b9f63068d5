import { limitsOf } from '#shared/limits'

const QUARTER_HOUR = 15 * 60

/** Contract, section 4, Limits. */
export const loginLimits = limitsOf('login', {
  username: {
    about: 'failed logins of one username',
    rules: [{ max: 5, windowSec: QUARTER_HOUR, lockSec: QUARTER_HOUR }],
  },
  address: { about: 'failed logins from one address', rules: [{ max: 30, windowSec: QUARTER_HOUR }] },
})

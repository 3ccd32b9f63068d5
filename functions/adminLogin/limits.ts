import { limitsOf } from '#shared/limits'

const QUARTER_HOUR = 15 * 60

/** As for shoppers: contract, section 4, Limits. */
export const adminLoginLimits = limitsOf('adminLogin', {
  username: {
    about: "failed logins of one of the shop's people",
    rules: [{ max: 5, windowSec: QUARTER_HOUR, lockSec: QUARTER_HOUR }],
  },
  address: {
    about: "failed logins and invites of the shop's people from one address",
    rules: [{ max: 30, windowSec: QUARTER_HOUR }],
  },
})

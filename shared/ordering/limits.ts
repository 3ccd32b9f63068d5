import { limitsOf } from '#shared/limits'

/** Contract, section 4, Limits. */
export const orderLimits = limitsOf('order', {
  user: { about: 'orders of one user', rules: [{ max: 20, windowSec: 60 }] },
})

/** Unpaid orders of one user at once. */
export const MAX_UNPAID = 50

/** Of the unpaid orders, those that hold stock. */
export const MAX_UNPAID_HOLDING = 5

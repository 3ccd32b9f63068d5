import type { Limits } from '#shared/limits'

/** Contract, section 4, Limits: new orders of one user. */
export const orderLimits = { user: [{ max: 20, windowSec: 60 }] } satisfies Limits

import type { Limits } from '#shared/limits'

/** Contract, section 4, Limits: registrations from one address. */
export const registerLimits = { address: [{ max: 10, windowSec: 3600 }] } satisfies Limits

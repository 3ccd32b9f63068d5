import type { Limits } from '#shared/limits'

/** Contract, section 4, Limits. */
export const smsLimits = {
  mobile: [
    { max: 1, windowSec: 60 },
    { max: 5, windowSec: 3600 },
    { max: 10, windowSec: 86_400 },
  ],
  address: [{ max: 20, windowSec: 3600 }],
} satisfies Limits

import { limitsOf } from '#shared/limits'

/** Contract, section 4, Limits. */
export const registerLimits = limitsOf('register', {
  address: { about: 'registrations from one address', rules: [{ max: 10, windowSec: 3600 }] },
  codes: { about: 'codes tried at `/register` from one address', rules: [{ max: 30, windowSec: 3600 }] },
})

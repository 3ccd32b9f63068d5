import { limitsOf } from '#shared/limits'

/** Contract, section 4, Limits. */
export const smsLimits = limitsOf('sms', {
  mobile: {
    about: 'SMS to one mobile',
    rules: [
      { max: 1, windowSec: 60 },
      { max: 5, windowSec: 3600 },
      { max: 10, windowSec: 86_400 },
    ],
  },
  address: { about: 'SMS from one client address (IPv6: a /64)', rules: [{ max: 20, windowSec: 3600 }] },
  site: { about: 'SMS from one IPv6 /48', rules: [{ max: 60, windowSec: 3600 }] },
  shop: { about: 'SMS of the whole shop', rules: [{ max: 'SMS_HOURLY_LIMIT', windowSec: 3600 }] },
})

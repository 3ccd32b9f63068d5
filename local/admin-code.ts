/** `npm run admin:code -s [-- SECRET]`: the one-time code of now, of the demo owner or of a secret in Base32. For local work. */
import { codeOf, fromBase32, stepOf } from '#shared/admin'
import { DEMO_SECRETS } from './demo-env.ts'

console.log(codeOf(fromBase32(process.argv[2] ?? DEMO_SECRETS.ADMIN_DEMO_TOTP), stepOf(new Date())))

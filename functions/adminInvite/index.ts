import { job } from '#shared/job'
import { type InviteResult, readWish, serve } from './adminInvite.ts'

/**
 * Invoked by ops: `{ "username": "wang", "mobile": "13800138000", "role": "owner", "hash": "…" }` makes the first owner, and later
 * others with an owner's signature (`owner`, `code`); `{ "suspend": "wang" }` lets somebody in no more. `npm run
 * admin:invite` makes the token, of which only the hash comes here.
 */
export const main_handler = job(
  {
    needs: ['ADMIN_JWT_SECRET'],
    fields: ['username', 'mobile', 'role', 'hash', 'owner', 'code', 'suspend'],
    summarise,
  },
  async ({ event, config, db, now, requestId }) => serve(readWish(event), { config, db, now, requestId }),
)

function summarise(result: InviteResult): string[] {
  if ('suspended' in result) return [`suspended: ${result.suspended}`]
  return [`invited: ${result.invited} as ${result.role}, until ${result.expiresAt.toISOString()}`]
}

import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { readAudit } from './audit.ts'
import { auditQuery } from './schema.ts'

/** Who did what, for owners and auditors. Errors: 1010, 401, 403, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'GET',
      paths: ['/admin/audit'],
      auth: mayDo('audit.read'),
      needs: ['ADMIN_JWT_SECRET'],
      schema: auditQuery,
      budgetMs: 10_000,
    },
    async ({ body, db }) => {
      const { entries, nextCursor } = await readAudit(body, { db })
      return { data: entries, nextCursor }
    },
  ),
)

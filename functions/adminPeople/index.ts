import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { invitePerson, listPeople, suspendPerson } from './adminPeople.ts'
import { inviteBody, suspendBody } from './schema.ts'

const policy = { auth: mayDo('people'), needs: ['ADMIN_JWT_SECRET'], budgetMs: 10_000 } as const

/** Who works in the shop: for owners. Errors: 1010, 1054, 1060, 401, 403, 503. */
export const main_handler = endpoint(
  route({ ...policy, method: 'GET', paths: ['/admin/people'] }, async ({ db }) => ({
    data: await listPeople({ db }),
  })),
  route({ ...policy, method: 'POST', paths: ['/admin/invite'], schema: inviteBody }, async (call) => {
    const expiresAt = await invitePerson(call.body, call)
    return { msg: '邀请已生成', data: { expiresAt: expiresAt.toISOString() } }
  }),
  route({ ...policy, method: 'POST', paths: ['/admin/suspend'], schema: suspendBody }, async (call) => {
    await suspendPerson(call.body, call)
    return { msg: call.body.suspended ? '账号已停用' : '账号已恢复' }
  }),
)

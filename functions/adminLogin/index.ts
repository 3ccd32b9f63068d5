import { audited, endTokens, mayDo, rolePermissions } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { addressSubject } from '#shared/limits'
import { accept, confirm } from './accept.ts'
import { adminLoginLimits } from './limits.ts'
import { login, openSession, type Session } from './login.ts'
import { acceptBody, confirmBody, loginBody } from './schema.ts'

const policy = { needs: ['ADMIN_JWT_SECRET'], budgetMs: 4500 } as const
const open = {
  ...policy,
  // The shoppers' secret is no use here: with it the configuration refuses the same one for both.
  needs: ['ADMIN_JWT_SECRET', 'JWT_SECRET'],
  method: 'POST',
  limits: adminLoginLimits,
  // Whose name it is, the step finds out.
  subjects: ({ request }: { request: { clientAddress: string | undefined } }) => ({
    username: undefined,
    address: addressSubject(request.clientAddress),
  }),
} as const
const own = { ...policy, auth: mayDo('self') } as const

/** How the shop's people come in, stay for a while, and go. Errors: 1010, 1040, 1054, 401, 429, 503. */
export const main_handler = endpoint(
  route({ ...open, paths: ['/admin/login'], schema: loginBody }, async (call) => ({
    msg: '登录成功',
    data: shown(await login(call.body, call)),
  })),
  route({ ...open, paths: ['/admin/accept'], schema: acceptBody }, async (call) => ({
    data: await accept(call.body, call),
  })),
  route({ ...open, paths: ['/admin/confirm'], schema: confirmBody }, async (call) => ({
    msg: '账号已启用，请登录',
    data: await confirm(call.body, call),
  })),
  route({ ...own, method: 'POST', paths: ['/admin/renew'] }, async ({ user, config, now }) => ({
    data: shown(openSession(user, { config, now })),
  })),
  route({ ...own, method: 'POST', paths: ['/admin/logout'] }, async (call) => {
    const { user, now } = call
    await audited(call, { action: 'logout', target: `admin:${user.username}` }, async (tx) => ({
      result: await endTokens(tx, user.id, now()),
    }))
    return { msg: '已退出登录' }
  }),
  route({ ...own, method: 'GET', paths: ['/admin/me'] }, async ({ user: { id, username, role } }) => ({
    data: { id, username, role, permissions: rolePermissions[role] },
  })),
)

function shown({ token, expiresAt, admin }: Session) {
  const permissions = rolePermissions[admin.role]
  return { token, expiresAt: expiresAt.toISOString(), admin: { ...admin, permissions } }
}

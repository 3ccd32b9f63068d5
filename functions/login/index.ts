import { signToken } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { addressSubject } from '#shared/limits'
import { maskMobile } from '#shared/log'
import { loginLimits } from './limits.ts'
import { login } from './login.ts'
import { loginBody } from './schema.ts'

/** POST /login – answers a token. Errors: 1010, 1040, 429, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/login', '/user/login', '/users/login'],
      schema: loginBody,
      needs: ['JWT_SECRET'],
      limits: loginLimits,
      // The name counts as the database compares it: the step finds out.
      subjects: ({ request }) => ({
        username: undefined,
        address: addressSubject(request.clientAddress),
      }),
      budgetMs: 4500,
    },
    async ({ body, request, limiter, config, db, now }) => {
      const deps = { db, limiter, legacySalt: config.LEGACY_PASSWORD_SALT, now }
      const user = await login({ ...body, address: addressSubject(request.clientAddress) }, deps)
      const token = signToken(user, config, now())
      const shown = { token, username: user.username, mobile: maskMobile(user.mobile) }
      return {
        token,
        msg: '登录成功',
        userInfo: shown,
        data: shown,
        ...(config.TUTORIAL_CLIENTS === 'on' && { code: 200, mobile: shown.mobile }),
      }
    },
  ),
)

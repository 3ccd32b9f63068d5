import { signToken } from '#shared/accounts'
import { endpoint, route } from '#shared/http'
import { addressSubject, createLimiter } from '#shared/limits'
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
    },
    async ({ body, request, config, db, now }) => {
      const limiter = createLimiter({
        name: 'login',
        limits: loginLimits,
        enabled: config.RATE_LIMIT === 'on',
        now,
      })
      const deps = { db, limiter, legacySalt: config.LEGACY_PASSWORD_SALT, now }
      const user = await login({ ...body, address: addressSubject(request.clientAddress) }, deps)
      const token = signToken(user, config, now())
      return {
        token,
        msg: '登录成功',
        userInfo: { token, username: user.username, mobile: maskMobile(user.mobile) },
      }
    },
  ),
)

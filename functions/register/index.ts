import { AppError } from '#shared/errors'
import { endpoint, route } from '#shared/http'
import { addressSubject, createLimiter } from '#shared/limits'
import { registerLimits } from './limits.ts'
import { register } from './register.ts'
import { registerBody } from './schema.ts'

/** POST /register – makes a user. Errors: false (parameter), 0 (taken), 1030 (SMS code), 429, 503. */
export const main_handler = endpoint(
  route(
    {
      method: 'POST',
      paths: ['/register', '/user/register', '/users/register'],
      schema: registerBody,
      invalid: 'REGISTER_INVALID',
    },
    async ({ body, request, config, db, now }) => {
      if (config.REGISTER_REQUIRES_SMS && body.smscode === undefined) {
        throw new AppError('REGISTER_INVALID', { msg: '短信验证码smscode不能为空' })
      }
      if (config.PASSWORD_PATTERN && !config.PASSWORD_PATTERN.test(body.password)) {
        throw new AppError('REGISTER_INVALID', { msg: '密码password不符合要求' })
      }
      const limiter = createLimiter({
        name: 'register',
        limits: registerLimits,
        enabled: config.RATE_LIMIT === 'on',
        now,
      })
      await register({ ...body, address: addressSubject(request.clientAddress) }, { db, limiter, now })
      return { msg: '注册成功' }
    },
  ),
)

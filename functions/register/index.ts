import { AppError } from '#shared/errors'
import { endpoint, route } from '#shared/http'
import { addressSubject } from '#shared/limits'
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
      limits: registerLimits,
      subjects: ({ request }) => {
        const address = addressSubject(request.clientAddress)
        return { address, codes: address }
      },
      budgetMs: 4500,
      check: ({ smscode, password }, { REGISTER_REQUIRES_SMS, PASSWORD_PATTERN }) => {
        if (REGISTER_REQUIRES_SMS && smscode === undefined)
          throw new AppError('REGISTER_INVALID', { msg: '短信验证码smscode不能为空' })
        if (PASSWORD_PATTERN && !PASSWORD_PATTERN.test(password))
          throw new AppError('REGISTER_INVALID', { msg: '密码password不符合要求' })
      },
    },
    async ({ body, limiter, db, now, log }) => {
      await register(body, { db, limiter, now, log })
      return { msg: '注册成功' }
    },
  ),
)

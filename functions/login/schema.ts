import { Joi, line, parameters } from '#shared/validate'

export interface LoginBody {
  username: string
  password: string
}

/** Wider than what registration allows: users of the Koa shop chose freely. */
export const loginBody = parameters<LoginBody>({
  username: line({ max: 50 }).required().label('用户名username'),
  password: Joi.string().max(128).required().label('密码password'),
})

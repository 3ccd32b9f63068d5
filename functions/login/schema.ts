import { plainBounded, plainLine, plainParameters } from '#shared/validate'

export interface LoginBody {
  username: string
  password: string
}

/** Wider than what registration allows: users of the Koa shop chose freely. */
export const loginBody = plainParameters<LoginBody>({
  username: plainLine({ max: 50 }, '用户名username'),
  password: plainBounded({ max: 128 }, '密码password'),
})

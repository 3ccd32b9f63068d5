import { adminName } from '#shared/admin'
import { Joi, parameters } from '#shared/validate'

/** A one-time code: people copy it with a blank in the middle. */
const code = Joi.string()
  .replace(/\s/g, '')
  .pattern(/^\d{6}$/)
  .required()
  .label('动态口令code')
const token = Joi.string()
  .pattern(/^[\w-]{43}$/)
  .required()
  .label('邀请令牌token')

export interface LoginBody {
  username: string
  password: string
  code: string
}

export const loginBody = parameters<LoginBody>({
  username: adminName.required().label('用户名username'),
  password: Joi.string().max(128).required().label('密码password'),
  code,
})

export interface AcceptBody {
  token: string
  password: string
}

export const acceptBody = parameters<AcceptBody>({
  token,
  password: Joi.string().min(12).max(128).required().label('密码password'),
})

export interface ConfirmBody {
  token: string
  code: string
}

export const confirmBody = parameters<ConfirmBody>({ token, code })

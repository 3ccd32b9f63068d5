import { Joi, line, mobilePattern, parameters } from '#shared/validate'

export interface RegisterBody {
  username: string
  password: string
  repeat_password?: string
  mobile: string
  smscode?: string
}

const fields = parameters<RegisterBody>({
  username: line({ min: 3, max: 20 })
    // No blanks at the ends: MySQL compares "tom" and "tom " as equal, people do not see the difference.
    .pattern(/^\S(.*\S)?$/u)
    .required()
    .label('用户名username'),
  password: Joi.string()
    .pattern(/^[a-zA-Z0-9]{3,20}$/)
    .required()
    .label('密码password'),
  repeat_password: Joi.any()
    .valid(Joi.ref('password'))
    .messages({ 'any.only': '{{#label}}与密码不一致' })
    .label('确认密码repeat_password'),
  mobile: Joi.string().pattern(mobilePattern).required().label('手机号mobile'),
  // Any text can be tried: one that is no code at all is a wrong code.
  smscode: Joi.string().max(20).empty('').label('短信验证码smscode'),
})

/** Other names under which the tutorial's storefronts send a field; the first that is there counts. */
const otherNames = { repeat_password: ['repeatPassword'], smscode: ['smsCode', 'sms'] } as const

/** What `POST /register` takes. */
export const registerBody = {
  validate: (sent: unknown) => fields.validate(withOurNames(sent)),
  describe: () => fields.describe(),
}

function withOurNames(sent: unknown): unknown {
  if (typeof sent !== 'object' || sent === null || Array.isArray(sent)) return sent
  const named: Record<string, unknown> = { ...sent }
  for (const [name, others] of Object.entries(otherNames)) {
    const given = [name, ...others].find((each) => isGiven(named[each]))
    if (given !== undefined) named[name] = named[given]
  }
  return named
}

const isGiven = (value: unknown) => value !== undefined && value !== ''

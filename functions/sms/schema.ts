import { Joi, mobilePattern, parameters } from '#shared/validate'

export interface SmsBody {
  mobile: string
}

export const smsBody = parameters<SmsBody>({
  mobile: Joi.string().pattern(mobilePattern).required().label('手机号mobile'),
})

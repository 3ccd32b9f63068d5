import { type Invitation, invitationKeys } from '#shared/admin'
import { Joi, parameters, wholeNumber } from '#shared/validate'

export const inviteBody = parameters<Invitation>(invitationKeys)

export interface SuspendBody {
  id: number
  suspended: boolean
}

export const suspendBody = parameters<SuspendBody>({
  id: wholeNumber(1, 2 ** 31 - 1)
    .required()
    .label('人员id'),
  suspended: Joi.boolean().required().label('停用suspended'),
})

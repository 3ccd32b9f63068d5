/** How somebody becomes one of the shop's people: asked by an owner, or by ops while there is none. */
import type { Sql } from '#shared/db'
import { Joi, mobilePattern } from '#shared/validate'
import { insertInvite } from './admin-invite-table.ts'
import { type Role, roles } from './permissions.ts'

/** Who is asked. Of the token only its hash ever comes here. */
export interface Invitation {
  username: string
  mobile: string
  role: Role
  /** SHA-256 of the token's text, in hex. */
  hash: string
}

/** What a name looks like; one spelling each. */
export const adminName = Joi.string().pattern(/^[a-z][a-z0-9._-]{2,31}$/)

/** The fields of an invitation. */
export const invitationKeys = {
  username: adminName.required().label('用户名username'),
  mobile: Joi.string().pattern(mobilePattern).required().label('手机号mobile'),
  role: Joi.string()
    .valid(...roles)
    .required()
    .label('角色role'),
  hash: Joi.string()
    .pattern(/^[0-9a-f]{64}$/)
    .required()
    .label('令牌摘要hash'),
}

/** Writes an invitation. Returns when it expires. */
export function invite(tx: Sql, invitation: Invitation, invitedBy: number | null, now: Date): Promise<Date> {
  return insertInvite(tx, { ...invitation, invitedBy }, now)
}

/** The shop's people, as an owner sees them. */
import {
  type Admin,
  type AdminCall,
  type AdminRow,
  audited,
  findAdmin,
  type Invitation,
  invite,
  listAdmins,
  setAdminState,
} from '#shared/admin'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { maskMobile } from '#shared/log'

type OwnerCall = AdminCall & { readonly user: Admin }

export interface PersonView {
  id: number
  username: string
  role: AdminRow['role']
  state: AdminRow['state']
  mobile: string
  lastLoginAt: string | null
}

/** Everybody, the oldest first, mobiles masked. */
export async function listPeople({ db }: { db: Sql }): Promise<PersonView[]> {
  return (await listAdmins(db)).map(({ id, username, role, state, mobile, last_login_at }) => ({
    id,
    username,
    role,
    state,
    mobile: maskMobile(mobile),
    lastLoginAt: last_login_at?.toISOString() ?? null,
  }))
}

/** An owner asks somebody. The browser has made the token and keeps it. Returns when the invite expires. */
export function invitePerson(invitation: Invitation, call: OwnerCall): Promise<Date> {
  const { username, role, mobile } = invitation
  return audited(call, { action: 'invite', target: `admin:${username}` }, async (tx) => ({
    result: await invite(tx, invitation, call.user.id, call.now()),
    after: { role, mobile },
  }))
}

/** Lets somebody in no more, or again. @throws AppError RECORD_NOT_FOUND, STATE_CONFLICT (oneself) */
export async function suspendPerson(
  { id, suspended }: { id: number; suspended: boolean },
  call: OwnerCall,
): Promise<void> {
  if (id === call.user.id) throw new AppError('STATE_CONFLICT', { msg: '不能停用自己的账号' })
  const person = await findAdmin(call.db, id)
  if (!person) throw new AppError('RECORD_NOT_FOUND', { msg: '人员不存在' })
  const state = suspended ? 'SUSPENDED' : 'ACTIVE'
  await audited(call, { action: 'suspend', target: `admin:${person.username}` }, async (tx) => ({
    result: await setAdminState(tx, id, state, call.now()),
    before: { state: person.state },
    after: { state },
  }))
}

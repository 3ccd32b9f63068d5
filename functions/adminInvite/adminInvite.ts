/** The first owner, and what is left when nobody can log in any more. */
import {
  adminName,
  findActiveOwner,
  findAdminByName,
  type Invitation,
  invitationKeys,
  invite,
  matchingStep,
  setAdminState,
  takeSignature,
  unseal,
  writeAudit,
} from '#shared/admin'
import type { Config } from '#shared/config'
import type { Database, Sql } from '#shared/db'
import { Joi } from '#shared/validate'

export interface InviteDeps {
  db: Database
  config: Config<'ADMIN_JWT_SECRET'>
  now: () => Date
  requestId: string
}

/** An owner who signs, with a code of the authenticator app: it serves once, so it may stand in a log. */
interface Signature {
  owner?: string
  code?: string
}
export type InviteWish = (Invitation & Signature) | { suspend: string }

/** Neither holds anything secret: what is returned stands in the platform's log. */
export type InviteResult = { invited: string; role: string; expiresAt: Date } | { suspended: string }

const inviteWish = Joi.object({
  ...invitationKeys,
  owner: adminName,
  code: Joi.string().pattern(/^\d{6}$/),
}).and('owner', 'code')
const suspendWish = Joi.object({ suspend: adminName.required() })

/** Reads the event. @throws Error that names what is wrong */
export function readWish({ json: _json, ...event }: Readonly<Record<string, unknown>>): InviteWish {
  const schema = event.suspend === undefined ? inviteWish : suspendWish
  const { value, error } = schema.validate(event, { errors: { wrap: { label: false } } })
  if (error) throw new Error(error.message)
  return value as InviteWish
}

/**
 * Invites, or suspends somebody who lost a factor or left: without an owner who can log in, ops invite the next.
 *
 * @throws Error when there is an owner who did not sign, or nobody of that name
 */
export function serve(wish: InviteWish, deps: InviteDeps): Promise<InviteResult> {
  return deps.db.transaction((tx) =>
    'suspend' in wish ? suspend(tx, wish.suspend, deps) : ask(tx, wish, deps),
  )
}

async function ask(
  tx: Sql,
  { owner, code, ...invitation }: Invitation & Signature,
  deps: InviteDeps,
): Promise<InviteResult> {
  const signer = owner === undefined || code === undefined ? undefined : await sign(tx, owner, code, deps)
  if (signer === undefined) await mustBeTheFirst(tx, invitation)
  const expiresAt = await invite(tx, invitation, signer ?? null, deps.now())
  const { username, role, mobile } = invitation
  await write(tx, 'invite', username, { role, mobile, signedBy: owner ?? null }, deps)
  return { invited: username, role, expiresAt }
}

async function mustBeTheFirst(tx: Sql, { role }: Invitation): Promise<void> {
  const owner = await findActiveOwner(tx)
  if (owner)
    throw new Error(
      `there is an owner, ${owner.username}: invite in the back office, or add owner and code to the event`,
    )
  if (role !== 'owner') throw new Error('there is no owner yet: the first invite is for one')
}

/** The id of the owner whose code it is. */
async function sign(tx: Sql, owner: string, code: string, { config, now }: InviteDeps): Promise<number> {
  const admin = await findAdminByName(tx, owner)
  const secret = admin && unseal(admin.totp_secret, admin.username, config)
  const step = secret && matchingStep(secret, code, now(), admin.totp_step)
  const isOwner = admin?.role === 'owner' && admin.state === 'ACTIVE'
  if (!isOwner || step === undefined || !(await takeSignature(tx, admin.id, step)))
    throw new Error('owner and code do not fit, or the code was used: wait for the next one')
  return admin.id
}

async function suspend(tx: Sql, username: string, deps: InviteDeps): Promise<InviteResult> {
  const admin = await findAdminByName(tx, username)
  if (!admin) throw new Error(`there is no ${username}`)
  await setAdminState(tx, admin.id, 'SUSPENDED', deps.now())
  await write(tx, 'suspend', username, { state: 'SUSPENDED' }, deps)
  return { suspended: username }
}

function write(
  tx: Sql,
  action: string,
  username: string,
  after: unknown,
  { now, requestId }: InviteDeps,
): Promise<void> {
  const call = { user: undefined, request: { clientAddress: undefined }, requestId, now }
  return writeAudit(tx, call, { action, target: `admin:${username}` }, { after })
}

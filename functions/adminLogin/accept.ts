/** An invite is accepted in two steps: a password, then a code that proves that the app has the second factor. */
import { hashSecret } from '#shared/accounts'
import {
  type AdminCall,
  createTotpSecret,
  endUnsignedInvites,
  findInvite,
  fromBase32,
  hashInviteToken,
  type InviteRow,
  keepChoice,
  lockInvite,
  matchingStep,
  otpauthUri,
  type Role,
  saveAdmin,
  seal,
  toBase32,
  unseal,
  useInvite,
  writeAudit,
} from '#shared/admin'
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'

export interface AcceptDeps extends Omit<AdminCall, 'user'> {
  readonly limiter: Limiter<'address'>
  readonly config: Config<'ADMIN_JWT_SECRET'>
}

/** What the authenticator app needs. */
export interface SecondFactor {
  username: string
  role: Role
  /** Base32. */
  secret: string
  otpauth: string
}

/**
 * Keeps the password with the invite, and makes a second factor. Nobody can log in with either before `confirm`; again,
 * it makes another one.
 *
 * @throws AppError RECORD_NOT_FOUND when the invite is unknown, used or over; TOO_MANY_REQUESTS
 */
export async function accept(
  { token, password }: { token: string; password: string },
  deps: AcceptDeps,
): Promise<SecondFactor> {
  const { db, config, now } = deps
  await deps.limiter.check('address')
  const hash = hashInviteToken(token)
  const invite = await findInvite(db, hash, now())
  if (!invite) return refuseUnknown(deps)
  const { username, role } = invite
  const demo = config.ADMIN_DEMO_TOTP
  const secret = demo === undefined ? createTotpSecret() : fromBase32(demo)
  const choice = { password: await hashSecret(password), totpSecret: seal(secret, username, config) }
  if (!(await keepChoice(db, hash, choice, now()))) return refuseUnknown(deps)
  return { username, role, secret: toBase32(secret), otpauth: otpauthUri(username, secret) }
}

/**
 * Makes one of the shop's people of somebody whose app shows the right code; one of that name gets the new factors, and
 * old tokens end.
 *
 * @throws AppError RECORD_NOT_FOUND, LOGIN_FAILED (the code), TOO_MANY_REQUESTS
 */
export async function confirm(
  { token, code }: { token: string; code: string },
  deps: AcceptDeps,
): Promise<{ username: string; role: Role }> {
  const { db, now } = deps
  await deps.limiter.check('address')
  const hash = hashInviteToken(token)
  const outcome = await db.transaction(async (tx) => {
    const invite = await lockInvite(tx, hash, now())
    if (!invite?.password || !invite.totp_secret) return 'unknown'
    const { username, mobile, role, password, totp_secret: totpSecret } = invite
    const totpStep = stepOfCode(invite, code, deps)
    if (totpStep === undefined) return 'wrong'
    const id = await saveAdmin(tx, { username, mobile, role, password, totpSecret, totpStep }, now())
    await useInvite(tx, hash, now())
    if (role === 'owner') await endUnsignedInvites(tx, now())
    const subject = { action: 'invite.accept', target: `admin:${username}` }
    await writeAudit(tx, { ...deps, user: { id } }, subject, { after: { role, mobile } })
    return { username, role }
  })
  if (outcome === 'unknown') return refuseUnknown(deps)
  if (outcome === 'wrong') return refuse(deps, new AppError('LOGIN_FAILED', { msg: '动态口令错误' }))
  return outcome
}

function stepOfCode(
  { totp_secret, username }: InviteRow,
  code: string,
  { config, now }: AcceptDeps,
): number | undefined {
  const secret = unseal(totp_secret ?? '', username, config)
  return secret && matchingStep(secret, code, now(), 0)
}

function refuseUnknown(deps: AcceptDeps): Promise<never> {
  return refuse(deps, new AppError('RECORD_NOT_FOUND', { msg: '邀请不存在、已使用或已过期' }))
}

async function refuse({ db, limiter }: AcceptDeps, error: AppError): Promise<never> {
  await db.transaction((tx) => limiter.in(tx).admit('address'))
  throw error
}

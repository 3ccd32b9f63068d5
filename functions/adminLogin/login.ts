/** Password and one-time code together, at the same cost for every wrong answer. */

import { nobodysHash, verifySecret } from '#shared/accounts'
import {
  type Admin,
  type AdminCall,
  type AdminRow,
  findAdminByName,
  matchingStep,
  seal,
  signAdminToken,
  takeStep,
  unseal,
  writeAudit,
} from '#shared/admin'
import type { Config } from '#shared/config'
import { AppError } from '#shared/errors'
import { addressSubject, type Limiter } from '#shared/limits'
import type { LoginBody } from './schema.ts'

export interface LoginDeps extends Omit<AdminCall, 'user'> {
  readonly limiter: Limiter<'username' | 'address'>
  readonly config: Config<'ADMIN_JWT_SECRET'>
}

/** Who logged in, and until when. */
export interface Session {
  token: string
  expiresAt: Date
  admin: Pick<Admin, 'id' | 'username' | 'role'>
}

/**
 * Nothing is locked while the password is hashed. What it comes to is revealed only if the limits still allow it
 * afterwards. A code serves once: of two logins with the same one, one wins.
 *
 * @throws AppError LOGIN_FAILED, TOO_MANY_REQUESTS
 */
export async function login(input: LoginBody, deps: LoginDeps): Promise<Session> {
  const { db, request, now, config } = deps
  const address = addressSubject(request.clientAddress)
  const admin = await findAdminByName(db, input.username)
  const limiter = deps.limiter.with({ username: nameSubject(input.username, admin, address) })
  await limiter.check()
  const proof = await prove(admin, input, deps)
  if (admin === undefined || proof === undefined) return refuse(limiter, deps)
  await limiter.check()
  const { step, secret } = proof
  const isIn = await db.transaction(async (tx) => {
    // Sealed again with the current secret, so that a replaced one can be removed some day.
    const totpSecret = seal(secret, admin.username, config)
    if (!(await takeStep(tx, admin, { step, address: address ?? null, totpSecret }, now()))) return false
    const { id, username } = admin
    await writeAudit(tx, { ...deps, user: { id } }, { action: 'login', target: `admin:${username}` }, {})
    return true
  })
  if (!isIn) return refuse(limiter, deps)
  return openSession(
    { ...admin, version: admin.token_version, loginAt: Math.floor(now().getTime() / 1000) },
    deps,
  )
}

/** A token for somebody whose account was just read. */
export function openSession(
  { id, username, role, version, loginAt }: Admin,
  { config, now }: Pick<LoginDeps, 'config' | 'now'>,
): Session {
  return { ...signAdminToken({ id, version, loginAt }, config, now()), admin: { id, username, role } }
}

/** Counts a failure, and says no more than that it is one. */
async function refuse(limiter: Limiter<'username' | 'address'>, { db }: LoginDeps): Promise<never> {
  await db.transaction((tx) => limiter.in(tx).admit())
  throw new AppError('LOGIN_FAILED')
}

/** Where somebody logged in last, that name is counted alone: strangers elsewhere cannot lock the owner out. */
function nameSubject(username: string, admin: AdminRow | undefined, address: string | undefined): string {
  return address !== undefined && admin?.last_address === address ? `${username}@${address}` : username
}

/** The second factor and the time step of a right code, with a right password; undefined when anything is wrong. */
async function prove(
  admin: AdminRow | undefined,
  { password, code }: LoginBody,
  { config, now }: LoginDeps,
): Promise<{ step: number; secret: Buffer } | undefined> {
  const isRight = await verifySecret(password, admin?.password ?? nobodysHash)
  if (admin === undefined || !isRight || admin.state !== 'ACTIVE') return undefined
  const secret = unseal(admin.totp_secret, admin.username, config)
  const step = secret && matchingStep(secret, code, now(), admin.totp_step)
  return step === undefined || secret === undefined ? undefined : { step, secret }
}

/** The policy of a route for the shop's people: one permission, checked against the account as it is now. */
import type { Config } from '#shared/config'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { findAdmin } from './admin-table.ts'
import { isAllowed, type Permission, type Role } from './permissions.ts'
import { readAdminToken, unauthorized } from './token.ts'

/** One of the shop's people, at work. */
export interface Admin {
  readonly id: number
  readonly username: string
  readonly role: Role
  /** What a renewed token says again: see token.ts. */
  readonly version: number
  readonly loginAt: number
}

/** Who calls, or why not. What `auth` of a route is. */
export interface AdminAuthorizer {
  (
    authorization: string | undefined,
    config: Config<'ADMIN_JWT_SECRET'>,
    now: Date,
    db: Pick<Sql, 'row'>,
  ): Promise<Admin>
  readonly permission: Permission
}

/**
 * Lets in whose role has this permission. The account is read by its key in every request: who was suspended, logged
 * out or got another role is that at once.
 *
 * @throws AppError UNAUTHORIZED, FORBIDDEN
 */
export function mayDo(permission: Permission): AdminAuthorizer {
  const authorize = async (
    authorization: string | undefined,
    config: Config<'ADMIN_JWT_SECRET'>,
    now: Date,
    db: Pick<Sql, 'row'>,
  ): Promise<Admin> => {
    const { id, version, loginAt } = readAdminToken(authorization, config, now)
    const admin = await findAdmin(db, id)
    if (admin?.state !== 'ACTIVE' || admin.token_version !== version)
      throw unauthorized('登录已失效，请重新登录')
    const { username, role } = admin
    if (!isAllowed(role, permission)) throw new AppError('FORBIDDEN')
    return { id, username, role, version, loginAt }
  }
  return Object.assign(authorize, { permission })
}

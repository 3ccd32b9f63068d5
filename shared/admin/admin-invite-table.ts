/** `admin_invite`: who was asked to become one of the shop's people. Tokens are known by their hash alone. */
import { createHash } from 'node:crypto'
import type { Sql } from '#shared/db'
import type { Role } from './permissions.ts'

export interface InviteRow {
  username: string
  mobile: string
  role: Role
  /** The owner who signed it; null: ops, while there was no owner. */
  invited_by: number | null
  /** What was chosen with the token, until a code proves the second factor. */
  password: string | null
  totp_secret: string | null
}

const columns = 'username, mobile, role, invited_by, password, totp_secret'
const isLive = 'used_at IS NULL AND expires_at > ?'

/** Hours that an invite holds. */
export const INVITE_HOURS = 24

/** Under what a token is stored: 32 random bytes as base64url, hashed as text, in hex. */
export function hashInviteToken(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** Writes an invite; earlier ones of the same name end. Returns when it expires. */
export async function insertInvite(
  tx: Sql,
  invite: { hash: string; username: string; mobile: string; role: Role; invitedBy: number | null },
  now: Date,
): Promise<Date> {
  const expiresAt = new Date(now.getTime() + INVITE_HOURS * 3_600_000)
  await tx.run(
    '/* admin_invite.replace */ UPDATE admin_invite SET expires_at = ? WHERE username = ? AND used_at IS NULL',
    [now, invite.username],
  )
  await tx.run(
    `/* admin_invite.insert */ INSERT INTO admin_invite (token_hash, username, mobile, role, invited_by, expires_at, created_at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [invite.hash, invite.username, invite.mobile, invite.role, invite.invitedBy, expiresAt, now],
  )
  return expiresAt
}

/** The invite of this token, while it holds. */
export function findInvite(sql: Pick<Sql, 'row'>, hash: string, now: Date): Promise<InviteRow | undefined> {
  return sql.row<InviteRow>(
    `/* admin_invite.find */ SELECT ${columns} FROM admin_invite WHERE token_hash = ? AND ${isLive}`,
    [hash, now],
  )
}

/** The same, locked until the transaction ends. */
export function lockInvite(tx: Sql, hash: string, now: Date): Promise<InviteRow | undefined> {
  return tx.row<InviteRow>(
    `/* admin_invite.lock */ SELECT ${columns} FROM admin_invite WHERE token_hash = ? AND ${isLive} FOR UPDATE`,
    [hash, now],
  )
}

/** Keeps what was chosen with a token, in the place of an earlier choice. @returns false when it holds no more */
export async function keepChoice(
  sql: Pick<Sql, 'run'>,
  hash: string,
  choice: { password: string; totpSecret: string },
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* admin_invite.keep */ UPDATE admin_invite SET password = ?, totp_secret = ? WHERE token_hash = ? AND ${isLive}`,
    [choice.password, choice.totpSecret, hash, now],
  )
  return affectedRows === 1
}

/** An invite was used: what was chosen with it lives elsewhere now. */
export async function useInvite(tx: Sql, hash: string, now: Date): Promise<void> {
  await tx.run(
    '/* admin_invite.use */ UPDATE admin_invite SET used_at = ?, password = NULL, totp_secret = NULL WHERE token_hash = ?',
    [now, hash],
  )
}

/** There is an owner now: invites that ops made without one end. */
export async function endUnsignedInvites(tx: Sql, now: Date): Promise<void> {
  await tx.run(
    `/* admin_invite.endUnsigned */ UPDATE admin_invite SET expires_at = ?
     WHERE invited_by IS NULL AND used_at IS NULL AND expires_at > ?`,
    [now, now],
  )
}

/** Deletes invites that held until then at the latest, used or not; who was invited stands in the audit log. */
export async function deleteExpiredInvites(
  sql: Pick<Sql, 'run'>,
  before: Date,
  limit: number,
): Promise<number> {
  const text = `/* admin_invite.deleteExpired */ DELETE FROM admin_invite WHERE expires_at < ? LIMIT ${Math.trunc(limit)}`
  return (await sql.run(text, [before])).affectedRows
}

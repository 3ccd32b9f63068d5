/** `admin`: the shop's own people. */
import { marks, type Sql, type SqlValue } from '#shared/db'
import type { Role } from './permissions.ts'

export type AdminState = 'ACTIVE' | 'SUSPENDED'

export interface AdminRow {
  id: number
  username: string
  mobile: string
  role: Role
  state: AdminState
  /** A scrypt hash. */
  password: string
  /** Sealed: see keys.ts. */
  totp_secret: string
  /** The last time step whose code was used. */
  totp_step: number
  token_version: number
  last_address: string | null
  last_login_at: Date | null
}

const columns =
  'id, username, mobile, role, state, password, totp_secret, totp_step, token_version, last_address, last_login_at'

/** Of this name. */
export function findAdminByName(sql: Pick<Sql, 'row'>, username: string): Promise<AdminRow | undefined> {
  return sql.row<AdminRow>(`/* admin.findByName */ SELECT ${columns} FROM admin WHERE username = ?`, [
    username,
  ])
}

/** Of this id: what every request of the shop's people reads. */
export function findAdmin(sql: Pick<Sql, 'row'>, id: number): Promise<AdminRow | undefined> {
  return sql.row<AdminRow>(`/* admin.find */ SELECT ${columns} FROM admin WHERE id = ?`, [id])
}

/** All of them, the oldest first: a shop has few. */
export function listAdmins(sql: Pick<Sql, 'rows'>): Promise<AdminRow[]> {
  return sql.rows<AdminRow>(`/* admin.list */ SELECT ${columns} FROM admin ORDER BY id LIMIT 500`)
}

/** The names of these people. */
export async function namesOf(
  sql: Pick<Sql, 'rows'>,
  ids: readonly (number | null)[],
): Promise<ReadonlyMap<number, string>> {
  const known = [...new Set(ids.filter((id): id is number => id !== null))]
  if (known.length === 0) return new Map()
  const rows = await sql.rows<{ id: number; username: string }>(
    `/* admin.names */ SELECT id, username FROM admin WHERE id IN (${marks(known)})`,
    known,
  )
  return new Map(rows.map(({ id, username }) => [id, username]))
}

/** An owner who can log in: while there is one, only owners invite. */
export function findActiveOwner(
  sql: Pick<Sql, 'row'>,
): Promise<{ id: number; username: string } | undefined> {
  return sql.row(
    "/* admin.findOwner */ SELECT id, username FROM admin WHERE role = 'owner' AND state = 'ACTIVE' ORDER BY id LIMIT 1",
  )
}

/** What somebody has who has accepted an invite. */
export interface AcceptedAdmin {
  username: string
  mobile: string
  role: Role
  password: string
  totpSecret: string
  totpStep: number
}

/** Makes one of the shop's people, or gives one of that name new factors and ends the old tokens. Returns the id. */
export async function saveAdmin(tx: Sql, admin: AcceptedAdmin, now: Date): Promise<number> {
  const values: SqlValue[] = [admin.mobile, admin.role, admin.password, admin.totpSecret, admin.totpStep, now]
  const { affectedRows } = await tx.run(
    `/* admin.renew */ UPDATE admin SET mobile = ?, role = ?, password = ?, totp_secret = ?, totp_step = ?, updated_at = ?,
       state = 'ACTIVE', token_version = token_version + 1 WHERE username = ?`,
    [...values, admin.username],
  )
  if (affectedRows === 0) {
    const { insertId } = await tx.run(
      `/* admin.insert */ INSERT INTO admin (mobile, role, password, totp_secret, totp_step, updated_at, created_at, username)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
      [...values, now, admin.username],
    )
    return insertId
  }
  return (await findAdminByName(tx, admin.username))?.id ?? 0
}

/**
 * Uses up a time step for a login.
 *
 * @returns false when its code was used before, or the person was suspended meanwhile
 */
export async function takeStep(
  tx: Sql,
  { id, token_version }: Pick<AdminRow, 'id' | 'token_version'>,
  login: { step: number; address: string | null; totpSecret: string },
  now: Date,
): Promise<boolean> {
  const { affectedRows } = await tx.run(
    `/* admin.takeStep */ UPDATE admin SET totp_step = ?, totp_secret = ?, last_address = ?, last_login_at = ?, updated_at = ?
     WHERE id = ? AND totp_step < ? AND token_version = ? AND state = 'ACTIVE'`,
    [login.step, login.totpSecret, login.address, now, now, id, login.step, token_version],
  )
  return affectedRows === 1
}

/** Uses up a time step for a signature. @returns false when its code was used before */
export async function takeSignature(tx: Sql, id: number, step: number): Promise<boolean> {
  const { affectedRows } = await tx.run(
    "/* admin.sign */ UPDATE admin SET totp_step = ? WHERE id = ? AND totp_step < ? AND state = 'ACTIVE'",
    [step, id, step],
  )
  return affectedRows === 1
}

/** Ends every token of somebody. */
export async function endTokens(tx: Sql, id: number, now: Date): Promise<void> {
  await tx.run(
    '/* admin.endTokens */ UPDATE admin SET token_version = token_version + 1, updated_at = ? WHERE id = ?',
    [now, id],
  )
}

/** Lets somebody in no more, or again; either ends the tokens. */
export async function setAdminState(tx: Sql, id: number, state: AdminState, now: Date): Promise<void> {
  await tx.run(
    '/* admin.setState */ UPDATE admin SET state = ?, token_version = token_version + 1, updated_at = ? WHERE id = ?',
    [state, now, id],
  )
}

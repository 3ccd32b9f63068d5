/** `sms_code`: codes that were sent, hashed; each serves once. */
import type { Sql } from '#shared/db'

/** What a code may be used for; one for registering opens nothing else. */
export type SmsPurpose = 'register'

export interface SmsCodeRow {
  id: number
  code_hash: string
}

/** Wrong tries after which a code is void. */
export const MAX_WRONG_TRIES = 5

const isLive = `used_at IS NULL AND wrong_tries < ${MAX_WRONG_TRIES} AND expires_at > ?`

/** Stores a code; the latest of a mobile and purpose is the one that counts. */
export async function insertCode(
  sql: Pick<Sql, 'run'>,
  entry: { mobile: string; purpose: SmsPurpose; hash: string; expiresAt: Date; now: Date },
): Promise<number> {
  const { insertId } = await sql.run(
    '/* smsCode.insert */ INSERT INTO sms_code (mobile, purpose, code_hash, expires_at, created_at) VALUES (?, ?, ?, ?, ?)',
    [entry.mobile, entry.purpose, entry.hash, entry.expiresAt, entry.now],
  )
  return insertId
}

/** Removes a code that was never sent: the one before it counts again. */
export async function deleteCode(sql: Pick<Sql, 'run'>, id: number): Promise<void> {
  await sql.run('/* smsCode.delete */ DELETE FROM sms_code WHERE id = ?', [id])
}

/** The latest code of a mobile, when it can still be redeemed. */
export async function findLiveCode(
  sql: Pick<Sql, 'row'>,
  { mobile, purpose, now }: { mobile: string; purpose: SmsPurpose; now: Date },
): Promise<SmsCodeRow | undefined> {
  const row = await sql.row<SmsCodeRow & { live: number }>(
    `/* smsCode.findLive */ SELECT id, code_hash, (${isLive}) AS live FROM sms_code
     WHERE mobile = ? AND purpose = ? ORDER BY id DESC LIMIT 1`,
    [now, mobile, purpose],
  )
  return row?.live ? row : undefined
}

/** Counts a try as a wrong one before it is looked at, so that tries at one moment cannot outrun the limit. */
export async function takeTry(sql: Pick<Sql, 'run'>, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* smsCode.takeTry */ UPDATE sms_code SET wrong_tries = wrong_tries + 1 WHERE id = ? AND ${isLive}`,
    [id, now],
  )
  return affectedRows === 1
}

/** Takes back an attempt that was correct, or that failed through our own fault. */
export async function giveTryBack(sql: Pick<Sql, 'run'>, id: number): Promise<void> {
  await sql.run(
    '/* smsCode.giveTryBack */ UPDATE sms_code SET wrong_tries = wrong_tries - 1 WHERE id = ? AND wrong_tries > 0',
    [id],
  )
}

/** Uses a code up; false: somebody else did. */
export async function useCode(sql: Pick<Sql, 'run'>, id: number, now: Date): Promise<boolean> {
  const { affectedRows } = await sql.run(
    `/* smsCode.use */ UPDATE sms_code SET used_at = ? WHERE id = ? AND ${isLive}`,
    [now, id, now],
  )
  return affectedRows === 1
}

/** Deletes codes that ended before that moment: at most `limit`. Returns how many there were. */
export async function deleteExpiredCodes(
  sql: Pick<Sql, 'run'>,
  before: Date,
  limit: number,
): Promise<number> {
  const text = `/* smsCode.deleteExpired */ DELETE FROM sms_code WHERE expires_at < ? LIMIT ${Math.trunc(limit)}`
  return (await sql.run(text, [before])).affectedRows
}

/** Codes that prove a mobile: `sms` issues them, `register` redeems them. */
import { randomInt } from 'node:crypto'
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { hashSecret, type ScryptCost, verifySecret } from './password.ts'

/** What a code may be used for; one for registering opens nothing else. */
export type SmsPurpose = 'register'

/**
 * Some 15 ms per try. A code has few digits, so that a stolen table would be searched at once under a plain hash;
 * this outlasts the minutes that a code lives.
 */
const CODE_COST: ScryptCost = { N: 4096, r: 8, p: 1 }

const MAX_WRONG_TRIES = 5

/** A code of so many digits, each equally likely. */
export function createCode(length: number): string {
  return String(randomInt(10 ** length)).padStart(length, '0')
}

/** Stores a code, hashed. The latest code of a mobile and purpose is the one that counts. */
export async function storeCode(
  sql: Sql,
  entry: { mobile: string; purpose: SmsPurpose; code: string; ttlSec: number; now: Date },
): Promise<number> {
  const { mobile, purpose, code, ttlSec, now } = entry
  const hash = await hashSecret(code, CODE_COST)
  const { insertId } = await sql.run(
    'INSERT INTO sms_code (mobile, purpose, code_hash, expires_at, created_at) VALUES (?, ?, ?, ?, ?)',
    [mobile, purpose, hash, new Date(now.getTime() + ttlSec * 1000), now],
  )
  return insertId
}

/** Removes a code that was never sent: the one before it counts again. */
export async function dropCode(sql: Sql, id: number): Promise<void> {
  await sql.run('DELETE FROM sms_code WHERE id = ?', [id])
}

/** A code that fits, locked until the transaction ends. */
export interface RedeemableCode {
  id: number
}

/**
 * Checks a code; the row stays locked, so that tries of one code queue up. A wrong try is counted: the caller must
 * commit also when this returns undefined.
 *
 * @returns undefined when the code is wrong, expired, used, or void after five wrong tries
 */
export async function checkCode(
  tx: Sql,
  entry: { mobile: string; purpose: SmsPurpose; code: string; now: Date },
): Promise<RedeemableCode | undefined> {
  const row = await tx.row<{
    id: number
    code_hash: string
    wrong_tries: number
    used_at: Date | null
    expires_at: Date
  }>(
    `SELECT id, code_hash, wrong_tries, used_at, expires_at FROM sms_code
     WHERE mobile = ? AND purpose = ? ORDER BY id DESC LIMIT 1 FOR UPDATE`,
    [entry.mobile, entry.purpose],
  )
  if (!row || row.used_at !== null || row.wrong_tries >= MAX_WRONG_TRIES || row.expires_at <= entry.now)
    return undefined
  if (await verifySecret(entry.code, row.code_hash)) return { id: row.id }
  await tx.run('UPDATE sms_code SET wrong_tries = wrong_tries + 1 WHERE id = ?', [row.id])
  return undefined
}

/** Uses a code up. */
export async function redeemCode(tx: Sql, code: RedeemableCode, now: Date): Promise<void> {
  const { affectedRows } = await tx.run('UPDATE sms_code SET used_at = ? WHERE id = ? AND used_at IS NULL', [
    now,
    code.id,
  ])
  if (affectedRows !== 1) throw new AppError('SMS_CODE_WRONG')
}

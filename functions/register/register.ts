/** Makes a user of somebody who proved a mobile. */

import { checkCode, hashSecret, redeemCode } from '#shared/accounts'
import type { Database, Sql } from '#shared/db'
import { isDuplicateKey } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import type { registerLimits } from './limits.ts'
import type { RegisterBody } from './schema.ts'

export interface RegisterDeps {
  db: Database
  limiter: Limiter<typeof registerLimits>
  now: () => Date
}

type Outcome = 'registered' | 'wrong code' | 'username taken' | 'mobile taken'

/**
 * The slot of the address is taken first and given back when nobody was registered: parallel tries cannot slip
 * past the limit. The code is redeemed by the transaction that inserts the user, so it serves exactly one.
 *
 * @throws AppError SMS_CODE_WRONG, REGISTER_TAKEN, TOO_MANY_REQUESTS
 */
export async function register(input: RegisterBody & { address: string }, deps: RegisterDeps): Promise<void> {
  const { db, limiter } = deps
  const { address } = input
  await db.transaction((tx) => limiter.admit(tx, { address }))
  const hash = await hashSecret(input.password)
  const outcome = await db.transaction((tx) => insertUser(tx, input, hash, deps.now()))
  if (outcome !== 'registered') await db.transaction((tx) => limiter.giveBack(tx, { address }))
  if (outcome === 'wrong code') throw new AppError('SMS_CODE_WRONG')
  if (outcome === 'username taken') throw new AppError('REGISTER_TAKEN', { msg: '用户名已存在' })
  if (outcome === 'mobile taken') throw new AppError('REGISTER_TAKEN', { msg: '手机号已注册' })
}

/** Returns instead of throwing: a wrong try of the code has to be committed. */
async function insertUser(tx: Sql, input: RegisterBody, hash: string, now: Date): Promise<Outcome> {
  const { username, mobile, smscode } = input
  const code =
    smscode === undefined
      ? undefined
      : await checkCode(tx, { mobile, purpose: 'register', code: smscode, now })
  if (smscode !== undefined && !code) return 'wrong code'
  // Old rows may hold a name or a mobile beside the unique key's reach, so the key alone is not enough.
  if (await tx.row('SELECT id FROM user WHERE username = ? LIMIT 1', [username])) return 'username taken'
  if (await tx.row('SELECT id FROM user WHERE mobile = ? LIMIT 1', [mobile])) return 'mobile taken'
  try {
    await tx.run('INSERT INTO user (username, password, mobile, created_at) VALUES (?, ?, ?, ?)', [
      username,
      hash,
      mobile,
      now,
    ])
  } catch (error) {
    if (isDuplicateKey(error, 'user_username')) return 'username taken'
    if (isDuplicateKey(error, 'user_mobile')) return 'mobile taken'
    throw error
  }
  if (code) await redeemCode(tx, code, now)
  return 'registered'
}

/** Finds out whether a password is right, at the same cost for every wrong answer. */
import type { User } from '#shared/accounts'
import {
  hashSecret,
  isLegacyHash,
  isSecretHash,
  PASSWORD_COST,
  verifyLegacy,
  verifySecret,
} from '#shared/accounts'
import type { Database, Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import type { loginLimits } from './limits.ts'
import type { LoginBody } from './schema.ts'

export interface LoginDeps {
  db: Database
  limiter: Limiter<typeof loginLimits>
  /** For the hashes of the Koa shop; empty: they open nothing. */
  legacySalt: string
  now: () => Date
}

export interface LoggedIn extends User {
  readonly mobile: string
}

interface UserRow {
  id: number
  username: string
  password: string | null
  mobile: string | null
}

/** The Koa shop let one name be taken again and again; each row's owner may log in. */
const MAX_NAMESAKES = 5

/** A hash that no password has: verifying against it costs what a real one costs. */
const nobodysHash = `scrypt$${PASSWORD_COST.N}$${PASSWORD_COST.r}$${PASSWORD_COST.p}$${'A'.repeat(22)}$${'A'.repeat(43)}`

/**
 * Tries of one username queue up at its counter's row, so that parallel guesses cannot outrun the limit; the slot
 * of the address is taken first and given back unless the login failed.
 *
 * @throws AppError LOGIN_FAILED, TOO_MANY_REQUESTS
 */
export async function login(input: LoginBody & { address: string }, deps: LoginDeps): Promise<LoggedIn> {
  const { db, limiter } = deps
  const { address } = input
  await db.transaction((tx) => limiter.admit(tx, { address }))
  const giveBack = () => db.transaction((tx) => limiter.giveBack(tx, { address }))
  let user: UserRow | undefined
  try {
    user = await db.transaction((tx) => tryPassword(tx, input, deps))
  } catch (error) {
    if (error instanceof AppError && error.code === 'TOO_MANY_REQUESTS') await giveBack()
    throw error
  }
  if (!user) throw new AppError('LOGIN_FAILED')
  await giveBack()
  return { id: user.id, username: user.username, mobile: user.mobile ?? '' }
}

async function tryPassword(
  tx: Sql,
  input: LoginBody,
  { limiter, legacySalt }: LoginDeps,
): Promise<UserRow | undefined> {
  const namesakes = await tx.rows<UserRow>(
    `SELECT id, username, password, mobile FROM user WHERE username = ? ORDER BY id LIMIT ${MAX_NAMESAKES}`,
    [input.username],
  )
  // The database takes "Tóm" for "tom": counted under the stored spelling, spellings are no way around the limit.
  const username = (namesakes[0]?.username ?? input.username).toLowerCase()
  await limiter.check(tx, { username })
  const user = await findUser(tx, namesakes, input.password, legacySalt)
  if (!user) await limiter.count(tx, { username })
  return user
}

async function findUser(
  tx: Sql,
  namesakes: readonly UserRow[],
  password: string,
  legacySalt: string,
): Promise<UserRow | undefined> {
  let hashed = false
  for (const row of namesakes) {
    const hash = row.password ?? ''
    if (isLegacyHash(hash)) {
      if (legacySalt === '' || !verifyLegacy(password, legacySalt, hash)) continue
      // Making the new hash costs what verifying one costs: old and new users cannot be told apart by the clock.
      await upgrade(tx, row, password)
      return row
    }
    // A row without password, or with one that no shop of ours has written, opens for nobody.
    if (!isSecretHash(hash)) continue
    hashed = true
    if (await verifySecret(password, hash)) return row
  }
  if (!hashed) await verifySecret(password, nobodysHash)
  return undefined
}

async function upgrade(tx: Sql, row: UserRow, password: string): Promise<void> {
  await tx.run('UPDATE user SET password = ? WHERE id = ? AND password = ?', [
    await hashSecret(password),
    row.id,
    row.password,
  ])
}

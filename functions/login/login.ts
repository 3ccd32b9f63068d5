/** Finds out whether a password is right, at the same cost for every wrong answer. */
import type { User, UserRow } from '#shared/accounts'
import {
  findNamesakes,
  hashSecret,
  isLegacyHash,
  isSecretHash,
  type NamesakeRow,
  nobodysHash,
  rememberAddress,
  replacePassword,
  verifyLegacy,
  verifySecret,
} from '#shared/accounts'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import type { LoginBody } from './schema.ts'

export interface LoginDeps {
  db: Database
  limiter: Limiter<'username' | 'address'>
  /** For the hashes of the Koa shop; empty: they open nothing. */
  legacySalt: string
  now: () => Date
}

export interface LoggedIn extends User {
  readonly mobile: string
}

const DAY_MS = 24 * 3600 * 1000
/** For how long an address from which somebody logged in counts as his. */
const KNOWN_DAYS = 30

/**
 * Nothing is locked while the password is hashed. What it comes to is revealed only if the limits still allow it
 * afterwards, so that guesses at one moment cannot outrun them; and only a wrong password counts, never our own fault.
 *
 * @throws AppError LOGIN_FAILED, TOO_MANY_REQUESTS
 */
export async function login(
  input: LoginBody & { address: string | undefined },
  deps: LoginDeps,
): Promise<LoggedIn> {
  const { db } = deps
  const { nameKey, namesakes } = await findNamesakes(db, input.username, input.address)
  const limiter = deps.limiter.with({ username: nameSubject(nameKey, namesakes, input.address, deps) })
  await mustBeAllowed(limiter)
  const found = await findUser(namesakes, input.password, deps.legacySalt)
  if (!found) {
    await db.transaction((tx) => limiter.in(tx).admit())
    throw new AppError('LOGIN_FAILED')
  }
  await limiter.check()
  const { user, newHash } = found
  if (newHash !== undefined) await replacePassword(db, user, newHash)
  await remember(user, input.address, deps)
  return { id: user.id, username: user.username, mobile: user.mobile ?? '' }
}

/** Where the user himself logs in, he is counted alone: strangers elsewhere cannot lock him out. */
function nameSubject(
  nameKey: string,
  namesakes: readonly NamesakeRow[],
  address: string | undefined,
  { now }: LoginDeps,
): string {
  const since = now().getTime() - KNOWN_DAYS * DAY_MS
  const isKnown = namesakes.some(({ address_last_at: at }) => at !== null && at.getTime() > since)
  return isKnown && address !== undefined ? `${nameKey}@${address}` : nameKey
}

/** Tries at a locked name count for the address: they are not free. */
async function mustBeAllowed(limiter: Limiter<'username' | 'address'>): Promise<void> {
  try {
    await limiter.check()
  } catch (error) {
    if (!isTooMany(error)) throw error
    // Who came too often from this address is not counted again, whatever the name.
    await limiter.check('address')
    await limiter.count('address')
    throw error
  }
}

function isTooMany(error: unknown): boolean {
  return error instanceof AppError && error.code === 'TOO_MANY_REQUESTS'
}

interface Found {
  readonly user: NamesakeRow
  /** Of one who came from the Koa shop: what replaces its hash. */
  readonly newHash?: string
}

async function findUser(
  namesakes: readonly NamesakeRow[],
  password: string,
  legacySalt: string,
): Promise<Found | undefined> {
  let hashed = false
  for (const user of namesakes) {
    const hash = user.password ?? ''
    if (isLegacyHash(hash)) {
      if (legacySalt === '' || !verifyLegacy(password, legacySalt, hash)) continue
      // Making the new hash costs what verifying one costs: old and new users cannot be told apart by the clock.
      return { user, newHash: await hashSecret(password) }
    }
    // A row without password, or with one in an unknown format, lets nobody in.
    if (!isSecretHash(hash)) continue
    hashed = true
    if (await verifySecret(password, hash)) return { user }
  }
  if (!hashed) await verifySecret(password, nobodysHash)
  return undefined
}

/** Once a day is enough. */
async function remember(
  user: UserRow & { address_last_at: Date | null },
  address: string | undefined,
  { db, now }: LoginDeps,
): Promise<void> {
  if (address === undefined) return
  const lastAt = user.address_last_at?.getTime() ?? 0
  if (now().getTime() - lastAt >= DAY_MS) await rememberAddress(db, user.id, address, now())
}

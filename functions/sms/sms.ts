/** Sends the code that registration asks for. */
import { createCode, deleteCode, hashCode, insertCode } from '#shared/accounts'
import type { Database, Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import { errorFields, type Logger } from '#shared/log'
import { NeverSent } from './provider.ts'

type Kind = 'mobile' | 'address' | 'site' | 'shop'

export interface SmsDeps {
  db: Database
  limiter: Limiter<Kind>
  /** Hands the code to the provider; throws when it did not take it. */
  send(mobile: string, code: string): Promise<void>
  codeLength: number
  codeTtlSec: number
  now: () => Date
  log: Logger
}

/** From here on ops hear of it: a campaign, or somebody who pumps SMS. */
const NEAR = 0.8

/**
 * The limits are passed before anything is computed or sent, and the code is stored before it is sent. What the provider
 * refuses was not sent: the mobile's minute is given back; the address's hit stays, so that nobody hammers the provider.
 * Where there was no connection to the provider, nothing counts. Where nobody knows whether it was sent, the phone may
 * have it: code and minute stay.
 *
 * @returns the code, for set-ups that echo it
 * @throws AppError TOO_MANY_REQUESTS, SMS_REFUSED, UPSTREAM_FAILED
 */
export async function sendCode(mobile: string, deps: SmsDeps): Promise<string> {
  const { db, limiter } = deps
  await limiter.check()
  const code = createCode(deps.codeLength)
  const hash = await hashCode(code)
  const { id, shopShare } = await db.transaction(async (tx) => {
    const { shop: shopShare = 0 } = await limiter.in(tx).admit()
    return { id: await store(tx, mobile, hash, deps), shopShare }
  })
  if (shopShare >= NEAR) deps.log.error('sms_hourly_limit_near', { share: Math.floor(shopShare * 100) })
  try {
    await deps.send(mobile, code)
  } catch (error) {
    if (isRefusal(error)) await takeBack(id, ['mobile', 'shop'], deps)
    else if (isNeverSent(error)) await takeBack(id, [], deps)
    throw error
  }
  return code
}

function store(tx: Sql, mobile: string, hash: string, { now, codeTtlSec }: SmsDeps): Promise<number> {
  const moment = now()
  const expiresAt = new Date(moment.getTime() + codeTtlSec * 1000)
  return insertCode(tx, { mobile, purpose: 'register', hash, expiresAt, now: moment })
}

const isRefusal = (error: unknown) => error instanceof AppError && error.code === 'SMS_REFUSED'
const isNeverSent = (error: unknown) => error instanceof AppError && error.cause instanceof NeverSent

/** No kinds are all. What the provider said is what the shopper has to hear, also when this does not work. */
async function takeBack(id: number, kinds: Kind[], { db, limiter, log }: SmsDeps): Promise<void> {
  try {
    await db.transaction(async (tx) => {
      await limiter.in(tx).undo(...kinds)
      await deleteCode(tx, id)
    })
  } catch (error) {
    log.warn('give_back_failed', errorFields(error))
  }
}

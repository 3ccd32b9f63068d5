/** Sends the code that registration asks for. */

import { createCode, dropCode, storeCode } from '#shared/accounts'
import type { Database } from '#shared/db'
import type { Limiter } from '#shared/limits'
import type { smsLimits } from './limits.ts'

export interface SmsDeps {
  db: Database
  limiter: Limiter<typeof smsLimits>
  /** Hands the code to the provider; throws when it did not take it. */
  send(mobile: string, code: string): Promise<void>
  codeLength: number
  codeTtlSec: number
  now: () => Date
}

/**
 * The limits are passed before the provider is called, and the code is stored before it is sent. When the provider
 * does not take it, the mobile's minute is given back; the address's hit stays, so that nobody hammers the provider.
 *
 * @returns the code, for set-ups that echo it
 */
export async function sendCode(input: { mobile: string; address: string }, deps: SmsDeps): Promise<string> {
  const { mobile, address } = input
  const { db, limiter, now } = deps
  const code = createCode(deps.codeLength)
  const id = await db.transaction(async (tx) => {
    await limiter.admit(tx, { mobile, address })
    return storeCode(tx, { mobile, purpose: 'register', code, ttlSec: deps.codeTtlSec, now: now() })
  })
  try {
    await deps.send(mobile, code)
  } catch (error) {
    await db.transaction(async (tx) => {
      await limiter.giveBack(tx, { mobile })
      await dropCode(tx, id)
    })
    throw error
  }
  return code
}

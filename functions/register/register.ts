/** Creates an account for a verified mobile number. */
import { findTaken, hashSecret, insertUser, type ProvenCode, proveCode, useCode } from '#shared/accounts'
import type { Database } from '#shared/db'
import { AppError } from '#shared/errors'
import type { Limiter } from '#shared/limits'
import { errorFields, type Logger } from '#shared/log'
import type { RegisterBody } from './schema.ts'

export interface RegisterDeps {
  db: Database
  limiter: Limiter<'address' | 'codes'>
  now: () => Date
  log: Logger
}

/**
 * Cheap before costly: limits, then the code, then the names, and only then the hash of the password. The transaction
 * that inserts the user redeems the code and counts the registration, so that each happens exactly once or not at all.
 *
 * @throws AppError SMS_CODE_WRONG, REGISTER_TAKEN, TOO_MANY_REQUESTS
 */
export async function register(input: RegisterBody, deps: RegisterDeps): Promise<void> {
  const { db, limiter, now } = deps
  await (input.smscode === undefined ? limiter.check('address') : limiter.check())
  if (input.smscode !== undefined) await limiter.admit('codes')
  try {
    const code = await prove(input, deps)
    mustBeFree(await findTaken(db, input))
    const password = await hashSecret(input.password)
    await db.transaction(async (tx) => {
      if (code && !(await useCode(tx, code.id, now()))) throw new AppError('SMS_CODE_WRONG')
      const outcome = await insertUser(tx, { ...input, password }, now())
      mustBeFree(outcome === 'inserted' ? undefined : outcome)
      await limiter.in(tx).admit('address')
    })
  } catch (error) {
    if (input.smscode !== undefined && isOurFault(error)) await takeBack(deps)
    throw error
  }
}

async function prove(
  { mobile, smscode }: RegisterBody,
  { db, now }: RegisterDeps,
): Promise<ProvenCode | undefined> {
  if (smscode === undefined) return undefined
  const code = await proveCode(db, { mobile, purpose: 'register', code: smscode, now: now() })
  if (!code) throw new AppError('SMS_CODE_WRONG')
  return code
}

function mustBeFree(taken: 'username' | 'mobile' | undefined): void {
  if (taken === 'username') throw new AppError('REGISTER_TAKEN', { msg: '用户名已存在' })
  if (taken === 'mobile') throw new AppError('REGISTER_TAKEN', { msg: '手机号已注册' })
}

function isOurFault(error: unknown): boolean {
  return !(error instanceof AppError) || error.http >= 500
}

/** Our own faults are not counted against the caller. */
async function takeBack({ limiter, log }: RegisterDeps): Promise<void> {
  try {
    await limiter.undo('codes')
  } catch (error) {
    log.warn('give_back_failed', errorFields(error))
  }
}

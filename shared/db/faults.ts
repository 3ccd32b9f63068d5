/** What can go wrong with a database, told apart: a dead connection, a busy server, a key that is taken. */
import { AppError } from '#shared/errors'

/** The connection broke, was never made, or keeps silent: it is useless from now on. */
export class ConnectionFault extends Error {
  constructor(cause: unknown) {
    super('the database cannot be reached', { cause })
    this.name = 'ConnectionFault'
  }
}

/**
 * Awaits the server's answer, but not for ever.
 *
 * @throws ConnectionFault when the connection broke, or is silent for so long
 */
export async function answer<T>(statement: Promise<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const silence = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new ConnectionFault(new Error(`no answer within ${ms} ms`))), ms)
  })
  try {
    return await Promise.race([statement, silence])
  } catch (error) {
    throw isConnectionFault(error) ? new ConnectionFault(error) : error
  } finally {
    clearTimeout(timer)
  }
}

interface MysqlError extends Error {
  code?: string
  errno?: number
  fatal?: boolean
}

/** Is this connection unusable from now on? An error packet that the server sent is not such a fault. */
function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ConnectionFault) return false
  const { code, fatal } = error as MysqlError
  return (
    fatal === true ||
    /closed state|Can't add new command/i.test(error.message) ||
    [
      'PROTOCOL_CONNECTION_LOST',
      'ECONNRESET',
      'EPIPE',
      'ECONNREFUSED',
      'ETIMEDOUT',
      'EHOSTUNREACH',
      'ENETUNREACH',
      'ENOTFOUND',
      'EAI_AGAIN',
      'ER_SERVER_SHUTDOWN',
      'ER_CONNECTION_KILLED',
      'ER_CLIENT_INTERACTION_TIMEOUT',
    ].includes(code ?? '')
  )
}

/** Two transactions waited for each other, and this one was chosen to give way. */
export function isDeadlock(error: unknown): boolean {
  return (error as MysqlError).code === 'ER_LOCK_DEADLOCK'
}

/** A key that must be unique is taken already. */
export function isDuplicateKey(error: unknown, keyName?: string): boolean {
  const { code, message } = error as MysqlError
  return code === 'ER_DUP_ENTRY' && (keyName === undefined || message.includes(keyName))
}

const unavailable = new Set([
  'ER_CON_COUNT_ERROR',
  'ER_TOO_MANY_USER_CONNECTIONS',
  'ER_USER_LIMIT_REACHED',
  'ER_LOCK_WAIT_TIMEOUT',
  'ER_LOCK_DEADLOCK',
  'ER_OPTION_PREVENTS_STATEMENT',
  'ER_READ_ONLY_MODE',
])

/** What callers see: a database that cannot be reached or is too busy is DATABASE_UNAVAILABLE, the rest as it is. */
export function translate(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const { code } = error as MysqlError
  return error instanceof ConnectionFault || unavailable.has(code ?? '')
    ? new AppError('DATABASE_UNAVAILABLE', { cause: error })
    : error
}

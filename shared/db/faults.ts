/**
 * What can go wrong with a database, told apart by the server's error numbers: a dead connection, a server that does
 * not do this any more, one that is busy, a key that is taken. No decision reads a value that a caller sent.
 */
import { AppError } from '#shared/errors'
import { inTime } from './deadline.ts'

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
export async function withinDeadline<T>(statement: Promise<T>, ms: number): Promise<T> {
  try {
    return await inTime(
      statement,
      ms,
      () => new ConnectionFault(new Error(`no answer within ${Math.round(ms)} ms`)),
    )
  } catch (error) {
    throw isConnectionFault(error) ? new ConnectionFault(error) : error
  }
}

interface MysqlError extends Error {
  code?: string
  errno?: number
  fatal?: boolean
}

/** Said by a server, or by a proxy before one, that ends the connection with these words. */
const ENDED_BY_SERVER = new Set([
  1053, // ER_SERVER_SHUTDOWN
  1927, // ER_CONNECTION_KILLED (MariaDB)
  4031, // ER_CLIENT_INTERACTION_TIMEOUT
])

const NETWORK_CODES = new Set([
  'PROTOCOL_CONNECTION_LOST',
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ECONNREFUSED',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
])

/** Is this connection unusable from now on? */
function isConnectionFault(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof ConnectionFault) return false
  const { code, errno, fatal } = error as MysqlError
  if (fatal === true || NETWORK_CODES.has(code ?? '') || ENDED_BY_SERVER.has(errno ?? 0)) return true
  // The driver's own words; the server's carry a number.
  return errno === undefined && /closed state|Can't add new command/i.test(error.message)
}

/** The server writes no more: a primary that was demoted and lives on. */
const READ_ONLY = new Set([
  1290, // ER_OPTION_PREVENTS_STATEMENT: --read-only
  1792, // ER_CANT_EXECUTE_IN_READ_ONLY_TRANSACTION
  1836, // ER_READ_ONLY_MODE
  3100, // ER_RUN_HOOK_ERROR: a group that lost its majority
  3101, // ER_TRANSACTION_ROLLBACK_DURING_COMMIT: the group refused it
])

/** The statement was refused or ended, and left nothing behind; another connection, or another server, may do it. */
const REFUSED = new Set([
  ...READ_ONLY,
  1317, // ER_QUERY_INTERRUPTED: KILL QUERY
  1969, // ER_STATEMENT_TIMEOUT (MariaDB): max_statement_time
  3024, // ER_QUERY_TIMEOUT: max_execution_time
  1028, // ER_FILSORT_ABORT
  1461, // ER_MAX_PREPARED_STMT_COUNT_REACHED: what this connection holds goes with it
  1047, // ER_UNKNOWN_COM_ERROR: a Galera node that has left its cluster
  3, // EE_WRITE: the disk is full
  20, // EE_DISK_FULL
  28, // ENOSPC, passed on
  1021, // ER_DISK_FULL
  1026, // ER_ERROR_ON_WRITE
  1030, // ER_GET_ERRNO: the storage engine gave up
  1114, // ER_RECORD_FILE_FULL
])

/** The server has too much to do, or somebody holds the row. */
const BUSY = new Set([
  1040, // ER_CON_COUNT_ERROR
  1129, // ER_HOST_IS_BLOCKED
  1203, // ER_TOO_MANY_USER_CONNECTIONS
  1226, // ER_USER_LIMIT_REACHED
  1041, // ER_OUT_OF_RESOURCES
  1037, // ER_OUTOFMEMORY
  1038, // ER_OUT_OF_SORTMEMORY
  1135, // ER_CANT_CREATE_THREAD
  1205, // ER_LOCK_WAIT_TIMEOUT
  1206, // ER_LOCK_TABLE_FULL
  1213, // ER_LOCK_DEADLOCK
  1020, // ER_CHECKREAD: a newer MariaDB's word for a row that changed meanwhile
  1637, // ER_TOO_MANY_CONCURRENT_TRXS
])

const numberOf = (error: unknown): number => (error as MysqlError | undefined)?.errno ?? 0

/** The statement was not done, and this connection is no place to try it again. */
export function isRefused(error: unknown): boolean {
  return REFUSED.has(numberOf(error))
}

/** The server takes no writes: also what was to be committed is not. */
export function isReadOnly(error: unknown): boolean {
  return READ_ONLY.has(numberOf(error))
}

/**
 * Thrown in a transaction that found what it read to be changed: all of it runs again, as after a deadlock. For work that
 * would otherwise wait for others while it holds what they wait for.
 */
export class GiveWay extends Error {
  /** Treated as a deadlock: after too many attempts the caller gets 503. */
  readonly errno = 1213
}

/** Two transactions waited for each other, and this one was chosen to give way. */
export function isDeadlock(error: unknown): boolean {
  return [1213, 1020].includes(numberOf(error))
}

/** The session's set-up names a variable that this server does not know. */
export function isUnknownVariable(error: unknown): boolean {
  return numberOf(error) === 1193
}

/** ER_DUP_ENTRY and ER_DUP_ENTRY_WITH_KEY_NAME. */
const DUPLICATE = [1062, 1586]

/**
 * A key that must be unique is taken already.
 *
 * @param keyName - this very key. The server's message quotes the caller's value before the key's name
 *   (`Duplicate entry '…' for key 'user.user_mobile'`), so only its end counts.
 */
export function isDuplicateKey(error: unknown, keyName?: string): boolean {
  if (!DUPLICATE.includes(numberOf(error))) return false
  const [, key] = / for key '(?:[^'.]*\.)?([^'.]+)'$/.exec((error as Error).message) ?? []
  return keyName === undefined || key === keyName
}

/** When a caller who got 503 may try again, in seconds. */
const RETRY_AFTER_SEC = 2

/** The one answer to callers for everything that is wrong with the database, and not with what they asked. */
export function unavailable(cause: unknown): AppError {
  return new AppError('DATABASE_UNAVAILABLE', { cause, headers: { 'Retry-After': String(RETRY_AFTER_SEC) } })
}

/** What callers see: a database that cannot be reached or is too busy is DATABASE_UNAVAILABLE, the rest as it is. */
export function translate(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error
  const isOurs = error instanceof ConnectionFault || REFUSED.has(numberOf(error)) || BUSY.has(numberOf(error))
  return isOurs ? unavailable(error) : error
}

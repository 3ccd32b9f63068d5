/** The connections of one function instance: made late, set up in one round trip, and never trusted blindly again. */
import { createPool, type Pool, type PoolConnection } from 'mysql2/promise'
import type { DatabaseTarget } from '#shared/config'
import type { TimeLeft } from './deadline.ts'
import { isUnknownVariable, translate, withinDeadline } from './faults.ts'

export interface PoolOptions {
  poolSize: number
  connectTimeoutMs: number
  statementTimeoutMs: number
  multipleStatements: boolean
  isReplica: boolean
}

/** Below the deadline of a statement, so that a locked row is told apart from a silent server. */
const LOCK_WAIT_SEC = 2
/** A connection whose instance vanished without a word is ended by the server, and its locks with it. */
const IDLE_SEC = 60
/** The same for an open transaction, where the server knows such a limit (MariaDB). */
const IDLE_TRANSACTION_SEC = 30
/** A server prepares 16,382 statements by default, for all instances together; the oldest is given back first. */
const MAX_PREPARED = 40
/** How long a connection is believed to lead to the primary without proof. */
const TRUSTED_MS = 30_000

/** A connection for one piece of work, and what is known of it. */
export interface Taken {
  readonly connection: PoolConnection
  /** It has served before, and may have died since. */
  readonly isReused: boolean
  /** It has served the same caller before: a moment ago. */
  readonly isKnown: boolean
  /** Nobody has seen for a while that its server still writes. */
  readonly isDoubtful: boolean
}

interface Memory {
  caller: object | undefined
  trustedAt: number
}

/** The driver's pool, with what is remembered of each of its connections. */
export class ConnectionPool {
  readonly #target: DatabaseTarget
  readonly #options: PoolOptions
  #pool: Pool | undefined
  readonly #memory = new WeakMap<object, Memory>()

  constructor(target: DatabaseTarget, options: PoolOptions) {
    this.#target = target
    this.#options = options
  }

  /**
   * @param caller - who asks; only its identity counts. Undefined: anybody, at any time
   * @throws AppError DATABASE_UNAVAILABLE
   */
  async take(caller: object | undefined, left: TimeLeft): Promise<Taken> {
    const connection = await this.#connect(left)
    const memory = this.#memory.get(connection.connection)
    if (!memory) await this.#setUp(connection, left)
    return {
      connection,
      isReused: memory !== undefined,
      isKnown: caller !== undefined && memory?.caller === caller,
      isDoubtful:
        !this.#options.isReplica && memory !== undefined && Date.now() - memory.trustedAt > TRUSTED_MS,
    }
  }

  /** @param hasProof - a write or a check has shown that the server is still the primary */
  giveBack({ connection }: Taken, caller: object | undefined, hasProof: boolean): void {
    const memory = this.#memory.get(connection.connection)
    const trustedAt = memory && !hasProof ? memory.trustedAt : Date.now()
    this.#memory.set(connection.connection, { caller, trustedAt })
    connection.release()
  }

  async close(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.end()
  }

  async #connect(left: TimeLeft): Promise<PoolConnection> {
    const { poolSize, connectTimeoutMs, statementTimeoutMs, multipleStatements } = this.#options
    this.#pool ??= createPool({
      ...this.#target,
      connectionLimit: poolSize,
      connectTimeout: connectTimeoutMs,
      maxPreparedStatements: MAX_PREPARED,
      multipleStatements,
      charset: 'utf8mb4_general_ci',
      timezone: 'Z',
      // affectedRows of an UPDATE has to count changes; and no server may ask for a local file.
      flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
      supportBigNumbers: true,
    })
    const waiting = this.#pool.getConnection()
    try {
      return await withinDeadline(waiting, left(connectTimeoutMs + statementTimeoutMs - 500))
    } catch (error) {
      // Nobody waits any more for one that comes late: give it back.
      waiting.then(
        (late) => late.release(),
        () => undefined,
      )
      throw translate(error)
    }
  }

  async #setUp(connection: PoolConnection, left: TimeLeft): Promise<void> {
    const run = (sql: string) => withinDeadline(connection.query(sql), left(this.#options.statementTimeoutMs))
    try {
      await run(setUpOf(connection, this.#options.isReplica)).catch(async (error) => {
        if (!isUnknownVariable(error)) throw error
        // A proxy that says it is another server than it is.
        await run(assignments(COMMON))
        const access = this.#options.isReplica ? 'READ ONLY' : 'READ WRITE'
        await run(`SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED, ${access}`)
      })
    } catch (error) {
      connection.destroy()
      throw translate(error)
    }
  }
}

const COMMON = [
  "time_zone = '+00:00'",
  'autocommit = 1',
  `innodb_lock_wait_timeout = ${LOCK_WAIT_SEC}`,
  `wait_timeout = ${IDLE_SEC}`,
  "sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'",
]

const assignments = (settings: readonly string[]) =>
  `SET ${settings.map((setting) => `SESSION ${setting}`).join(', ')}`

/**
 * All settings in one statement. READ COMMITTED: no gap locks, and no snapshot that a locking read could contradict.
 * What the variables are called depends on the server, which has introduced itself in its greeting.
 */
function setUpOf(connection: PoolConnection, isReplica: boolean): string {
  const { _handshakePacket: greeting } = connection.connection as unknown as {
    _handshakePacket?: { serverVersion?: string }
  }
  const version = greeting?.serverVersion ?? ''
  const isMariaDb = /mariadb/i.test(version)
  const [, major, minor] = /(\d+)\.(\d+)\.\d+-mariadb/i.exec(version) ?? []
  // MariaDB took MySQL's name with 11.1.
  const isOldName = isMariaDb && Number(major) * 100 + Number(minor) < 1101
  const prefix = isOldName ? 'tx' : 'transaction'
  const own = [
    `${prefix}_isolation = 'READ-COMMITTED'`,
    ...(isReplica ? [`${prefix}_read_only = 1`] : []),
    ...(isMariaDb ? [`idle_transaction_timeout = ${IDLE_TRANSACTION_SEC}`] : []),
  ]
  return assignments([...COMMON, ...own])
}

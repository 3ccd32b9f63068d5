/**
 * The database of one function instance: a lazily made pool (one connection by default, for an instance serves one
 * request at a time), deadlines on everything, and a second try where a connection died between two invocations.
 */
import {
  createPool,
  type Pool,
  type PoolConnection,
  type ResultSetHeader,
  type RowDataPacket,
} from 'mysql2/promise'
import { AppError } from '#shared/errors'
import { answer, ConnectionFault, isDeadlock, translate } from './faults.ts'

export type SqlValue = string | number | boolean | Date | null

/** Statements with `?` placeholders. Values never become part of the SQL text. */
export interface Sql {
  /** All rows of a SELECT. */
  rows<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]>
  /** The first row of a SELECT, or undefined. */
  row<T>(sql: string, values?: readonly SqlValue[]): Promise<T | undefined>
  /** A statement that writes. `affectedRows` counts the rows that really changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<{ affectedRows: number; insertId: number }>
}

export interface Session extends Sql {
  /**
   * Runs `work` in a transaction and commits; any error rolls back. After a deadlock the whole of `work` runs
   * again, so it must do nothing but SQL and arithmetic.
   */
  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T>
}

export interface Database extends Session {
  /**
   * Runs `work` while holding the named lock, which dies with the connection.
   *
   * @param waitSec - how long to wait for the present holder
   * @throws AppError DATABASE_UNAVAILABLE when the lock stays taken
   */
  withLock<T>(name: string, waitSec: number, work: (session: Session) => Promise<T>): Promise<T>
  /**
   * The same database for a caller who does not wait longer, however slow it is: what is not done by then is rolled
   * back (or, at the commit, unknown) and DATABASE_UNAVAILABLE.
   */
  within(ms: number): Session
  close(): Promise<void>
}

export interface DatabaseOptions {
  poolSize?: number
  /** A new connection has to be usable within this time. */
  connectTimeoutMs?: number
  /** A statement has to answer within this time. Together with the connection: under the 5 s of the contract. */
  statementTimeoutMs?: number
  /** Several statements in one text: for migrations only. */
  multipleStatements?: boolean
}

/** Below the deadline of a statement, so that a locked row is told apart from a silent server. */
const LOCK_WAIT_SEC = 2
const NAMED_LOCK_STEP_SEC = 1
const MAX_DEADLOCK_RETRIES = 3
/** A connection that lives answers a ping at once. */
const PING_MS = 1000

/** Opens nothing yet: the first statement connects. */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  return new MysqlDatabase(url, options)
}

class MysqlDatabase implements Database {
  readonly #url: string
  readonly #options: Required<DatabaseOptions>
  #pool: Pool | undefined
  /** Connections that have served before: only these can have died unnoticed. */
  readonly #used = new WeakSet<object>()

  constructor(url: string, options: DatabaseOptions) {
    this.#url = url
    this.#options = {
      poolSize: 1,
      connectTimeoutMs: 2000,
      statementTimeoutMs: 2500,
      multipleStatements: false,
      ...options,
    }
  }

  rows<T>(sql: string, values: readonly SqlValue[] = []): Promise<T[]> {
    // A read can be repeated safely, so it saves the round trip of asking first whether the connection lives.
    return this.#session((session) => session.rows<T>(sql, values), { first: 'is repeatable' })
  }

  async row<T>(sql: string, values?: readonly SqlValue[]): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0]
  }

  run(sql: string, values?: readonly SqlValue[]): Promise<{ affectedRows: number; insertId: number }> {
    return this.#session((session) => session.run(sql, values))
  }

  transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    return this.#session((session) => session.transaction(work))
  }

  withLock<T>(name: string, waitSec: number, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#session(async (session) => {
      if (!(await session.lock(name, waitSec))) {
        throw new AppError('DATABASE_UNAVAILABLE', { cause: new Error(`lock ${name} is taken`) })
      }
      try {
        return await work(session)
      } finally {
        await session.unlock(name)
      }
    })
  }

  within(ms: number): Session {
    const deadline = Date.now() + ms
    const session = <T>(work: (one: MysqlSession) => Promise<T>) => this.#session(work, { deadline })
    return {
      rows: (sql, values) => session((one) => one.rows(sql, values)),
      row: (sql, values) => session((one) => one.row(sql, values)),
      run: (sql, values) => session((one) => one.run(sql, values)),
      transaction: (work) => session((one) => one.transaction(work)),
    }
  }

  async close(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.end()
  }

  /** Runs `work` on one connection of the pool and returns it; after a fault the connection is thrown away. */
  async #session<T>(
    work: (session: MysqlSession) => Promise<T>,
    options: { first?: 'is repeatable'; deadline?: number } = {},
  ): Promise<T> {
    const left = timeLeft(options.deadline)
    for (;;) {
      const connection = await this.#connect(left)
      const session = new MysqlSession(connection, () => left(this.#options.statementTimeoutMs))
      const reused = this.#used.has(connection.connection)
      let alive = options.first === 'is repeatable' || !reused
      try {
        if (!alive) await session.ping(left(PING_MS))
        alive = true
        const result = await work(session)
        this.#used.add(connection.connection)
        connection.release()
        return result
      } catch (error) {
        if (error instanceof ConnectionFault) {
          connection.destroy()
          // Nothing was done on a connection that proved dead, and a read may be done twice.
          if (reused && (!alive || options.first === 'is repeatable')) continue
        } else {
          this.#used.add(connection.connection)
          connection.release()
        }
        throw translate(error)
      }
    }
  }

  async #connect(left: (ms: number) => number): Promise<PoolConnection> {
    this.#pool ??= createPool({
      uri: this.#url,
      connectionLimit: this.#options.poolSize,
      connectTimeout: this.#options.connectTimeoutMs,
      multipleStatements: this.#options.multipleStatements,
      charset: 'utf8mb4_general_ci',
      timezone: 'Z',
      // affectedRows of an UPDATE has to count changes; and no server may ask for a local file.
      flags: ['-FOUND_ROWS', '-LOCAL_FILES'],
      supportBigNumbers: true,
    })
    const waiting = this.#pool.getConnection()
    let connection: PoolConnection
    try {
      connection = await answer(
        waiting,
        left(this.#options.connectTimeoutMs + this.#options.statementTimeoutMs - 500),
      )
    } catch (error) {
      // Whoever comes late finds nobody waiting: give the connection back.
      waiting.then(
        (late) => late.release(),
        () => undefined,
      )
      throw translate(error)
    }
    if (!this.#used.has(connection.connection)) {
      try {
        await answer(
          connection.query(
            `SET SESSION time_zone = '+00:00', innodb_lock_wait_timeout = ${LOCK_WAIT_SEC},
             sql_mode = 'STRICT_TRANS_TABLES,NO_ZERO_DATE,NO_ZERO_IN_DATE,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
          ),
          left(this.#options.statementTimeoutMs),
        )
        // No gap locks, and no snapshot that a locking read could contradict.
        await answer(
          connection.query('SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED'),
          left(this.#options.statementTimeoutMs),
        )
      } catch (error) {
        connection.destroy()
        throw translate(error)
      }
    }
    return connection
  }
}

/** Locks belong to the whole server, but two shops on one server do not mind each other. MySQL takes 64 characters. */
const lockName = "SHA1(CONCAT(DATABASE(), ':', ?))"

class MysqlSession implements Session {
  readonly #connection: PoolConnection
  /** What the next statement may take, in ms. */
  readonly #timeLeft: () => number

  constructor(connection: PoolConnection, timeLeft: () => number) {
    this.#connection = connection
    this.#timeLeft = timeLeft
  }

  async rows<T>(sql: string, values: readonly SqlValue[] = []): Promise<T[]> {
    const [rows] = await this.#execute<RowDataPacket[]>(sql, values)
    return rows as T[]
  }

  async row<T>(sql: string, values?: readonly SqlValue[]): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0]
  }

  async run(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<{ affectedRows: number; insertId: number }> {
    const [result] = await this.#execute<ResultSetHeader>(sql, values)
    return { affectedRows: result.affectedRows, insertId: result.insertId }
  }

  async transaction<T>(work: (tx: Sql) => Promise<T>): Promise<T> {
    for (let attempt = 0; ; attempt++) {
      await this.#text('START TRANSACTION')
      try {
        const result = await work(this)
        await this.#text('COMMIT')
        return result
      } catch (error) {
        if (!(error instanceof ConnectionFault)) await this.#text('ROLLBACK')
        if (isDeadlock(error) && attempt < MAX_DEADLOCK_RETRIES) continue
        throw error
      }
    }
  }

  async ping(ms: number): Promise<void> {
    await answer(this.#connection.ping(), ms)
  }

  /** Waits in short statements, so that a server that falls silent meanwhile is noticed in time. */
  async lock(name: string, waitSec: number): Promise<boolean> {
    for (let leftSec = waitSec; leftSec > 0; leftSec -= NAMED_LOCK_STEP_SEC) {
      const row = await this.row<{ got: number | null }>(`SELECT GET_LOCK(${lockName}, ?) AS got`, [
        name,
        Math.min(leftSec, NAMED_LOCK_STEP_SEC),
      ])
      if (row?.got === 1) return true
    }
    return false
  }

  async unlock(name: string): Promise<void> {
    try {
      await this.rows(`SELECT RELEASE_LOCK(${lockName}) AS released`, [name])
    } catch (error) {
      // The lock went with the connection; what `work` returned or threw matters more.
      if (!(error instanceof ConnectionFault)) throw error
    }
  }

  #text(sql: string): Promise<unknown> {
    return answer(this.#connection.query(sql), this.#timeLeft())
  }

  #execute<T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<[T, unknown]> {
    const statement = this.#connection.config.multipleStatements
      ? this.#connection.query<T>(sql, [...values])
      : this.#connection.execute<T>(sql, [...values])
    return answer(statement, this.#timeLeft())
  }
}

/** Cuts a time-out to what is left until the deadline. */
function timeLeft(deadline = Number.POSITIVE_INFINITY): (ms: number) => number {
  return (ms) => Math.max(0, Math.min(ms, deadline - Date.now()))
}

/**
 * The database of one function instance: a lazily made pool (one connection by default, for an instance serves one
 * request at a time), deadlines on everything, and a second try where a connection died between two invocations or
 * its server does not do any more what it is there for.
 */
import { databaseTarget } from '#shared/config'
import { timeLeft } from './deadline.ts'
import { ConnectionFault, isReadOnly, isRefused, translate, unavailable } from './faults.ts'
import { ConnectionPool, type PoolOptions, type Taken } from './pool.ts'
import { MysqlSession, type Session, type Sql, type SqlValue } from './session.ts'

export interface Database extends Session {
  /**
   * Runs `work` while holding the named lock, which dies with the connection.
   *
   * @param waitSec - how long to wait for the present holder
   * @throws AppError DATABASE_UNAVAILABLE when the lock stays taken
   */
  withLock<T>(name: string, waitSec: number, work: (session: Session) => Promise<T>): Promise<T>
  /**
   * The same database for one caller who does not wait longer than `ms` from now, however slow it is: what is not done
   * by then is rolled back (or, at the commit, unknown) and DATABASE_UNAVAILABLE. A connection that has served this
   * caller is not asked again whether it lives.
   */
  within(ms: number): Database
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
  /** A replica: reads only, and no statement on its connections can write. */
  isReplica?: boolean
}

/**
 * Opens nothing yet: the first statement connects.
 *
 * @param url - `mysql://user:password@host:port/database`, checked before
 */
export function openDatabase(url: string, options: DatabaseOptions = {}): Database {
  const target = databaseTarget(url)
  const all: PoolOptions = {
    poolSize: 1,
    connectTimeoutMs: 2000,
    statementTimeoutMs: 2500,
    multipleStatements: false,
    isReplica: false,
    ...options,
  }
  return new MysqlDatabase({ pool: new ConnectionPool(target, all), name: target.database, options: all })
}

/** What a commit leaves of its time for the question what became of it: a connection and a statement. */
const KEPT_MS = 700

interface Shared {
  pool: ConnectionPool
  name: string
  options: PoolOptions
}

/** What a piece of work is, which decides what may be done twice. */
type Kind = 'read' | 'write' | 'transaction' | 'lock'

class MysqlDatabase implements Database {
  readonly #shared: Shared
  readonly #deadline: number | undefined
  /** Every request has one of its own; who has no deadline may come again at any time. */
  readonly #caller: object | undefined

  constructor(shared: Shared, deadline?: number, caller?: object) {
    this.#shared = shared
    this.#deadline = deadline
    this.#caller = caller
  }

  rows<T>(sql: string, values?: readonly SqlValue[]): Promise<T[]> {
    return this.#call('read', (session) => session.rows<T>(sql, values))
  }

  async row<T>(sql: string, values?: readonly SqlValue[]): Promise<T | undefined> {
    return (await this.rows<T>(sql, values))[0]
  }

  run(sql: string, values?: readonly SqlValue[]): Promise<{ affectedRows: number; insertId: number }> {
    return this.#call('write', (session) => session.run(sql, values))
  }

  async transaction<T>(
    work: (tx: Sql) => Promise<T>,
    find?: (sql: Sql) => Promise<T | undefined>,
  ): Promise<T> {
    let isUnknown = false
    try {
      return await this.#call(
        'transaction',
        async (session) => {
          try {
            return await session.transaction(work)
          } finally {
            isUnknown = session.isUnknown
          }
        },
        find && KEPT_MS,
      )
    } catch (error) {
      if (!find || !isUnknown) throw error
      const found = await find(this).catch(() => undefined)
      if (found === undefined) throw error
      return found
    }
  }

  withLock<T>(name: string, waitSec: number, work: (session: Session) => Promise<T>): Promise<T> {
    return this.#call('lock', async (session) => {
      if (!(await session.lock(name, waitSec))) throw unavailable(new Error(`lock ${name} is taken`))
      // What `work` does besides SQL is not for us to repeat.
      session.mayHaveWritten = true
      try {
        return await work(session)
      } finally {
        await session.unlock(name)
      }
    })
  }

  within(ms: number): Database {
    const deadline = Math.min(this.#deadline ?? Number.POSITIVE_INFINITY, Date.now() + ms)
    return new MysqlDatabase(this.#shared, deadline, this.#caller ?? {})
  }

  close(): Promise<void> {
    return this.#shared.pool.close()
  }

  /**
   * Runs `work` on one connection of the pool and gives it back, or throws it away after a fault. Where nothing can
   * have been written, the work is done again on another connection: as often as one proves dead that was good
   * before, and once when its server refused.
   */
  async #call<T>(kind: Kind, work: (session: MysqlSession) => Promise<T>, keptMs = 0): Promise<T> {
    const { pool, options } = this.#shared
    const startedAt = Date.now()
    let deadline = this.#deadline
    let wasRefused = false
    for (;;) {
      const left = timeLeft(deadline)
      const taken = await pool.take(this.#caller, left)
      const session = this.#sessionOn(taken, () => left(options.statementTimeoutMs), keptMs)
      try {
        if (needsCheck(kind, taken)) await session.check()
        return await work(session)
      } catch (error) {
        if (taken.isReused && isDeadBefore(kind, error, session)) continue
        if (wasRefused || !isUndone(kind, error, session)) throw translate(error)
        wasRefused = true
        deadline ??= startedAt + options.connectTimeoutMs + options.statementTimeoutMs
      } finally {
        if (session.isSpoilt) taken.connection.destroy()
        else pool.giveBack(taken, this.#caller, needsCheck(kind, taken) || session.mayHaveWritten)
      }
    }
  }

  #sessionOn(taken: Taken, statementMs: () => number, keptMs: number): MysqlSession {
    return new MysqlSession(taken.connection, {
      database: this.#shared.name,
      statementMs,
      isUnproven: taken.isReused && !taken.isKnown,
      keptMs,
    })
  }
}

/**
 * A read can be repeated, and a transaction or a lock begins with a statement without consequences: only a single
 * write has to ask before. A connection that has not written for a while is asked, because a demoted primary goes on
 * to answer reads.
 */
function needsCheck(kind: Kind, taken: Taken): boolean {
  return taken.isDoubtful || (kind === 'write' && taken.isReused && !taken.isKnown)
}

/** The connection had died before anything was done on it, or all that was done is a read. */
function isDeadBefore(kind: Kind, error: unknown, session: MysqlSession): boolean {
  return error instanceof ConnectionFault && (kind === 'read' || !session.isProven)
}

/** The server refused, and nothing of the work is left behind. */
function isUndone(kind: Kind, error: unknown, session: MysqlSession): boolean {
  if (kind === 'read' || kind === 'write') return isRefused(error)
  return !session.mayHaveWritten && (isRefused(error) || isReadOnly(error))
}

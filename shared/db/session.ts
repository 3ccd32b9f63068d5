/** Statements, transactions and locks on one connection, each with its deadline. */
import { createHash } from 'node:crypto'
import type { PoolConnection, ResultSetHeader, RowDataPacket } from 'mysql2/promise'
import { ConnectionFault, isDeadlock, isReadOnly, isRefused, withinDeadline } from './faults.ts'

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
   * Runs `work` in a transaction and commits; any error rolls back. After a deadlock, or on a server that refuses to
   * write, the whole of `work` runs again, so it must do nothing but SQL and arithmetic.
   *
   * @param find - reads what `work` writes. With it a commit whose answer gets lost is not left unknown: the database is
   *   asked again, on another connection, in time that is kept for it. It should read with `LOCK IN SHARE MODE`, which
   *   waits where the commit is still under way. Undefined: nothing was committed
   */
  transaction<T>(work: (tx: Sql) => Promise<T>, find?: (sql: Sql) => Promise<T | undefined>): Promise<T>
}

const NAMED_LOCK_STEP_SEC = 1
const MAX_DEADLOCK_RETRIES = 3
/** A connection that lives answers at once to a statement that has nothing to do. */
const PROBE_MS = 1000

export interface SessionOptions {
  /** The database's name, part of the names of locks. */
  database: string
  /** What the next statement may take, in ms. */
  statementMs: () => number
  /** Nothing was asked on this connection since it may have died: the first statement also has to find out. */
  isUnproven: boolean
  /** Of the time of a COMMIT, what is kept for the question whether it was done. */
  keptMs?: number
}

/** One connection for one piece of work; remembers what may be done with it afterwards. */
export class MysqlSession implements Session {
  readonly #connection: PoolConnection
  readonly #options: SessionOptions
  /** The connection has answered in this session, or it is new. */
  #isProven: boolean
  /** The connection is not to be used again: it broke, or its server does not do any more what it is there for. */
  isSpoilt = false
  /** Something was committed, or nobody knows. */
  mayHaveWritten = false
  /** COMMIT was sent, and no word came back. */
  isUnknown = false

  constructor(connection: PoolConnection, options: SessionOptions) {
    this.#connection = connection
    this.#options = options
    this.#isProven = !options.isUnproven
  }

  /** Nothing but questions without consequences has been asked yet on a connection that may have been dead before. */
  get isProven(): boolean {
    return this.#isProven
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
      await this.#probe('START TRANSACTION')
      let isCommitting = false
      try {
        const result = await work(this)
        isCommitting = true
        await this.#commit()
        this.mayHaveWritten = true
        return result
      } catch (error) {
        // A server that says why it did not commit has rolled back; anything else at that point is unknown.
        if (isCommitting && !isReadOnly(error) && !isDeadlock(error)) {
          this.mayHaveWritten = true
          this.isUnknown = error instanceof ConnectionFault
        }
        // What broke or is thrown away is rolled back by the server.
        if (!this.isSpoilt) await this.#text('ROLLBACK').catch(() => undefined)
        if (!this.isSpoilt && isDeadlock(error) && attempt < MAX_DEADLOCK_RETRIES) continue
        throw error
      }
    }
  }

  /** Asks whether the connection lives, and whether its server still writes. */
  async check(): Promise<void> {
    const [rows] = (await this.#probe('SELECT @@GLOBAL.read_only AS readOnly')) as [RowDataPacket[]]
    if (!['0', 'OFF'].includes(String(rows[0]?.readOnly))) {
      this.isSpoilt = true
      this.#isProven = false
      throw new ConnectionFault(new Error('the server has become read-only'))
    }
  }

  /** Waits in short statements, so that a server that falls silent meanwhile is noticed in time. */
  async lock(name: string, waitSec: number): Promise<boolean> {
    for (let leftSec = waitSec; leftSec > 0; leftSec -= NAMED_LOCK_STEP_SEC) {
      const row = await this.row<{ got: number | null }>('SELECT GET_LOCK(?, ?) AS got', [
        this.#lockName(name),
        Math.min(leftSec, NAMED_LOCK_STEP_SEC),
      ])
      if (row?.got === 1) return true
    }
    return false
  }

  /** On a connection that is thrown away the lock goes with it. */
  async unlock(name: string): Promise<void> {
    if (this.isSpoilt) return
    try {
      await this.rows('SELECT RELEASE_LOCK(?) AS released', [this.#lockName(name)])
    } catch {
      // What `work` returned or threw matters more, and a lock that may be left must not stay.
      this.isSpoilt = true
    }
  }

  /** Locks are server-wide; the prefix keeps two shops on one server apart. MySQL takes 64 characters. */
  #lockName(name: string): string {
    return createHash('sha1').update(`${this.#options.database}:${name}`).digest('hex')
  }

  /** The first statement on a connection that may be dead: it has no consequences, so its failure has none either. */
  async #probe(sql: string): Promise<unknown> {
    const ms = this.#options.statementMs()
    const result = await this.#watch(
      () => this.#connection.query(sql),
      this.#isProven ? ms : Math.min(ms, PROBE_MS),
    )
    this.#isProven = true
    return result
  }

  #text(sql: string, ms = this.#options.statementMs()): Promise<unknown> {
    return this.#watch(() => this.#connection.query(sql), ms)
  }

  #commit(): Promise<unknown> {
    return this.#text('COMMIT', this.#options.statementMs() - (this.#options.keptMs ?? 0))
  }

  async #execute<T extends RowDataPacket[] | ResultSetHeader>(
    sql: string,
    values: readonly SqlValue[],
  ): Promise<[T, unknown]> {
    // A statement without values has nothing to be kept apart from its text: preparing it would only be a round trip.
    const isText = values.length === 0 || this.#connection.config.multipleStatements
    const send = () =>
      isText ? this.#connection.query<T>(sql, [...values]) : this.#connection.execute<T>(sql, [...values])
    const result = await this.#watch(send, this.#options.statementMs())
    this.#isProven = true
    return result
  }

  async #watch<T>(send: () => Promise<T>, ms: number): Promise<T> {
    try {
      // What cannot be answered in time is not asked.
      if (ms <= 0) throw new ConnectionFault(new Error('no time is left'))
      return await withinDeadline(send(), ms)
    } catch (error) {
      if (error instanceof ConnectionFault || isRefused(error)) this.isSpoilt = true
      throw error
    }
  }
}

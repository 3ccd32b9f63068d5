/** An own, empty database for each test file, on one private server. */
import { randomBytes } from 'node:crypto'
import { createConnection } from 'mysql2/promise'
import { startPrivateServer } from './private-server.ts'

export type TestDatabase = {
  /** `mysql://user:password@127.0.0.1:port/letao_test_…`: for `DATABASE_URL`. */
  url: string
  name: string
  /** The account of `url` may do everything on this server, also in other databases. */
  serverUrl: string
  /** Runs one statement over a connection of its own. */
  query<Row = Record<string, unknown>>(sql: string, values?: unknown[]): Promise<Row[]>
  /** Ends every connection to it, as a server does to idle ones. */
  killConnections(): Promise<void>
  /** Also ends every connection to it: the pools of functions would keep the test's process alive. */
  drop(): Promise<void>
}

let ownServer: Promise<string> | undefined

/**
 * The server of this test run (`TEST_DATABASE_SERVER`, set by test/run.ts); a file run by hand starts one of its
 * own, which ends with the process.
 */
export function testServerUrl(): Promise<string> {
  const shared = process.env.TEST_DATABASE_SERVER
  if (shared) return Promise.resolve(shared)
  ownServer ??= startPrivateServer().then((server) => server.url)
  return ownServer
}

/** Makes an empty database; `drop` it in an `after` hook (the server's end drops it at the latest). */
export async function createTestDatabase(): Promise<TestDatabase> {
  const serverUrl = await testServerUrl()
  const name = `letao_test_${process.pid}_${randomBytes(4).toString('hex')}`
  await run(serverUrl, `CREATE DATABASE ${name} CHARACTER SET utf8mb4`)
  const url = new URL(serverUrl)
  url.pathname = `/${name}`
  const killConnections = async () => {
    const own = await run<{ id: number }>(
      serverUrl,
      'SELECT ID AS id FROM information_schema.PROCESSLIST WHERE DB = ?',
      [name],
    )
    // One may end by itself meanwhile.
    for (const { id } of own) await run(serverUrl, `KILL ${id}`).catch(() => undefined)
  }
  return {
    url: url.href,
    name,
    serverUrl,
    query: (sql, values) => run(url.href, sql, values),
    killConnections,
    drop: async () => {
      await killConnections()
      await run(serverUrl, `DROP DATABASE IF EXISTS ${name}`)
    },
  }
}

async function run<Row>(uri: string, sql: string, values?: unknown[]): Promise<Row[]> {
  const connection = await createConnection({ uri, timezone: 'Z' })
  try {
    const [rows] = await connection.query(sql, values)
    return rows as Row[]
  } finally {
    await connection.end()
  }
}

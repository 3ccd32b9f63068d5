/** The shop's database: the one `DATABASE_URL` names, or a private server's. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { lockFile } from '../lock.mjs'
import { PlainError } from '../steps.ts'
import type { Engine } from './install-server.ts'
import {
  appStatements,
  appUrl,
  endLeftover,
  LOCAL_DIR,
  reuseOrLaunch,
  rootStatements,
  type Secrets,
  secretsOf,
} from './private-server.ts'
import { connectAsRoot, endServer, findRunning, pidOf, type RunningServer, serverPlace } from './server.ts'

export type OpenDatabase = {
  /** `mysql://user:password@host:port/database`, for `DATABASE_URL` of the functions. */
  url: string
  /** For `DATABASE_REPLICA_URLS`, where there are some. */
  replicaUrls?: string[]
  /** Ends the private server, unless another shop of this checkout still uses it. */
  stop(): Promise<void>
}

export type OpenDatabaseOptions = {
  onProgress?: (text: string) => void
  /** The database's name; shops on different ports have one each on the same server. */
  name?: string
  /** The data folder of the private server. */
  dir?: string
  /** What the private server is; each engine has a data folder of its own. */
  engine?: Engine
  env?: NodeJS.ProcessEnv
}

/**
 * Where the private server keeps its data: `LETAO_DATA`, by default `.local/mysql` of the checkout; beside it what a
 * real MySQL wrote, which no MariaDB can read.
 */
export function dataFolder(env: NodeJS.ProcessEnv = process.env, engine: Engine = 'default'): string {
  const folder = resolve(env.LETAO_DATA || join(LOCAL_DIR, 'mysql'))
  return engine === 'mysql' ? `${folder}-real` : folder
}

const CLOSING_LIMIT_MS = 600

/**
 * Opens the shop's database and makes it when it is missing.
 *
 * @throws Error with one clear message when it cannot be reached, started or installed
 */
export async function openDatabase(options: OpenDatabaseOptions = {}): Promise<OpenDatabase> {
  const { onProgress = () => {}, name = 'letao', env = process.env, engine = 'default' } = options
  if (env.DATABASE_URL) return useGiven(env.DATABASE_URL)
  const dir = options.dir ?? dataFolder(env, engine)
  const { server, secrets, admin, stop } = await openServer({ dir, engine, onProgress })
  await runAll(admin, shopStatements(name, secrets))
  return { url: appUrl(server, secrets, name), stop }
}

/** What makes a shop's database and its account. */
export function shopStatements(name: string, secrets: Secrets): string[] {
  return [
    `CREATE DATABASE IF NOT EXISTS \`${name}\` CHARACTER SET utf8mb4`,
    ...appStatements(secrets, `\`${name}\`.*`),
  ]
}

/** A private server that is in use. */
export type OpenServer = {
  server: RunningServer
  secrets: Secrets
  /** Open as long as the server is used. */
  admin: Connection
  /** Ends the server, unless somebody else uses it. */
  stop(): Promise<void>
}

/** Starts the server whose data lies in `dir`, or joins those who use it. */
export async function openServer(options: {
  dir: string
  engine: Engine
  /** Statements of its start. */
  initSql?: (secrets: Secrets) => string[]
  flags?: readonly string[]
  onProgress: (text: string) => void
}): Promise<OpenServer> {
  const { dir, engine, initSql = rootStatements, flags = [], onProgress } = options
  const lock = `${dir}.lock`
  const unlock = await lockFile(lock)
  try {
    const secrets = secretsOf(dir)
    const server = await reuseOrLaunch({
      place: serverPlace(dir),
      secrets,
      initSql: initSql(secrets),
      preferredPort: rememberedPort(dir),
      engine,
      flags,
      onProgress,
    })
    rememberPort(dir, server.port)
    const admin = await takeLease(server, secrets.root)
    const stop = async () => {
      const release = await lockFile(lock)
      try {
        const isLast = await isLastLease(admin)
        admin.destroy()
        if (isLast) await endServer(server)
      } finally {
        release()
      }
    }
    return { server, secrets, admin, stop }
  } finally {
    unlock()
  }
}

/**
 * Ends a private server that was left running, so that its data can be removed.
 *
 * @throws Error while a shop uses it
 */
export async function endPrivateDatabase(dir = dataFolder()): Promise<void> {
  const place = serverPlace(dir)
  if (pidOf(place) === undefined) return
  const unlock = await lockFile(`${dir}.lock`)
  try {
    const server = await findRunning(place, secretsOf(dir).root)
    if (server === undefined) return endLeftover(place)
    const lease = await takeLease(server, secretsOf(dir).root)
    const isUsed = !(await isLastLease(lease))
    lease.destroy()
    if (isUsed) throw new PlainError('A shop of this checkout is open: stop it first.')
    await endServer(server)
  } finally {
    unlock()
  }
}

/**
 * Each shop keeps one administrator's connection open as long as it runs; the last one ends the server. A shop that
 * is killed loses its connection with its life, so nothing is left to be cleaned up.
 */
async function takeLease(server: RunningServer, rootPassword: string): Promise<Connection> {
  const lease = await connectAsRoot(server.place, rootPassword)
  lease.on('error', () => {}) // the server ended before us: nothing to release then
  await lease.query('SET SESSION wait_timeout = 31536000')
  return lease
}

async function isLastLease(lease: Connection): Promise<boolean> {
  const query = "SELECT COUNT(*) AS n FROM information_schema.PROCESSLIST WHERE USER = 'root'"
  const deadline = performance.now() + CLOSING_LIMIT_MS
  try {
    for (;;) {
      const [rows] = await lease.query({ sql: query, timeout: 5000 })
      if (Number((rows as { n: number }[])[0]?.n) <= 1) return true
      // A connection that was closed just now is counted for another moment.
      if (performance.now() > deadline) return false
      await wait(50)
    }
  } catch {
    return true // it is gone or hangs: ending it is right
  }
}

export async function runAll(connection: Connection, statements: string[]): Promise<void> {
  for (const statement of statements) await connection.query(statement)
}

async function useGiven(url: string): Promise<OpenDatabase> {
  const where = safeName(url)
  try {
    const connection = await createConnection({ uri: url, connectTimeout: 5000 }).catch((error) => {
      if (error.code !== 'ER_BAD_DB_ERROR') throw error
      return createMissing(url)
    })
    await connection.end()
  } catch (error) {
    throw new Error(`DATABASE_URL (${where}) cannot be used: ${(error as Error).message}`)
  }
  return { url, stop: async () => {} }
}

async function createMissing(url: string): Promise<Connection> {
  const target = new URL(url)
  const name = decodeURIComponent(target.pathname.slice(1))
  target.pathname = '/'
  const connection = await createConnection({ uri: target.href, connectTimeout: 5000 })
  await connection.query(`CREATE DATABASE IF NOT EXISTS ${connection.escapeId(name)} CHARACTER SET utf8mb4`)
  return connection
}

/** Host and database of a URL, without its password. */
function safeName(url: string): string {
  if (!URL.canParse(url)) return 'not a URL'
  const { host, pathname } = new URL(url)
  return `${host}${pathname}`
}

/** The port of the last start: a database tool that was pointed at it goes on working. */
function rememberedPort(dir: string): number | undefined {
  const file = join(dir, 'port')
  return existsSync(file) ? Number(readFileSync(file, 'utf8')) || undefined : undefined
}

function rememberPort(dir: string, port: number): void {
  mkdirSync(dir, { recursive: true })
  writeFileSync(join(dir, 'port'), String(port))
}

/** A private server from nothing to ready: program, data folder, accounts, leftovers of a crash. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { hostname, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { atExit } from '../at-exit.ts'
import { isAlive } from '../lock.mjs'
import { copyDataFolder, createDataFolder } from './data-folder.ts'
import type { ServerProgram } from './find-server.ts'
import { findOrInstallServer } from './install-server.ts'
import {
  endServer,
  findRunning,
  launchServer,
  pidOf,
  type RunningServer,
  type ServerPlace,
  serverPlace,
} from './server.ts'

/** `.local/` of this checkout: everything that is made at run time and not part of the source. */
export const LOCAL_DIR = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.local')

/** A server of our own, with one account that may do everything on it. */
export type PrivateServer = {
  /** `mysql://user:password@127.0.0.1:port`, without a database. */
  url: string
  pid: number
  port: number
  dir: string
  /** Ends the server in order and waits for it; the data stays, unless no `dir` was asked for. */
  stop(): Promise<void>
  /** Sends a signal: `SIGSTOP` for a database that accepts and never answers, `SIGKILL` for a crash. */
  kill(signal: NodeJS.Signals): void
}

export type PrivateServerOptions = {
  /** Where its files lie; a folder under the system's temporary one when left out. */
  dir?: string
  /** The port to take, as for a restart in the same place. */
  port?: number
  onProgress?: (text: string) => void
}

/** The passwords of a place: made once, readable by its owner only. */
export type Secrets = { root: string; app: string }

/** The account that the shop uses. */
export const APP_USER = 'letao'

/**
 * Starts a server for tests: fast, and careless about a power failure. Ends with its process at the latest.
 *
 * @example
 * const server = await startPrivateServer()
 * server.kill('SIGSTOP') // from here on it accepts connections and never answers
 * await server.stop()
 */
export async function startPrivateServer(options: PrivateServerOptions = {}): Promise<PrivateServer> {
  const { onProgress = () => {} } = options
  const dir = options.dir ?? join(tmpdir(), `letao-test-${process.pid}-${randomBytes(4).toString('hex')}`)
  const place = serverPlace(dir)
  const secrets = secretsOf(dir)
  const program = await findOrInstallServer(onProgress)
  await endLeftover(place)
  if (!existsSync(place.data)) await copyDataFolder(program, templateOf(program), place.data)
  const server = await launchServer({
    program,
    place,
    rootPassword: secrets.root,
    initSql: [...rootStatements(secrets), ...appStatements(secrets, '*.*')],
    preferredPort: options.port,
    throwaway: true,
    onProgress,
  })
  const removeAll = () => {
    if (options.dir === undefined) rmSync(dir, { recursive: true, force: true })
  }
  // The data is thrown away, so the end of this process need not wait for an orderly end of the server.
  const forget = atExit(() => {
    server.child?.kill('SIGKILL')
    removeAll()
  })
  return {
    url: appUrl(server, secrets),
    pid: server.pid,
    port: server.port,
    dir,
    kill: (signal) => void process.kill(server.pid, signal),
    stop: async () => {
      forget()
      await endServer(server)
      removeAll()
    },
  }
}

/** Ends test servers whose test run was killed, and removes their files. */
export async function sweepTestServers(): Promise<void> {
  for (const name of readdirSync(tmpdir())) {
    const owner = Number(/^letao-test-(\d+)-/.exec(name)?.[1])
    if (!owner || isAlive(owner)) continue
    const dir = join(tmpdir(), name)
    await endLeftover(serverPlace(dir))
    try {
      rmSync(dir, { recursive: true, force: true })
    } catch {
      // It belongs to another user, who will sweep it.
    }
  }
}

/** Reads the passwords of a place, or makes them. */
export function secretsOf(dir: string): Secrets {
  const file = join(dir, 'secrets.json')
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'))
  const password = () => randomBytes(18).toString('hex')
  const secrets = { root: password(), app: password() }
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  writeFileSync(file, JSON.stringify(secrets), { mode: 0o600 })
  chmodSync(file, 0o600)
  return secrets
}

/** The administrator: by password, over the socket only. */
export function rootStatements(secrets: Secrets): string[] {
  const others = ["''@'localhost'", "'root'@'127.0.0.1'", "'root'@'::1'"]
  const host = hostname().toLowerCase()
  if (/^[\w.-]+$/.test(host) && host !== 'localhost') others.push(`''@'${host}'`, `'root'@'${host}'`)
  return [
    ...others.map((account) => `DROP USER IF EXISTS ${account}`),
    `ALTER USER 'root'@'localhost' IDENTIFIED BY '${secrets.root}'`,
  ]
}

/** The shop's account, from this machine only, with all rights on `scope` (`*.*`, or one database). */
export function appStatements(secrets: Secrets, scope: string): string[] {
  const account = `'${APP_USER}'@'127.0.0.1'`
  return [
    `CREATE USER IF NOT EXISTS ${account} IDENTIFIED BY '${secrets.app}'`,
    `ALTER USER ${account} IDENTIFIED BY '${secrets.app}'`,
    `GRANT ALL ON ${scope} TO ${account}${scope === '*.*' ? ' WITH GRANT OPTION' : ''}`,
  ]
}

/** How the shop's account reaches a server. */
export function appUrl(server: Pick<RunningServer, 'port'>, secrets: Secrets, database = ''): string {
  return `mysql://${APP_USER}:${secrets.app}@127.0.0.1:${server.port}${database && `/${database}`}`
}

/** The server that answers on this place's data, else a new one; a hung or foreign leftover is ended first. */
export async function reuseOrLaunch(options: {
  place: ServerPlace
  secrets: Secrets
  initSql: string[]
  preferredPort?: number
  onProgress: (text: string) => void
}): Promise<RunningServer> {
  const { place, secrets, onProgress } = options
  const running = await findRunning(place, secrets.root)
  if (running !== undefined) return running
  await endLeftover(place)
  const program = await findOrInstallServer(onProgress)
  if (!existsSync(place.data)) {
    onProgress('Making the data folder of the database…')
    await createDataFolder(program, place.data)
  }
  return launchServer({ ...options, program, rootPassword: secrets.root })
}

/** Ends a server that still runs on this data but does not answer; the pid file alone proves nothing. */
export async function endLeftover(place: ServerPlace): Promise<void> {
  const pid = pidOf(place)
  if (pid === undefined) return
  const command = await promisify(execFile)('ps', ['-o', 'args=', '-p', String(pid)]).catch(() => ({
    stdout: '',
  }))
  if (command.stdout.includes(`--datadir=${place.data}`)) await endServer({ pid, place })
}

/** One template a server version and user, shared by every test of this checkout. */
function templateOf(program: ServerProgram): string {
  return join(LOCAL_DIR, 'mysql-template', `${program.flavor}-${program.version}-${process.getuid?.() ?? 0}`)
}

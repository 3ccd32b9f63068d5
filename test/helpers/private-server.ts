/** Database servers for tests: fast to start, careless about a power failure, gone with their process at the latest. */
import { randomBytes } from 'node:crypto'
import { cpSync, existsSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createDataFolder } from '../../local/database/data-folder.ts'
import type { ServerProgram } from '../../local/database/find-server.ts'
import { findOrInstallServer } from '../../local/database/install-server.ts'
import {
  appStatements,
  appUrl,
  endLeftover,
  LOCAL_DIR,
  rootStatements,
  secretsOf,
} from '../../local/database/private-server.ts'
import { ownStatements } from '../../local/database/replication.ts'
import { endServer, launchServer, serverPlace } from '../../local/database/server.ts'
import { isAlive } from '../../local/lock.mjs'
import { atExit } from '../../scf/emulator/runtime/at-exit.ts'

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
  /** Flags of its own, behind all others. */
  flags?: readonly string[]
  /** What makes the accounts goes into no log that replicas read. */
  keepLogToItself?: boolean
  onProgress?: (text: string) => void
}

/**
 * Starts a server of this test run's engine (`MARIADB_BIN`, else what the machine has).
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
  const accounts = [...rootStatements(secrets), ...appStatements(secrets, '*.*')]
  const server = await launchServer({
    program,
    place,
    rootPassword: secrets.root,
    initSql: options.keepLogToItself ? ownStatements(accounts) : accounts,
    preferredPort: options.port,
    flags: [...CARELESS, ...(options.flags ?? [])],
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

/** Trades durability for speed, for data that is thrown away. */
const CARELESS = ['--innodb-flush-log-at-trx-commit=0', '--innodb-doublewrite=OFF', '--sync-binlog=0']

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

/** A new data folder as a copy of one that was made before (once per server version), which is 25 times faster. */
async function copyDataFolder(program: ServerProgram, template: string, folder: string): Promise<void> {
  if (!existsSync(template)) await createDataFolder(program, template)
  cpSync(template, folder, { recursive: true })
  // Two servers of one id do not replicate; MySQL makes a new one where there is none.
  rmSync(join(folder, 'auto.cnf'), { force: true })
}

/** One template per server version and user, shared by every test of this checkout. */
function templateOf(program: ServerProgram): string {
  return join(LOCAL_DIR, 'mysql-template', `${program.flavor}-${program.version}-${process.getuid?.() ?? 0}`)
}

/**
 * A private MariaDB or MySQL server: own data folder, socket and port, 127.0.0.1 only, nothing read from /etc and
 * no system service touched.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import {
  chmodSync,
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { type Connection, createConnection } from 'mysql2/promise'
import { isAlive } from '../lock.mjs'
import { baseDirFlag, logFileFlag, temporaryFlag, userFlag } from './data-folder.ts'
import type { ServerProgram } from './find-server.ts'
import { becomesFree, pickPort } from './port.ts'

/** Where a server keeps what it needs, all inside one folder (but for a socket whose path would be too long). */
export type ServerPlace = {
  dir: string
  data: string
  /** Of this server alone: see `temporaryFlag`. */
  temporary: string
  socket: string
  pidFile: string
  log: string
  initFile: string
}

/** A server that answers. */
export type RunningServer = { pid: number; port: number; place: ServerPlace; child?: ChildProcess }

export type LaunchOptions = {
  program: ServerProgram
  place: ServerPlace
  /** Statements run before the first connection is accepted, one a line: accounts and databases. */
  initSql: string[]
  rootPassword: string
  /** The port to take when it is free. */
  preferredPort?: number
  /** Flags of its own, behind all others. */
  flags?: readonly string[]
  onProgress?: (text: string) => void
}

/** A crashed server first repairs its data, which takes longer the more there was to do. */
const START_LIMIT_MS = 120_000
const STOP_LIMIT_MS = 15_000
/** The system's limit for a socket's path is 107 bytes. */
const SOCKET_PATH_LIMIT = 100

/** The files of a server that lives in `dir`. */
export function serverPlace(dir: string): ServerPlace {
  const inside = join(dir, 'mysql.sock')
  const short = join(tmpdir(), `letao-${createHash('sha256').update(dir).digest('hex').slice(0, 12)}`)
  return {
    dir,
    data: join(dir, 'data'),
    temporary: join(dir, 'tmp'),
    socket: Buffer.byteLength(inside) <= SOCKET_PATH_LIMIT ? inside : join(short, 'mysql.sock'),
    pidFile: join(dir, 'mysql.pid'),
    log: join(dir, 'mysql.log'),
    initFile: join(dir, 'init.sql'),
  }
}

/**
 * Starts a server on an existing data folder and waits until it answers.
 *
 * @throws Error with the end of the server's log when it does not come up
 */
export async function launchServer(options: LaunchOptions): Promise<RunningServer> {
  const { place } = options
  for (const folder of [place.dir, place.temporary, dirname(place.socket)]) {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
  }
  writeFileSync(place.initFile, `${options.initSql.join(';\n')};\n`, { mode: 0o600 })
  chmodSync(place.initFile, 0o600)
  let preferred = options.preferredPort
  for (let attempt = 1; ; attempt++) {
    const port = preferred !== undefined && (await becomesFree(preferred)) ? preferred : await pickPort()
    preferred = undefined
    try {
      return await launchOn(port, options)
    } catch (error) {
      // Somebody may take the port between our look and the server's.
      if (attempt >= 3 || !/Bind on TCP\/IP port|address already in use/i.test(String(error))) throw error
    }
  }
}

async function launchOn(port: number, options: LaunchOptions): Promise<RunningServer> {
  const { program, place } = options
  rmSync(place.log, { force: true })
  // The server must not hold this process's output open, nor get the Ctrl-C that is meant for this process.
  const log = openSync(place.log, 'a', 0o600)
  const child = spawn(program.binary, serverFlags(port, options), {
    cwd: place.dir,
    stdio: ['ignore', log, log],
    detached: true,
  })
  closeSync(log)
  child.unref()
  const failed = new Promise<never>((_, reject) => {
    child.once('error', reject)
    child.once('exit', (code, signal) =>
      reject(new Error(startFailure(place, signal ?? `exit code ${code}`))),
    )
  })
  failed.catch(() => {})
  await Promise.race([failed, untilReady(options, port)]).catch(async (error) => {
    child.kill('SIGKILL')
    throw error
  })
  return { pid: child.pid as number, port, place, child }
}

function serverFlags(port: number, { program, place, flags = [] }: LaunchOptions): string[] {
  const perFlavor =
    program.flavor === 'mysql'
      ? [
          '--loose-mysqlx=OFF',
          '--performance-schema=OFF',
          // Newer ones show a tree.
          '--loose-explain-format=TRADITIONAL',
          ...withoutLog(flags),
        ]
      : []
  return [
    '--no-defaults', // must be the first
    ...baseDirFlag(program),
    ...userFlag(),
    `--datadir=${place.data}`,
    temporaryFlag(place.temporary),
    `--socket=${place.socket}`,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--pid-file=${place.pidFile}`,
    `--init-file=${place.initFile}`,
    '--skip-name-resolve',
    '--character-set-server=utf8mb4',
    '--collation-server=utf8mb4_general_ci',
    '--default-storage-engine=InnoDB',
    '--innodb-buffer-pool-size=32M',
    '--max-connections=300',
    ...logFileFlag(program),
    ...perFlavor,
    ...flags,
  ]
}

/** MySQL writes a log for replicas unless it is told not to. */
function withoutLog(flags: readonly string[]): string[] {
  return flags.some((flag) => flag.startsWith('--log-bin')) ? [] : ['--disable-log-bin']
}

async function untilReady(options: LaunchOptions, port: number): Promise<void> {
  const start = Date.now()
  let told = false
  for (;;) {
    const connection = await connectAsRoot(options.place, options.rootPassword).catch(() => undefined)
    if (connection !== undefined) {
      // The old socket of a crashed server may still lie there, so ask whom we reached.
      const [rows] = await connection.query('SELECT @@port AS port').finally(() => connection.destroy())
      if ((rows as { port: number }[])[0]?.port === port) return
    }
    if (Date.now() - start > START_LIMIT_MS)
      throw new Error(startFailure(options.place, 'no answer for two minutes'))
    if (!told && Date.now() - start > 3000) {
      options.onProgress?.('The database is still starting (after a crash it repairs its data first)…')
      told = true
    }
    await wait(20)
  }
}

/** A connection of the server's own administrator, which is possible over its socket only. */
export function connectAsRoot(place: ServerPlace, password: string): Promise<Connection> {
  return createConnection({ socketPath: place.socket, user: 'root', password, connectTimeout: 5000 })
}

/**
 * The server that still runs on this place's data, as after `kill -9` of the process that had started it. It is
 * believed only when it answers on its socket to our password, from our data folder.
 */
export async function findRunning(
  place: ServerPlace,
  rootPassword: string,
): Promise<RunningServer | undefined> {
  const pid = pidOf(place)
  if (pid === undefined || !existsSync(place.socket)) return undefined
  const connection = await connectAsRoot(place, rootPassword).catch(() => undefined)
  if (connection === undefined) return undefined
  try {
    const [rows] = await connection.query('SELECT @@port AS port, @@datadir AS data')
    const row = (rows as { port: number; data: string }[])[0]
    return row && realpathSync(row.data) === realpathSync(place.data)
      ? { pid, port: row.port, place }
      : undefined
  } finally {
    connection.destroy()
  }
}

/** The process in the pid file, when it lives. */
export function pidOf(place: ServerPlace): number | undefined {
  try {
    const pid = Number(readFileSync(place.pidFile, 'utf8').trim())
    return pid > 0 && isAlive(pid) ? pid : undefined
  } catch {
    return undefined
  }
}

/** Ends a server in order (also one that is suspended) and waits until it is gone; after 15 s by force. */
export async function endServer({ pid, place }: Pick<RunningServer, 'pid' | 'place'>): Promise<void> {
  const start = Date.now()
  let isForced = false
  signal(pid, 'SIGCONT')
  signal(pid, 'SIGTERM')
  while (isAlive(pid)) {
    if (!isForced && Date.now() - start > STOP_LIMIT_MS) isForced = signal(pid, 'SIGKILL')
    await wait(20)
  }
  rmSync(place.initFile, { force: true })
  // A place of its own was made for a socket whose path would have been too long.
  const folder = dirname(place.socket)
  if (folder !== place.dir) rmSync(folder, { recursive: true, force: true })
}

function signal(pid: number, name: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, name)
  } catch {
    return false // gone already
  }
}

function startFailure(place: ServerPlace, reason: string): string {
  const log = existsSync(place.log) ? readFileSync(place.log, 'utf8') : ''
  const errors = log.split('\n').filter((line) => /\[ERROR\]/.test(line))
  const tail = (errors.length > 0 ? errors : log.split('\n')).slice(-6).join('\n')
  return `The database server did not start (${reason}). Its log, ${place.log}, says:\n${tail}`
}

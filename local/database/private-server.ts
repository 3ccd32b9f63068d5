/** A private server from nothing to ready: program, data folder, accounts, leftovers of a crash. */
import { execFile } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createDataFolder } from './data-folder.ts'
import { type Engine, serverOf } from './install-server.ts'
import {
  endServer,
  findRunning,
  launchServer,
  pidOf,
  type RunningServer,
  type ServerPlace,
} from './server.ts'

/** `.local/` of this checkout: everything that is made at run time and not part of the source. */
export const LOCAL_DIR = join(dirname(dirname(dirname(fileURLToPath(import.meta.url)))), '.local')

/** The passwords of a place: made once, readable by its owner only. */
export type Secrets = { root: string; app: string }

/** The account that the shop uses. */
export const APP_USER = 'letao'

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
  engine?: Engine
  flags?: readonly string[]
  onProgress: (text: string) => void
}): Promise<RunningServer> {
  const { place, secrets, engine = 'default', onProgress } = options
  const running = await findRunning(place, secrets.root)
  if (running !== undefined) return running
  await endLeftover(place)
  const program = await serverOf(engine, onProgress)
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

/** Installs a database server where that needs no question: Debian or Ubuntu, as root or with passwordless sudo. */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'
import { findServer, type ServerProgram, ServerUnusableError } from './find-server.ts'

const run = promisify(execFile)

/** The programs alone: the package `mariadb-server` would also start a system service on port 3306. */
const PACKAGES = ['mariadb-server-core', 'mariadb-client-core']

const HELP = `No database server was found. The shop needs MariaDB 10.6 (or MySQL 8) or newer. One of these lines helps:
  Debian, Ubuntu   sudo apt-get install -y mariadb-server-core mariadb-client-core
  Fedora, RHEL     sudo dnf install -y mariadb-server
  macOS            brew install mariadb
No service has to run: the shop starts a private one. Or name a program with MARIADB_BIN=/path/to/mariadbd,
or a running database with DATABASE_URL=mysql://user:password@host:port/database`

/**
 * The server program of this machine, installed first where there is none and that is allowed.
 *
 * @throws ServerUnusableError with the line to type, where it cannot be installed
 */
export async function findOrInstallServer(onProgress: (text: string) => void): Promise<ServerProgram> {
  const found = await findServer()
  if (found !== undefined) return found
  const asRoot = await rootPrefix()
  if (asRoot === undefined) throw new ServerUnusableError(HELP)
  onProgress(`Installing ${PACKAGES.join(' and ')}…`)
  await aptInstall(asRoot).catch((error: Error) => {
    throw new ServerUnusableError(`${HELP}\n(Tried apt-get: ${error.message})`)
  })
  const installed = await findServer()
  if (installed === undefined) throw new ServerUnusableError(HELP)
  return installed
}

/** What to put before `apt-get`: nothing for root, `sudo -n` where it asks no password, undefined elsewhere. */
async function rootPrefix(): Promise<string[] | undefined> {
  if (!existsSync('/usr/bin/apt-get')) return undefined
  if (process.getuid?.() === 0) return []
  const mayBeRoot = await run('sudo', ['-n', 'true'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  )
  return mayBeRoot ? ['sudo', '-n'] : undefined
}

async function aptInstall(asRoot: string[]): Promise<void> {
  const apt = [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=300',
  ]
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...PACKAGES]
  // A fresh machine has no package lists, one in use has them: asking for them first would cost the second a minute.
  const isKnown = await run('apt-cache', ['show', PACKAGES[0] as string]).then(
    () => true,
    () => false,
  )
  if (isKnown && (await succeeds(install))) return
  if (!(await succeeds([...apt, 'update']))) throw new Error('apt-get update failed')
  if (!(await succeeds(install))) throw new Error('apt-get install failed')
}

/** Runs a command with its output shown as progress on stderr. */
function succeeds([command = '', ...args]: string[]): Promise<boolean> {
  return new Promise((done) => {
    const child = spawn(command, args, { stdio: ['ignore', 2, 2] })
    child.once('error', () => done(false))
    child.once('exit', (code) => done(code === 0))
  })
}

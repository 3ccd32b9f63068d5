/** Installs a database server where that needs no question: Debian or Ubuntu, as root or with passwordless sudo. */
import { aptInstall, rootPrefix } from '../apt.ts'
import { findServer, type ServerProgram, ServerUnusableError } from './find-server.ts'
import { findOrBringMysql } from './mysql-engine.ts'

/** The programs alone: the package `mariadb-server` would also start a system service on port 3306. */
const PACKAGES = ['mariadb-server-core', 'mariadb-client-core']

const HELP = `No database server was found. The shop needs MariaDB 10.6 (or MySQL 8) or newer. One of these lines helps:
  Debian, Ubuntu   sudo apt-get install -y mariadb-server-core mariadb-client-core
  Fedora, RHEL     sudo dnf install -y mariadb-server
  macOS            brew install mariadb
No service has to run: the shop starts a private one. Or name a program with MARIADB_BIN=/path/to/mariadbd,
or a running database with DATABASE_URL=mysql://user:password@host:port/database`

/** What serves the data: what this machine has, which is MariaDB as a rule, or a real MySQL. */
export type Engine = 'default' | 'mysql'

/** @throws ServerUnusableError with what to do, where there is none */
export function serverOf(engine: Engine, onProgress: (text: string) => void): Promise<ServerProgram> {
  return engine === 'mysql' ? findOrBringMysql(onProgress) : findOrInstallServer(onProgress)
}

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
  await aptInstall(asRoot, PACKAGES).catch((error: Error) => {
    throw new ServerUnusableError(`${HELP}\n(Tried apt-get: ${error.message})`)
  })
  const installed = await findServer()
  if (installed === undefined) throw new ServerUnusableError(HELP)
  return installed
}

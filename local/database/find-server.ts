/** Finds a MariaDB or MySQL server program on this machine. */
import { execFile } from 'node:child_process'
import { accessSync, constants, existsSync, realpathSync, statSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { promisify } from 'node:util'

/** A server program and the few things its two flavours do differently. */
export type ServerProgram = {
  binary: string
  flavor: 'mariadb' | 'mysql'
  /** As the program says it: `10.11.6`. */
  version: string
  /** MariaDB's separate program that makes an empty data folder. */
  installDb?: string
  /** Set when the program was unpacked to a folder of its own (not `/usr`), which must then be passed to it. */
  baseDir?: string
}

/** The server is there but cannot be used; the message says why and what to do. */
export class ServerUnusableError extends Error {}

const FOLDERS = [
  '/usr/sbin',
  '/usr/local/sbin',
  '/usr/local/bin',
  '/usr/libexec',
  '/usr/local/mysql/bin',
  '/opt/homebrew/bin',
  '/opt/homebrew/opt/mariadb/bin',
  '/usr/local/opt/mariadb/bin',
]

/**
 * The program named by `MARIADB_BIN` (a file, or a folder that holds one), else the first `mariadbd` or `mysqld` of
 * the PATH and the usual folders; undefined when there is none.
 *
 * @throws ServerUnusableError when `MARIADB_BIN` names nothing usable
 */
export async function findServer(env: NodeJS.ProcessEnv = process.env): Promise<ServerProgram | undefined> {
  const named = env.MARIADB_BIN
  if (named) {
    const program = await firstUsable(candidatesAt(named))
    if (program === undefined) {
      throw new ServerUnusableError(
        `MARIADB_BIN=${named} is no MariaDB (10.6 or newer) or MySQL (8 or newer) server.`,
      )
    }
    return program
  }
  const folders = [...(env.PATH ?? '').split(delimiter).filter(Boolean), ...FOLDERS]
  return firstUsable(folders.flatMap((folder) => [join(folder, 'mariadbd'), join(folder, 'mysqld')]))
}

function candidatesAt(named: string): string[] {
  if (!existsSync(named) || !statSync(named).isDirectory()) return [named]
  const folders = [named, join(named, 'bin'), join(named, 'sbin')]
  return folders.flatMap((folder) => [join(folder, 'mariadbd'), join(folder, 'mysqld')])
}

async function firstUsable(candidates: string[]): Promise<ServerProgram | undefined> {
  for (const candidate of candidates) {
    if (!isExecutable(candidate)) continue
    const program = await inspect(candidate)
    if (program !== undefined) return program
  }
  return undefined
}

/** Asks a program for its version; `mysqld` of a Debian is MariaDB too, so the name says nothing. */
async function inspect(binary: string): Promise<ServerProgram | undefined> {
  const text = await promisify(execFile)(binary, ['--no-defaults', '--version'], { timeout: 20_000 })
    .then(({ stdout }) => stdout)
    .catch(() => '')
  const version = /Ver\s+(\d+)\.(\d+)\.(\d+)/.exec(text)
  if (version === null) return undefined
  const [, major, minor, patch] = version
  const numeric = Number(major) * 100 + Number(minor)
  const common = { binary, version: `${major}.${minor}.${patch}`, ...baseDirOf(binary) }
  if (!/mariadb/i.test(text)) return numeric >= 800 ? { ...common, flavor: 'mysql' } : undefined
  const installDb = findInstallDb(binary)
  return numeric >= 1006 && installDb ? { ...common, flavor: 'mariadb', installDb } : undefined
}

/** The folder to pass as `--basedir`; a server installed under `/usr` knows its own. */
function baseDirOf(binary: string): { baseDir?: string } {
  const base = dirname(dirname(realpathSync(binary)))
  const hasOwnFiles = ['share/mysql', 'share/mariadb', 'share/errmsg.sys'].some((name) =>
    existsSync(join(base, name)),
  )
  return base !== '/usr' && base !== '/' && hasOwnFiles ? { baseDir: base } : {}
}

function findInstallDb(binary: string): string | undefined {
  const beside = [binary, realpathSync(binary)].flatMap((file) => [
    dirname(file),
    join(dirname(file), '../bin'),
    join(dirname(file), '../scripts'),
  ])
  const folders = [...beside, ...(process.env.PATH ?? '').split(delimiter).filter(Boolean), '/usr/bin']
  return folders
    .flatMap((folder) => [join(folder, 'mariadb-install-db'), join(folder, 'mysql_install_db')])
    .find(isExecutable)
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK)
    return statSync(file).isFile()
  } catch {
    return false
  }
}

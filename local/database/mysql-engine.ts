/**
 * A real MySQL beside the MariaDB of the machine: Debian's packages, unpacked to a folder of their own in the user's
 * cache. Nothing is installed, no service is started, nothing outside that folder changes.
 */
import { execFile } from 'node:child_process'
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { homedir } from 'node:os'
import { basename, join } from 'node:path'
import { promisify } from 'node:util'
import { lockFile } from '../lock.mjs'
import { findServer, type ServerProgram, ServerUnusableError } from './find-server.ts'

const run = promisify(execFile)

/** The release that the tests were run on; Debian's `sid` moves on. */
const TESTED = '9.7.4'
/** `sid` brings a C library of its own, because it is newer than the machine's. */
const PACKAGES = ['libc6', 'libstdc++6', 'mysql-server-core']
/** Named as dependencies by packages whose scripts we do not run. */
const UNUSED = /^(perl|debconf|libperl)/
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg'

const help = (reason: string) => `No MySQL server could be brought: ${reason}.
It is unpacked from Debian's packages on Debian (x86_64 or arm64, with apt-get and a mirror). Anywhere else name a
program of MySQL 8.0 or newer with MYSQL_BIN=/path/to/mysqld`

/** Where the program is kept; every checkout of this user shares it. */
export function engineFolder(env: NodeJS.ProcessEnv = process.env): string {
  return join(env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'letao', `mysql-${TESTED}`)
}

/**
 * The MySQL server that `MYSQL_BIN` names, else the one in the cache, which is brought first when it is missing.
 *
 * @throws ServerUnusableError with the reason and the way out, where it cannot be brought
 */
export async function findOrBringMysql(
  onProgress: (text: string) => void,
  env: NodeJS.ProcessEnv = process.env,
): Promise<ServerProgram> {
  if (env.MYSQL_BIN) return usable(env.MYSQL_BIN, 'MYSQL_BIN')
  const folder = engineFolder(env)
  const unlock = await lockFile(`${folder}.lock`)
  try {
    if (!existsSync(folder)) await bring(folder, onProgress)
    return await usable(launcherOf(folder), 'the unpacked server')
  } finally {
    unlock()
  }
}

async function usable(binary: string, name: string): Promise<ServerProgram> {
  const program = await findServer({ MARIADB_BIN: binary }).catch(() => undefined)
  if (program?.flavor !== 'mysql') throw new ServerUnusableError(help(`${name} (${binary}) does not start`))
  return program
}

/** Inside the unpacked tree, so that the server's base folder is found from it. */
const launcherOf = (folder: string) => join(folder, 'usr/bin/mysqld')

async function bring(folder: string, onProgress: (text: string) => void): Promise<void> {
  const mirror = debianMirror()
  mkdirSync(join(folder, '..'), { recursive: true })
  const scratch = mkdtempSync(`${folder}.new-`)
  try {
    onProgress('Bringing MySQL (58 MB of packages, once)…')
    const packages = await download(scratch, mirror)
    const root = join(scratch, 'root')
    mkdirSync(root)
    for (const file of packages) await run('dpkg-deb', ['-x', file, root])
    writeLauncher(root, folder)
    renameSync(root, folder)
  } catch (error) {
    const { stderr = '', message } = error as Error & { stderr?: string }
    throw new ServerUnusableError(help(stderr.trim().split('\n').at(-1) || message))
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

/** Downloads the packages with everything that they need: to this apt, nothing is installed. */
async function download(scratch: string, mirror: string): Promise<string[]> {
  for (const name of ['lists/partial', 'cache/archives/partial'])
    mkdirSync(join(scratch, name), { recursive: true })
  writeFileSync(join(scratch, 'status'), '')
  writeFileSync(join(scratch, 'sources.list'), `deb [signed-by=${KEYRING}] ${mirror} sid main\n`)
  const options = [
    `Dir::Etc::sourcelist=${join(scratch, 'sources.list')}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(scratch, 'lists')}`,
    `Dir::Cache=${join(scratch, 'cache')}`,
    `Dir::State::status=${join(scratch, 'status')}`,
    'Debug::NoLocking=1',
    'Acquire::Languages=none',
    'APT::Sandbox::User=root',
  ].flatMap((option) => ['-o', option])
  const apt = (...args: string[]) => run('apt-get', ['-q', ...options, ...args], { maxBuffer: 64 << 20 })
  await apt('update')
  await apt('-y', '--no-install-recommends', '--download-only', 'install', ...PACKAGES)
  const archives = join(scratch, 'cache/archives')
  return readdirSync(archives)
    .filter((name) => name.endsWith('.deb') && !UNUSED.test(basename(name)))
    .map((name) => join(archives, name))
}

/** The server starts through the loader of its own C library, and needs the paths of its files. */
function writeLauncher(root: string, folder: string): void {
  const triplet = { x64: 'x86_64-linux-gnu', arm64: 'aarch64-linux-gnu' }[process.arch as string]
  const loader = { x64: 'ld-linux-x86-64.so.2', arm64: 'ld-linux-aarch64.so.1' }[process.arch as string]
  if (!triplet || !loader) throw new Error(`no packages are known for ${process.arch}`)
  const libraries = ['usr/lib', 'lib']
    .map((name) => `${name}/${triplet}`)
    .filter((name) => existsSync(join(root, name)))
  const loaderFolder = libraries.find((name) => existsSync(join(root, name, loader)))
  if (!loaderFolder) throw new Error(`${loader} is in none of the packages`)
  const path = [...libraries, `usr/lib/${triplet}/mysql/private`].map((name) => join(folder, name)).join(':')
  const usr = join(folder, 'usr')
  const launcher = launcherOf(root)
  mkdirSync(join(launcher, '..'), { recursive: true })
  writeFileSync(
    launcher,
    `#!/bin/sh
exec '${join(folder, loaderFolder, loader)}' --library-path '${path}' '${usr}/sbin/mysqld' "$@" \\
  '--lc-messages-dir=${usr}/share/mysql' '--plugin-dir=${usr}/lib/mysql/plugin' --secure-file-priv=NULL
`,
  )
  chmodSync(launcher, 0o755)
}

/** The mirror of Debian that this machine uses anyway. */
function debianMirror(): string {
  const folder = '/etc/apt'
  const parts = existsSync(join(folder, 'sources.list.d')) ? readdirSync(join(folder, 'sources.list.d')) : []
  const files = ['sources.list', ...parts.map((name) => `sources.list.d/${name}`)]
  const text = files
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n')
  const uris = text.match(/https?:\/\/[^\s\]]+/g) ?? []
  const mirror = uris.find((uri) => /\/debian\/?$/.test(uri) && !/snapshot|security/.test(uri))
  if (!mirror || !existsSync(KEYRING)) throw new ServerUnusableError(help('this machine is no Debian'))
  return mirror
}

/** Makes the empty data folder of a private server. */
import { execFile } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { promisify } from 'node:util'
import type { ServerProgram } from './find-server.ts'

/** As root the server refuses to run unless `--user=root` says that it is meant. */
export function userFlag(): string[] {
  return process.getuid?.() === 0 ? ['--user=root'] : []
}

/** Where the programs find their messages and plugins when they were unpacked to a folder of their own. */
export function baseDirFlag({ baseDir }: ServerProgram): string[] {
  return baseDir === undefined ? [] : [`--basedir=${baseDir}`]
}

/**
 * A temporary folder of its own: a server that starts removes what others have in a shared one, also the tables that
 * another server is just using.
 */
export function temporaryFlag(folder: string): string {
  return `--tmpdir=${folder}`
}

/** Flags of the redo log: small, so that a data folder costs 26 MB and a copy of it 30 ms. `loose`: not known before MySQL 8.0.30. */
export function logFileFlag({ flavor }: ServerProgram): string[] {
  return flavor === 'mariadb' ? ['--innodb-log-file-size=8M'] : ['--loose-innodb-redo-log-capacity=8M']
}

/**
 * Fills `folder`, which must not exist yet. It is made under another name and renamed at the end, so that an
 * interrupted start leaves no half-made data behind.
 */
export async function createDataFolder(program: ServerProgram, folder: string): Promise<void> {
  mkdirSync(dirname(folder), { recursive: true })
  const scratch = mkdtempSync(`${folder}.new-`)
  const data = join(scratch, 'data')
  const temporary = join(scratch, 'tmp')
  try {
    mkdirSync(temporary)
    await initialise(program, data, temporary)
    moveInto(data, folder)
  } finally {
    rmSync(scratch, { recursive: true, force: true })
  }
}

async function initialise(program: ServerProgram, data: string, temporary: string): Promise<void> {
  const common = [...baseDirFlag(program), ...userFlag(), `--datadir=${data}`, temporaryFlag(temporary)]
  const [command, args] =
    program.flavor === 'mysql'
      ? [program.binary, ['--no-defaults', ...common, ...logFileFlag(program), '--initialize-insecure']]
      : [
          program.installDb as string,
          [
            '--no-defaults',
            ...common,
            ...logFileFlag(program),
            '--auth-root-authentication-method=normal',
            '--skip-test-db',
            '--skip-name-resolve',
          ],
        ]
  await promisify(execFile)(command, args, { timeout: 300_000, maxBuffer: 16 << 20 }).catch((error) => {
    const output = `${error.stdout ?? ''}\n${error.stderr ?? ''}`.trim().split('\n').slice(-8).join('\n')
    throw new Error(`The database could not make its data folder (${command}):\n${output || error.message}`)
  })
}

/** Another process may have made the same folder meanwhile: its work is as good. */
function moveInto(data: string, folder: string): void {
  try {
    renameSync(data, folder)
  } catch (error) {
    if (!existsSync(folder)) throw error
  }
}

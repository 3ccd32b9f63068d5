/** Installs Debian and Ubuntu packages where that works non-interactively: as root or with passwordless sudo. */
import { execFile, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** What to put before `apt-get`: nothing for root, `sudo -n` where it asks no password, undefined elsewhere. */
export async function rootPrefix(): Promise<string[] | undefined> {
  if (!existsSync('/usr/bin/apt-get')) return undefined
  if (process.getuid?.() === 0) return []
  const mayBeRoot = await run('sudo', ['-n', 'true'], { timeout: 10_000 }).then(
    () => true,
    () => false,
  )
  return mayBeRoot ? ['sudo', '-n'] : undefined
}

/** Installs packages, nothing that they merely recommend. @throws Error when apt-get fails */
export async function aptInstall(asRoot: string[], packages: readonly string[]): Promise<void> {
  const apt = [
    ...asRoot,
    'env',
    'DEBIAN_FRONTEND=noninteractive',
    'apt-get',
    '-q',
    '-o',
    'DPkg::Lock::Timeout=300',
  ]
  const install = [...apt, 'install', '-y', '--no-install-recommends', ...packages]
  // A fresh machine has no package lists, one in use has them: asking for them first would cost the second a minute.
  const isKnown = await run('apt-cache', ['show', packages[0] ?? '']).then(
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

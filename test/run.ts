/**
 * `npm test [-- pattern …]`: lint, types, build, then every test file on one private database server. With
 * patterns, only the test files whose path contains one of them, without lint and types; `--tests-only` leaves
 * those two out for all files. `--engine=mysql` (`npm run test:mysql`) runs the files that touch a database, all or
 * those of the patterns, on a real MySQL.
 */
import type { ChildProcess } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join, relative } from 'node:path'
import { variables } from '#shared/config'
import { buildAdminPage } from '../admin/build.ts'
import { ServerUnusableError } from '../local/database/find-server.ts'
import { serverOf } from '../local/database/install-server.ts'
import { onStop, PlainError, runStep } from '../local/steps.ts'
import { buildIfChanged } from '../scf/build.ts'
import { buildStorefront } from '../storefront/build.ts'
import { touchesDatabase } from './helpers/imports.ts'
import { type PrivateServer, startPrivateServer, sweepTestServers } from './helpers/private-server.ts'

const root = join(import.meta.dirname, '..')
/** A single test that takes this long hangs; the slowest takes seconds. */
const TEST_LIMIT_MS = 10 * 60_000

let current: ChildProcess | undefined
let server: PrivateServer | undefined

onStop(async () => {
  current?.kill('SIGTERM')
  await server?.stop()
})

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const isPlain = error instanceof PlainError || error instanceof ServerUnusableError
  console.error(isPlain ? `\n✖ ${error.message}` : error)
  process.exitCode = 1
}
await server?.stop()
process.exit()

async function main(args: string[]): Promise<number> {
  const patterns = args.filter((arg) => !arg.startsWith('--'))
  const isMysql = args.includes('--engine=mysql')
  const isWhole = patterns.length === 0 && !args.includes('--tests-only') && !isMysql
  const files = testFiles(join(root, 'test'))
    .filter((file) => patterns.length === 0 || patterns.some((pattern) => file.includes(pattern)))
    .filter((file) => !isMysql || touchesDatabase(join(root, file)))
  if (files.length === 0) throw new PlainError(`No test file matches ${patterns.join(' ') || '*.test.ts'}`)
  if (isWhole) {
    await check('Lint', 'lint')
    await check('Types', 'typecheck')
  }
  await timed('Build', () => buildIfChanged())
  if (files.some((file) => /storefront|e2e/.test(file)))
    await timed('Storefront', () => buildStorefront({ demo: true }))
  await timed('Shopkeeper’s page', () => buildAdminPage({ local: true }))
  server = await timed('Database', async () => {
    await sweepTestServers()
    // Everything that starts a server in this run takes this one, here and in the tests' processes.
    if (isMysql) process.env.MARIADB_BIN = (await serverOf('mysql', progress)).binary
    return startPrivateServer({ onProgress: progress })
  })
  return runTests(files, server.url)
}

function testFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => relative(root, join(folder, name)))
    .sort()
}

/** The tests see none of the shop's settings from the caller's environment, so they give the same result everywhere. */
function testEnvironment(databaseServer: string): NodeJS.ProcessEnv {
  const env: NodeJS.ProcessEnv = { ...process.env, TEST_DATABASE_SERVER: databaseServer }
  const legacyNames = Object.values(variables).flatMap(({ legacyName }) => legacyName ?? [])
  const ofLocal = ['PORT', 'WX_SIM_PORT', 'SMS_SIM_PORT', 'COS_SIM_PORT', 'WX_NOTIFY_SPEED', 'LOG']
  for (const name of [...Object.keys(variables), ...legacyNames, ...ofLocal]) {
    delete env[name]
  }
  if (process.stdout.isTTY) env.FORCE_COLOR ??= '1'
  return env
}

async function runTests(files: string[], databaseServer: string): Promise<number> {
  heading(`Tests (${files.length} files)`)
  const args = [
    '--import',
    'tsx',
    '--test',
    '--test-reporter=spec',
    '--test-concurrency=2',
    `--test-timeout=${TEST_LIMIT_MS}`,
  ]
  const { child, done } = runStep(process.execPath, [...args, ...files], {
    cwd: root,
    env: testEnvironment(databaseServer),
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  current = child
  let tail = ''
  child.stdout?.on('data', (chunk: Buffer) => {
    process.stdout.write(chunk)
    tail = (tail + chunk.toString()).slice(-200_000)
  })
  const code = await done
  // node --test is content when it finds nothing to run.
  const passed = Number([...tail.matchAll(/^\D*pass (\d+)\D*$/gm)].at(-1)?.[1] ?? 0)
  if (code === 0 && passed === 0) throw new PlainError('No test ran')
  return code
}

/** Runs an npm script that must succeed. */
async function check(name: string, script: string): Promise<void> {
  await timed(name, async () => {
    const step = runStep('npm', ['run', '--silent', script], { cwd: root })
    current = step.child
    if ((await step.done) !== 0) throw new PlainError(`${name} failed: npm run ${script}`)
  })
}

async function timed<T>(name: string, action: () => Promise<T>): Promise<T> {
  heading(name)
  const start = performance.now()
  const result = await action()
  console.log(`  ${name} took ${((performance.now() - start) / 1000).toFixed(1)} s`)
  return result
}

function progress(text: string): void {
  console.log(`  ${text}`)
}

function heading(text: string): void {
  console.log(`\n▶ ${text}`)
}

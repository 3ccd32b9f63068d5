/**
 * `npm start [-- --host [address]] [--web] [--mysql] [--replicas n] [--tutorial]`: the whole shop on this machine, from
 * an empty checkout to a summary of what to try. `--web` runs every function with a path as a web function, `--mysql` the
 * private database on a real MySQL, `--replicas` on a primary with n replicas, whose data is kept apart, `--tutorial` serves the
 * tutorial's published storefronts as they are. Ctrl-C or SIGTERM ends it and all that it started.
 */
import { parseArgs } from 'node:util'
import { stop as stopEsbuild } from 'esbuild'
import { buildAdminPage } from '../admin/build.ts'
import { buildIfChanged } from '../scf/build.ts'
import { buildStorefront } from '../storefront/build.ts'
import { phoneUrl } from './address.ts'
import { consoleLog, paint } from './console.ts'
import type { Engine } from './database/install-server.ts'
import { type OpenDatabase, openDatabase } from './database/open-database.ts'
import { openReplicated } from './database/open-replicated.ts'
import { isPortFree } from './database/port.ts'
import { prepareDemoLogin } from './demo-account.ts'
import { prepareDemoOwner } from './demo-owner.ts'
import { pictureFolder } from './pictures.ts'
import { openShop, type Shop } from './shop.ts'
import { onStop, PlainError } from './steps.ts'
import { summary } from './summary.ts'

type Ports = { shop: number; wechat: number; sms: number; cos: number }

/** What comes every five minutes on the platform comes so often here. */
const TIMERS_OFTEN_MS = 15_000

const closers: (() => Promise<void>)[] = []
let isStopping = false

const starting = start()
onStop(
  async () => {
    isStopping = true
    console.log('\nStopping…')
    // What is just being started can only be ended when it is there.
    await starting.catch(() => {})
    await closeAll()
    console.log('Stopped.')
  },
  () => 0,
)

try {
  await starting
} catch (error) {
  if (!isStopping) {
    await closeAll()
    console.error(
      `\n✖ ${error instanceof PlainError || process.env.DEBUG === undefined ? messageOf(error) : stackOf(error)}`,
    )
    process.exit(1)
  }
}

async function start(): Promise<void> {
  const { host, ports, web, engine, replicas, tutorial } = readSettings()
  await checkPorts(ports, host)
  const database = await whileGoingOn('Preparing database and build', () =>
    prepare(ports, { host, engine, replicas }),
  )
  closers.push(database.stop)
  await stopEsbuild() // its service process would stay as long as this one
  endIfStopping()

  const log = consoleLog(process.env.LOG)
  let isOpen = false
  const shop = await openShop({
    databaseUrl: database.url,
    env: {
      ...demoDefaults(host, ports, tutorial),
      ...process.env,
      ...(database.replicaUrls && { DATABASE_REPLICA_URLS: database.replicaUrls.join() }),
    },
    ports,
    host,
    pictureFolder: pictureFolder(databaseName(ports)),
    web,
    timers: true,
    timersOftenMs: TIMERS_OFTEN_MS,
    refunds: true,
    notifySpeed: positiveNumber('WX_NOTIFY_SPEED', 1),
    onAccess: (access) => isOpen && log.access(access),
    onLog: log.functionLine,
    onFailure: log.failure,
    onSimulator: log.simulator,
  }).catch((error) => {
    throw error.code === 'EADDRINUSE' ? new PlainError(`Port ${error.port} is in use.`) : error
  })
  closers.push(shop.close)
  endIfStopping()

  const report = String(await whileGoingOn('Applying migrations', () => shop.migrate()))
  // Without the list of files: nobody who starts a shop wants to read thirty names.
  for (const line of report.split('\n').filter((line) => !line.startsWith('  +'))) progress(line)
  endIfStopping()
  const problem = await whileGoingOn('Preparing the demo login', () => demoLogin(shop))
  const ownerProblem = await prepareDemoOwner(shop).catch((error: Error) => error.message)
  endIfStopping()
  isOpen = true
  const seconds = performance.now() / 1000 // since the process began, with the installation of packages
  console.log(
    summary({
      shop,
      phone: phoneUrl(host, ports.shop),
      database: database.url,
      replicas: database.replicaUrls,
      tutorial,
      isPrivate: !process.env.DATABASE_URL,
      problem,
      ownerProblem,
      seconds,
    }),
  )
}

/** The server starts and the functions are built at once; a failure of one still lets the other be ended. */
async function prepare(
  ports: Ports,
  { host, engine, replicas }: { host: string; engine: Engine; replicas: number },
): Promise<OpenDatabase> {
  const name = databaseName(ports)
  const [database, ...builds] = await Promise.allSettled([
    replicas > 0
      ? openReplicated({ name, engine, replicas, onProgress: progress })
      : openDatabase({ name, engine, onProgress: progress }),
    buildIfChanged(),
    buildStorefront({ demo: true }),
    buildAdminPage({ local: true, store: process.env.COS_BUCKET_URL || phoneUrl(host, ports.cos) }),
  ])
  const failed = [database, ...builds].find((result) => result.status === 'rejected')
  if (failed === undefined) return (database as PromiseFulfilledResult<OpenDatabase>).value
  if (database.status === 'fulfilled') closers.push(database.value.stop)
  throw (failed as PromiseRejectedResult).reason
}

function databaseName(ports: Ports): string {
  return ports.shop === 3000 ? 'letao' : `letao_${ports.shop}`
}

async function demoLogin(shop: Shop): Promise<string | undefined> {
  return prepareDemoLogin(shop).catch((error: Error) => error.message)
}

async function closeAll(): Promise<void> {
  for (const close of closers.splice(0).reverse()) await close()
}

function endIfStopping(): void {
  if (isStopping) throw new PlainError('stopped')
}

/** What a shop on this machine has unless its owner set it. */
function demoDefaults(host: string, ports: Ports, tutorial: boolean): Record<string, string> {
  return {
    // A front end on another port shows the pictures, too.
    ASSET_BASE_URL: phoneUrl(host, ports.shop) ?? `http://localhost:${ports.shop}`,
    ...(tutorial && { TUTORIAL_CLIENTS: 'on', SMS_ECHO_CODE: 'true' }),
  }
}

function readSettings(): {
  host: string
  ports: Ports
  web: boolean
  engine: Engine
  replicas: number
  tutorial: boolean
} {
  const args = process.argv.slice(2)
  // `--host` alone opens the shop to the local network.
  const bare = args.indexOf('--host')
  if (bare >= 0 && (args[bare + 1] === undefined || args[bare + 1]?.startsWith('-')))
    args.splice(bare, 1, '--host=0.0.0.0')
  const { values } = parseArgs({
    args,
    options: {
      host: { type: 'string', default: '127.0.0.1' },
      web: { type: 'boolean', default: false },
      mysql: { type: 'boolean', default: false },
      replicas: { type: 'string', default: '0' },
      tutorial: { type: 'boolean', default: false },
    },
  })
  const shop = portOf('PORT', 3000)
  return {
    host: values.host,
    web: values.web,
    tutorial: values.tutorial,
    engine: values.mysql ? 'mysql' : 'default',
    replicas: replicaCount(values.replicas),
    ports: {
      shop,
      wechat: portOf('WX_SIM_PORT', shop + 1),
      sms: portOf('SMS_SIM_PORT', shop + 2),
      cos: portOf('COS_SIM_PORT', shop + 3),
    },
  }
}

function replicaCount(text: string): number {
  if (!/^[0-4]$/.test(text)) throw new PlainError(`--replicas ${text} must be a number from 0 to 4.`)
  if (text !== '0' && process.env.DATABASE_URL)
    throw new PlainError('--replicas is for the private database: DATABASE_URL names another one.')
  return Number(text)
}

function portOf(name: string, fallback: number): number {
  const text = process.env[name]
  if (!text) return fallback
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new PlainError(`${name}=${text} is no port number.`)
  return port
}

function positiveNumber(name: string, fallback: number): number {
  const number = Number(process.env[name] || fallback)
  if (!(number > 0)) throw new PlainError(`${name}=${process.env[name]} must be a number above 0.`)
  return number
}

/** Said before anything slow is done. */
async function checkPorts(ports: Ports, host: string): Promise<void> {
  const named = [
    { name: 'PORT', port: ports.shop, at: host },
    { name: 'WX_SIM_PORT', port: ports.wechat, at: host },
    { name: 'SMS_SIM_PORT', port: ports.sms, at: host },
    { name: 'COS_SIM_PORT', port: ports.cos, at: host },
  ]
  for (const { name, port, at } of named) {
    if (named.some((other) => other.name !== name && other.port === port)) {
      throw new PlainError(
        `Port ${port} is asked for twice: ${named.map((entry) => `${entry.name}=${entry.port}`).join(' ')}.`,
      )
    }
    if (!(await isPortFree(port, at))) {
      throw new PlainError(
        `Port ${port} is in use; choose another with ${name}=… (as in: ${name}=${port + 100} npm start).`,
      )
    }
  }
}

function progress(text: string): void {
  console.log(`  ${text}`)
}

async function whileGoingOn<T>(what: string, action: () => Promise<T>): Promise<T> {
  console.log(`${paint('cyan', '▶')} ${what}…`)
  return action()
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

/**
 * How many requests a second does one warm instance of homeFeeds answer, beside bare node:http and mysql2 with the
 * same statement? Client, servers and database share the machine; the servers take turns, so only ratios count.
 *
 * `npm run bench -- warm [seconds per turn]`
 */
import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { Agent, get } from 'node:http'
import { join } from 'node:path'
import { machine, median, quantile, table } from './figures.ts'
import { openShopDatabase, root } from './shop-database.ts'

const CONNECTIONS = 10
const TURNS = 5
const DEFAULT_SECONDS = 2

interface Target {
  name: string
  child: ChildProcess
  port: number
  perSecond: number[]
  latencies: number[]
}

async function startTarget(
  name: string,
  script: string,
  args: string[],
  env: Record<string, string>,
): Promise<Target> {
  const child = fork(join(root, 'bench', script), args, { env, execArgv: [], cwd: root })
  const [port] = (await once(child, 'message')) as [number]
  return { name, child, port, perSecond: [], latencies: [] }
}

/** Keeps every connection busy for so long; gives the latency of each answer in ms. */
async function drive(port: number, seconds: number): Promise<number[]> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS })
  const latencies: number[] = []
  const end = performance.now() + seconds * 1000
  const worker = async () => {
    while (performance.now() < end) {
      const begun = performance.now()
      await request(port, agent)
      latencies.push(performance.now() - begun)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, worker))
  agent.destroy()
  return latencies
}

function request(port: number, agent: Agent): Promise<void> {
  return new Promise((resolve, reject) => {
    get({ port, host: '127.0.0.1', path: '/banners', agent }, (response) => {
      if (response.statusCode !== 200) reject(new Error(`HTTP ${response.statusCode}`))
      response.on('data', () => {})
      response.on('end', resolve)
    }).on('error', reject)
  })
}

/** Drives each server in turn; gives a table whose ratios are to bare mysql2 with one connection in the same run. */
export async function warm(seconds = DEFAULT_SECONDS): Promise<string> {
  const database = await openShopDatabase()
  const { env } = database
  const targets = [
    await startTarget('bare node:http and mysql2, 1 connection', 'serve-bare.cjs', ['1'], env),
    await startTarget('bare node:http and mysql2, 10 connections', 'serve-bare.cjs', ['10'], env),
    await startTarget(
      'homeFeeds, 1 request at a time',
      'serve-function.cjs',
      [join(root, 'dist/homeFeeds/index.js')],
      env,
    ),
  ]
  for (const { port } of targets) await drive(port, 1)
  for (let turn = 0; turn < TURNS; turn++) {
    for (const target of targets) {
      const begun = performance.now()
      const latencies = await drive(target.port, seconds)
      target.perSecond.push((latencies.length * 1000) / (performance.now() - begun))
      target.latencies.push(...latencies)
    }
  }
  for (const { child } of targets) child.kill()
  await database.stop()

  const floor = median(targets[0]?.perSecond ?? [])
  const rows = targets.map(({ name, perSecond, latencies }) => [
    name,
    median(perSecond).toFixed(0),
    `${(median(perSecond) / floor).toFixed(2)}x`,
    median(latencies).toFixed(1),
    quantile(latencies, 0.99).toFixed(1),
  ])
  const title = `GET /banners, ${CONNECTIONS} clients, median of ${TURNS} turns of ${seconds} s. ${machine()}`
  return `${title}\n\n${table(['server', 'requests/s', 'to bare', 'p50 ms', 'p99 ms'], rows)}`
}

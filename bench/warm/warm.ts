/**
 * How many requests per second does the shop answer, warm, beside what people use? Clients, servers and database share
 * the machine; the servers take turns, so that a busy moment hits all of them: only ratios count.
 *
 * `npm run bench -- warm [--quick]`
 */
import { join } from 'node:path'
import { barChart } from '../kit/chart.ts'
import { type Server, startServer, stopServer } from '../kit/child.ts'
import { cpuMs, machine, median, quantile, residentMb, table } from '../kit/figures.ts'
import { writeResults } from '../kit/results.ts'
import { openShopDatabase, root, type ShopDatabase } from '../kit/shop-database.ts'
import { type Cell, reportCost } from './cost.ts'
import { type Call, drive } from './drive.ts'

interface Question {
  name: string
  title: string
  /** The function that answers it. */
  bundle: string
  /** Variables of the function. */
  env?: Record<string, string>
  calls: (shop: ShopDatabase) => Call[]
}

const questions: readonly Question[] = [
  {
    name: 'banners',
    title: 'GET /banners (a feed), FEED_CACHE_SECONDS=5',
    bundle: 'homeFeeds',
    env: { FEED_CACHE_SECONDS: '5' },
    calls: () => [{ method: 'GET', path: '/banners' }],
  },
  {
    name: 'banners-uncached',
    title: 'GET /banners (a feed), FEED_CACHE_SECONDS=0',
    bundle: 'homeFeeds',
    env: { FEED_CACHE_SECONDS: '0' },
    calls: () => [{ method: 'GET', path: '/banners' }],
  },
  {
    name: 'queryOrder',
    title: 'POST /queryOrder (a paid order)',
    bundle: 'queryOrder',
    calls: (shop) =>
      shop.paidOrders.map((out_trade_no) => ({
        method: 'POST',
        path: '/queryOrder',
        headers: { authorization: `Bearer ${shop.token}`, 'content-type': 'application/json' },
        body: JSON.stringify({ out_trade_no }),
      })),
  },
  {
    name: 'notify',
    title: 'POST /pay/notify (WeChat repeats itself)',
    bundle: 'wxNotify',
    calls: (shop) =>
      shop.notifies.map((body) => ({
        method: 'POST',
        path: '/pay/notify',
        headers: { 'content-type': 'text/xml' },
        body,
      })),
  },
]

const peers = [
  { name: 'Koa 2 + mysql (the tutorial)', file: 'koa.cjs' },
  { name: 'Fastify 5 + mysql2', file: 'fastify.cjs' },
  { name: 'node:http + mysql2 (floor)', file: 'bare.cjs' },
] as const

/** Measures every question at every number of connections, all servers in turn. */
export async function warm({ quick }: { quick: boolean }): Promise<void> {
  const turns = quick ? 2 : 5
  const seconds = quick ? 0.5 : 2
  const shop = await openShopDatabase()
  const cells: Cell[] = []
  try {
    for (const question of questions) {
      for (const connections of [1, 10, 50]) {
        const servers = await startAll(question, connections, shop)
        try {
          cells.push(...(await measure(question, connections, servers, shop, { turns, seconds })))
        } finally {
          await Promise.all(servers.map(stopServer))
        }
        console.log(`  ${question.name}, ${connections} connections: done`)
      }
    }
  } finally {
    await shop.stop()
  }
  report(cells, { turns, seconds })
  reportCost(cells)
}

/** As many warm instances as there are connections, up to ten; the peers have a pool of ten. */
function startAll(question: Question, connections: number, shop: ShopDatabase): Promise<Server[]> {
  const instances = String(Math.min(connections, 10))
  const bundle = join(root, 'dist', question.bundle)
  return Promise.all([
    startServer('Letao', join(import.meta.dirname, 'serve-function.cjs'), [bundle, instances], {
      ...shop.env,
      ...question.env,
    }),
    ...peers.map(({ name, file }) =>
      startServer(name, join(root, 'bench/peers', file), [instances], shop.env),
    ),
  ])
}

async function measure(
  question: Question,
  connections: number,
  servers: readonly Server[],
  shop: ShopDatabase,
  { turns, seconds }: { turns: number; seconds: number },
): Promise<Cell[]> {
  const calls = question.calls(shop)
  let index = 0
  const next = () => calls[index++ % calls.length] as Call
  const samples = servers.map(() => ({ perSecond: [] as number[], latencies: [] as number[], cpuMs: 0 }))
  for (const { port } of servers) await drive(port, { connections, seconds: seconds / 2, next })
  for (let turn = 0; turn < turns; turn++) {
    for (const [at, { port, child }] of servers.entries()) {
      const sample = samples[at]
      if (!sample) continue
      const [begun, cpuBefore] = [performance.now(), cpuMs(child.pid)]
      const latencies = await drive(port, { connections, seconds, next })
      sample.perSecond.push((latencies.length * 1000) / (performance.now() - begun))
      sample.cpuMs += cpuMs(child.pid) - cpuBefore
      sample.latencies.push(...latencies)
    }
  }
  return servers.map(({ name, child }, at) => {
    const { perSecond = [], latencies = [], cpuMs: spent = 0 } = samples[at] ?? {}
    return {
      question: question.name,
      server: name,
      connections,
      perSecond: median(perSecond),
      p50: median(latencies),
      p99: quantile(latencies, 0.99),
      noise: Math.max(...perSecond) / Math.min(...perSecond),
      rssMb: residentMb(child.pid),
      cpuMs: spent / latencies.length,
    }
  })
}

function report(cells: readonly Cell[], { turns, seconds }: { turns: number; seconds: number }): void {
  const parts: string[] = [
    `Median of ${turns} turns of ${seconds} s. ${machine()}. "to Koa" and "to floor" are requests per second in the same run; noise is the fastest turn over the slowest.`,
  ]
  const plots: Record<string, string> = {}
  for (const { name, title } of questions) {
    const own = cells.filter(({ question }) => question === name)
    const of = (server: string, connections: number) =>
      own.find((cell) => cell.server === server && cell.connections === connections)?.perSecond ?? Number.NaN
    const rows = own.map((cell) => [
      String(cell.connections),
      cell.server,
      cell.perSecond.toFixed(0),
      `${(cell.perSecond / of(peers[0].name, cell.connections)).toFixed(2)}x`,
      `${(cell.perSecond / of(peers[2].name, cell.connections)).toFixed(2)}x`,
      cell.p50.toFixed(1),
      cell.p99.toFixed(1),
      cell.rssMb.toFixed(0),
      cell.cpuMs.toFixed(2),
      cell.noise.toFixed(2),
    ])
    const head = [
      'connections',
      'server',
      'req/s',
      'to Koa',
      'to floor',
      'p50 ms',
      'p99 ms',
      'RSS MB',
      'CPU ms',
      'noise',
    ]
    parts.push(`### ${title}`, table(head, rows))
    const bars = own
      .filter(({ connections }) => connections === 10)
      .map(({ server, perSecond }) => ({
        label: server,
        value: Math.round(perSecond),
        own: server === 'Letao',
      }))
    plots[`warm-${name}`] = barChart(`${title}, 10 connections, requests per second`, bars)
  }
  const text = parts.join('\n\n')
  console.log(`\n${text}`)
  writeResults({ name: 'warm', title: 'Warm', text, plots, raw: cells })
}

/**
 * How long from starting a process to its first answer? Each function with its compiled code beside it and without,
 * beside a bare script of the same work, Koa and Fastify. Fresh processes in turn, so that a busy moment of the machine
 * hits all alike; the first rounds are not counted.
 *
 * `npm run bench -- cold [--quick]`
 */
import { spawn } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { barChart } from '../kit/chart.ts'
import { machine, median, quantile, table } from '../kit/figures.ts'
import { writeResults } from '../kit/results.ts'
import { BENCH_USER, openShopDatabase, root, type ShopDatabase } from '../kit/shop-database.ts'

export interface Variant {
  name: string
  /** Which work: ratios are to the bare script of the same. */
  work: string
  args: string[]
  isFloor?: true
  isOwn?: true
  /** What the function is meant to reach, as a ratio. */
  target?: number
  /** Size of the bundle. */
  bytes?: number
}

export interface Sample {
  ms: number
  loadMs: number
  callMs: number
  rssMb: number
}

export const WARM_UPS = 2

export interface Work {
  work: string
  bundle: string
  target: number
  event: object
  floorArgs: string[]
  peers: boolean
}

/** What is measured, with its event. */
export function works(shop: ShopDatabase): Work[] {
  const json = { 'content-type': 'application/json' }
  const [order = ''] = shop.paidOrders
  const [notify = ''] = shop.notifies
  const { username, password } = BENCH_USER
  return [
    {
      work: 'feed',
      bundle: 'homeFeeds',
      target: 0.8,
      event: { httpMethod: 'GET', path: '/banners', headers: {}, body: '' },
      floorArgs: [],
      peers: true,
    },
    {
      work: 'feed',
      bundle: 'categories',
      target: 0.8,
      event: { httpMethod: 'GET', path: '/oneCategory', headers: {}, body: '' },
      floorArgs: [],
      peers: false,
    },
    {
      work: 'query',
      bundle: 'queryOrder',
      target: 0.8,
      event: {
        httpMethod: 'POST',
        path: '/queryOrder',
        headers: { ...json, authorization: `Bearer ${shop.token}` },
        body: JSON.stringify({ out_trade_no: order }),
      },
      floorArgs: [order, shop.token],
      peers: true,
    },
    {
      work: 'notify',
      bundle: 'wxNotify',
      target: 0.9,
      event: {
        httpMethod: 'POST',
        path: '/pay/notify',
        headers: { 'content-type': 'text/xml' },
        body: notify,
      },
      floorArgs: [notify],
      peers: true,
    },
    {
      work: 'login',
      bundle: 'login',
      target: 0.9,
      event: {
        httpMethod: 'POST',
        path: '/login',
        headers: { ...json, 'x-scf-remote-addr': '203.0.113.9' },
        body: JSON.stringify({ username, password }),
      },
      floorArgs: [],
      peers: false,
    },
  ]
}

function variants(shop: ShopDatabase, plain: string): Variant[] {
  const bare = join(import.meta.dirname, 'bare.cjs')
  const run = join(import.meta.dirname, 'function.cjs')
  const serve = join(import.meta.dirname, 'server.cjs')
  const all: Variant[] = [
    { name: 'node -e 0', work: 'feed', args: ['-e', 'console.log(JSON.stringify({ status: 200 }))'] },
  ]
  for (const { work, bundle, target, event, floorArgs, peers } of works(shop)) {
    const file = join(root, 'dist', bundle, 'index.js')
    const { httpMethod: method, path, headers, body } = event as Record<string, string>
    const call = JSON.stringify({ method, path, headers, body })
    if (!all.some((variant) => variant.isFloor && variant.work === work))
      all.push({ name: `bare script: ${work}`, work, args: [bare, work, ...floorArgs], isFloor: true })
    const bytes = statSync(file).size
    all.push(
      { name: bundle, work, args: [run, file, JSON.stringify(event)], bytes, target, isOwn: true },
      {
        name: `${bundle}, no index.cache`,
        work,
        args: [run, join(plain, bundle, 'index.js'), JSON.stringify(event)],
        bytes,
      },
    )
    if (!peers) continue
    for (const [name, peer] of [
      ['Koa', 'koa.cjs'],
      ['Fastify', 'fastify.cjs'],
    ] as const)
      all.push({ name: `${name}: ${work}`, work, args: [serve, join(root, 'bench/peers', peer), call] })
  }
  return all
}

/** Starts one process and stops the clock at the first byte of its answer. */
export function measure(variant: Variant, env: Record<string, string>): Promise<Sample> {
  return new Promise((resolve, reject) => {
    const begun = process.hrtime.bigint()
    const child = spawn(process.execPath, variant.args, {
      cwd: root,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let ms: number | undefined
    let text = ''
    child.stdout.on('data', (chunk: Buffer) => {
      ms ??= Number(process.hrtime.bigint() - begun) / 1e6
      text += chunk.toString()
    })
    child.once('error', reject)
    child.once('close', () => {
      const figures = JSON.parse(text.trim().split('\n').at(-1) || '{}') as Partial<Sample> & {
        status?: number
      }
      if (ms === undefined || figures.status !== 200) reject(new Error(`${variant.name} answered ${text}`))
      else
        resolve({ ms, loadMs: figures.loadMs ?? 0, callMs: figures.callMs ?? 0, rssMb: figures.rssMb ?? 0 })
    })
  })
}

/** A copy of the bundles without their compiled code. */
function copyPlain(): string {
  const folder = mkdtempSync(join(tmpdir(), 'letao-bench-'))
  cpSync(join(root, 'dist'), folder, { recursive: true, filter: (name) => !name.endsWith('.cache') })
  return folder
}

/** Measures all variants in turn; ratios are to the bare script of the same work in the same run. */
export async function coldStart({ quick }: { quick: boolean }): Promise<void> {
  const rounds = quick ? 5 : 21
  const shop = await openShopDatabase()
  const plain = copyPlain()
  const all = variants(shop, plain).map((variant) => ({ variant, samples: [] as Sample[] }))
  try {
    for (let round = -WARM_UPS; round < rounds; round++) {
      for (const { variant, samples } of all) {
        const sample = await measure(variant, shop.env)
        if (round >= 0) samples.push(sample)
      }
      if (round >= 0) console.log(`  round ${round + 1} of ${rounds}`)
    }
  } finally {
    rmSync(plain, { recursive: true, force: true })
    await shop.stop()
  }
  report(all, rounds)
}

function report(all: readonly { variant: Variant; samples: readonly Sample[] }[], rounds: number): void {
  const of = (samples: readonly Sample[], key: keyof Sample) => median(samples.map((sample) => sample[key]))
  const floorOf = (work: string) =>
    of(all.find(({ variant }) => variant.isFloor && variant.work === work)?.samples ?? [], 'ms')
  const rows = all.map(({ variant, samples }) => {
    const times = samples.map(({ ms }) => ms)
    const load = of(samples, 'loadMs')
    return [
      variant.name,
      variant.bytes === undefined ? '' : `${Math.round(variant.bytes / 1024)}`,
      of(samples, 'ms').toFixed(0),
      `${quantile(times, 0.1).toFixed(0)}–${quantile(times, 0.9).toFixed(0)}`,
      `${(of(samples, 'ms') / floorOf(variant.work)).toFixed(2)}x`,
      variant.target === undefined ? '' : `≤ ${variant.target.toFixed(2)}x`,
      load === 0 ? '' : `${load.toFixed(0)} / ${of(samples, 'callMs').toFixed(0)}`,
      of(samples, 'rssMb') === 0 ? '' : of(samples, 'rssMb').toFixed(0),
    ]
  })
  const head = ['variant', 'KiB', 'ms', 'p10–p90', 'to bare', 'target', 'load / call ms', 'RSS MB']
  const text = [
    `Spawn to first answer, median of ${rounds}. ${machine()}. Each ratio is to the bare script of the same work; p10–p90 shows the noise.`,
    table(head, rows),
  ].join('\n\n')
  const bars = all
    .filter(({ variant }) => !variant.name.startsWith('node'))
    .map(({ variant, samples }) => {
      const ratio = of(samples, 'ms') / floorOf(variant.work)
      return { label: variant.name, value: ratio, text: `${ratio.toFixed(2)}x`, own: variant.isOwn === true }
    })
  const plots = {
    'cold-start': barChart('Spawn to first answer, to the bare script of the same work', bars, {
      value: 1,
      text: 'bare script',
    }),
  }
  console.log(`\n${text}`)
  const raw = all.map(({ variant: { name, work }, samples }) => ({ name, work, samples }))
  writeResults({ name: 'cold-start', title: 'Cold start', text, plots, raw })
}

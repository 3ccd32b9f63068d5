/**
 * How long from starting a process to its first answer, beside a bare script that does no more than one SELECT?
 * Fresh processes in turn, so that a busy moment of the machine hits all alike; the first rounds are not counted.
 *
 * `npm run bench -- cold [rounds]`
 */
import { spawn } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { machine, median, quantile, table } from './figures.ts'
import { BENCH_USER, openShopDatabase, root } from './shop-database.ts'

interface Variant {
  name: string
  args: string[]
  /** Size of the bundle. */
  bytes?: number
}

interface Sample {
  ms: number
  loadMs: number
  callMs: number
  rssMb: number
}

const WARM_UPS = 2
const DEFAULT_ROUNDS = 15

const bundle = (name: string) => join(root, 'dist', name, 'index.js')

function functionVariant(name: string, shown: string, event: object): Variant {
  const args = [join(root, 'bench/start-function.cjs'), bundle(name), JSON.stringify(event)]
  return { name: shown, args, bytes: statSync(bundle(name)).size }
}

function variants(): Variant[] {
  const bare = join(root, 'bench/start-bare.cjs')
  const { username, password } = BENCH_USER
  return [
    { name: 'node -e 0', args: ['-e', 'console.log(JSON.stringify({ status: 200 }))'] },
    { name: 'bare mysql2, unbundled', args: [bare] },
    functionVariant('homeFeeds', 'homeFeeds, GET /banners', {
      httpMethod: 'GET',
      path: '/banners',
      headers: {},
    }),
    { name: 'bare mysql2 and one scrypt', args: [bare, 'scrypt'] },
    functionVariant('login', 'login, POST /login', {
      httpMethod: 'POST',
      path: '/login',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username, password }),
    }),
  ]
}

/** Starts one process and stops the clock at the first byte of its answer. */
function measure(variant: Variant, env: Record<string, string>): Promise<Sample> {
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

/** Measures all variants in turn; gives a table whose ratios are to the bare script of the same run. */
export async function coldStart(rounds = DEFAULT_ROUNDS): Promise<string> {
  const database = await openShopDatabase()
  const all = variants().map((variant) => ({ variant, samples: [] as Sample[] }))
  for (let round = -WARM_UPS; round < rounds; round++) {
    for (const { variant, samples } of all) {
      const sample = await measure(variant, database.env)
      if (round >= 0) samples.push(sample)
    }
  }
  await database.stop()

  const of = (samples: Sample[], key: keyof Sample) => median(samples.map((sample) => sample[key]))
  const floor = of(all[1]?.samples ?? [], 'ms')
  const rows = all.map(({ variant, samples }) => [
    variant.name,
    variant.bytes === undefined ? '' : `${Math.round(variant.bytes / 1024)}`,
    of(samples, 'ms').toFixed(0),
    quantile(
      samples.map(({ ms }) => ms),
      0.9,
    ).toFixed(0),
    `${(of(samples, 'ms') / floor).toFixed(2)}x`,
    of(samples, 'loadMs') === 0
      ? ''
      : `${of(samples, 'loadMs').toFixed(0)} / ${of(samples, 'callMs').toFixed(0)}`,
    of(samples, 'rssMb') === 0 ? '' : of(samples, 'rssMb').toFixed(0),
  ])
  const title = `Spawn to first answer, median of ${rounds}. ${machine()}`
  return `${title}\n\n${table(['variant', 'KiB', 'ms', 'p90', 'to bare', 'load / call ms', 'RSS MB'], rows)}`
}

/**
 * What a million requests cost on the platform, from the latencies of this run. The platform charges for calls and for
 * memory times duration, to the millisecond; amounts depend on the price list of the day.
 */
import { table } from '../kit/figures.ts'
import { writeResults } from '../kit/results.ts'

/** What one server did at one number of connections. */
export interface Cell {
  question: string
  server: string
  connections: number
  perSecond: number
  p50: number
  p99: number
  /** Highest divided by lowest turn: how noisy the machine was. */
  noise: number
  rssMb: number
  /** CPU time of the server process for one call. */
  cpuMs: number
}

/** `memorySize` of serverless.yml, in GB. */
const MEMORY_GB = 0.25
/** Of a thousand requests for feeds so many reach the functions when a CDN keeps them for a minute: an assumption. */
const CDN_MISSES = 0.05
const MILLION = 1_000_000

/** GB-seconds of a million calls that take so long each: no call is charged for less than one millisecond. */
export function gbSecondsPerMillion(ms: number, memoryGb = MEMORY_GB): number {
  return (MILLION * Math.max(1, Math.ceil(ms)) * memoryGb) / 1000
}

/** Writes the section from what one warm instance, asked by one client, needed. */
export function reportCost(cells: readonly Cell[]): void {
  const rows = cells
    .filter(({ server, connections }) => server === 'Letao' && connections === 1)
    .map(({ question, p50, cpuMs }) => {
      const all = gbSecondsPerMillion(p50)
      const isFeed = question.startsWith('banners')
      return [
        question,
        p50.toFixed(2),
        cpuMs.toFixed(2),
        all.toFixed(0),
        isFeed
          ? `${(all * CDN_MISSES).toFixed(0)}, ${(MILLION * CDN_MISSES) / 1000} thousand calls`
          : 'not cacheable',
      ]
    })
  const head = [
    'route',
    'ms (p50)',
    'CPU ms',
    'GB-s per million',
    `behind a CDN that misses ${CDN_MISSES * 100} %`,
  ]
  const text = [
    `An instance of ${MEMORY_GB * 1024} MB is charged for the time from the event to the answer, at least 1 ms, and for the call. The database stands beside it here; a zone away each round trip adds its time, and the instance is charged while it waits: multiply the round trips of test/integration/database/round-trips.test.ts by yours.`,
    table(head, rows),
  ].join('\n\n')
  console.log(`\n${text}`)
  writeResults({ name: 'cost', title: 'Cost per million requests', text, raw: rows })
}

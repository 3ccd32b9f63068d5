/**
 * Thousands of orders through the bundled functions while WeChat loses, repeats, delays and garbles, and processes are
 * killed; driven to the end, then both sides are compared to the fen.
 */
import { beijingDigits, parseBeijing } from '#shared/time'
import type { TestDatabase } from '../helpers/database.ts'
import { type Comparison, compare } from './compare.ts'
import { askRefund, bill, endRefunds, finishRefunds, reconcile, reconcileAll } from './ops.ts'
import { planShopper } from './plan.ts'
import { Shopper } from './shopper.ts'
import { openWorld, type World } from './world.ts'

export interface SoakOptions {
  orders: number
  seed: number
  db: TestDatabase
  /** Orders of one day of the virtual calendar. */
  perDay: number
  /** Shoppers at the same time. */
  concurrency?: number
  frontProcesses?: number
  onProgress?: (text: string) => void
}

export interface SoakReport extends Comparison {
  seed: number
  days: number
  seconds: number
  killed: number
  /** Payments that only a bill brought to light. */
  healed: number
  billLines: number
  billDifferences: number
  /** Faults that struck at WeChat. */
  faults: number
  counts: Map<string, number>
}

const DAY_MS = 86_400_000
const HOUR_MS = 3_600_000
const REFUND_ROUNDS = 3

export async function soak(options: SoakOptions): Promise<SoakReport> {
  const { orders, seed, db, perDay, onProgress = () => undefined } = options
  const startedAt = performance.now()
  const world = await openWorld({ seed, db, frontProcesses: options.frontProcesses ?? 2 })
  const run = new Run(world, options.concurrency ?? 24, onProgress)
  try {
    await must(world.front.invoke('migrate', {}))
    // The first day of the calendar is tomorrow, so that no clock goes backwards.
    const today = parseBeijing(`${beijingDigits(new Date()).slice(0, 8)}000000`)?.getTime() ?? 0
    const days = Math.ceil(orders / perDay)
    for (let day = 0; day < days; day++) {
      const shoppers = Array.from({ length: Math.min(perDay, orders - day * perDay) }, (_, at) => {
        return new Shopper(planShopper(seed, day * perDay + at), world)
      })
      await run.day(today + (day + 1) * DAY_MS, shoppers, `day ${day + 1} of ${days}`)
    }
    const bills = await run.end(today + DAY_MS, days)
    return {
      ...(await compare(world)),
      ...bills,
      seed,
      days,
      seconds: Math.round((performance.now() - startedAt) / 1000),
      killed: run.killed,
      healed: run.healed,
      faults: world.sim.faults.list().reduce((sum, { used }) => sum + used, 0),
      counts: world.counts,
    }
  } finally {
    await world.close()
  }
}

class Run {
  killed = 0
  healed = 0
  readonly #world: World
  readonly #concurrency: number
  readonly #say: (text: string) => void

  constructor(world: World, concurrency: number, say: (text: string) => void) {
    this.#world = world
    this.#concurrency = concurrency
    this.#say = say
  }

  /** A day from noon until the bill of the next morning. */
  async day(startMs: number, shoppers: readonly Shopper[], name: string): Promise<void> {
    const world = this.#world
    await world.goTo(startMs + 12 * HOUR_MS)
    const evening = shoppers.filter(({ plan }) => plan.conduct === 'evening')
    const others = shoppers.filter(({ plan }) => plan.conduct !== 'evening')

    await this.#noon(others, name)
    await this.#refunds(others, name)

    await world.goTo(startMs + 14.5 * HOUR_MS)
    await this.#afternoon(others, name)
    await world.goTo(startMs + 20 * HOUR_MS)
    await this.#each(evening, (shopper) => shopper.comes())
    await world.goTo(startMs + DAY_MS + 10.5 * HOUR_MS)
    const { lines, healed, difference_count } = await bill(world, startMs)
    this.healed += healed
    this.#say(`${name}: bill of ${lines} lines, ${healed} healed, ${difference_count} differences`)
  }

  /** Shoppers come, while `reconcile` runs beside them and a process is killed now and then. */
  async #noon(shoppers: readonly Shopper[], name: string): Promise<void> {
    const world = this.#world
    const step = Math.max(20, Math.ceil(shoppers.length / 10))
    let beside: Promise<void> = Promise.resolve()
    await this.#each(
      shoppers,
      (shopper) => shopper.comes(),
      async (done) => {
        if (done % step !== 0) return
        this.#say(`${name}: ${done} of ${shoppers.length} shoppers have come`)
        beside = beside.then(() => reconcile(world))
        if ((done / step) % 3 === 1) await this.#kill('front')
      },
    )
    await beside
  }

  async #refunds(shoppers: readonly Shopper[], name: string): Promise<void> {
    const world = this.#world
    for (let nth = 0; nth < REFUND_ROUNDS; nth++) {
      // One a minute for each order.
      await world.goTo(world.now() + 61_000)
      const asking = shoppers.filter(({ plan }) => plan.refunds[nth])
      const half = Math.ceil(asking.length / 2)
      await this.#each(
        asking,
        (shopper) => askRefund(world, shopper, nth),
        async (done) => {
          if (nth === 0 && done === half) await this.#kill('ops')
        },
      )
      // What the last round asked for stays under way until the evening.
      if (nth < REFUND_ROUNDS - 1) endRefunds(world)
      this.#say(`${name}: ${asking.length} shoppers asked for their refund ${nth + 1}`)
    }
  }

  /** Two hours later some come back to pay: while their orders are being closed, or afterwards. */
  async #afternoon(shoppers: readonly Shopper[], name: string): Promise<void> {
    const world = this.#world
    const late = shoppers.filter(({ plan }) => plan.conduct === 'late')
    const half = Math.ceil(late.length / 2)
    const returns = (shopper: Shopper) => shopper.returns()
    await Promise.all([this.#each(late.slice(0, half), returns), reconcile(world, 2)])
    await this.#each(late.slice(half), returns)
    const closing = reconcileAll(world)
    await this.#kill('ops')
    await closing
    this.#say(`${name}: nothing is open`)
  }

  /** Everything comes to its end, and all bills are run again. */
  async end(firstDayMs: number, days: number): Promise<{ billLines: number; billDifferences: number }> {
    const world = this.#world
    await reconcileAll(world)
    await finishRefunds(world)
    await world.goTo(firstDayMs + (days + 1) * DAY_MS + 10.5 * HOUR_MS)
    let [billLines, billDifferences] = [0, 0]
    for (let day = 0; day <= days; day++) {
      const { lines, difference_count } = await bill(world, firstDayMs + day * DAY_MS)
      billLines += lines
      billDifferences += difference_count
    }
    this.#say(`all bills: ${billLines} lines, ${billDifferences} differences`)
    return { billLines, billDifferences }
  }

  /** Kills a process, whatever it is doing; another takes its place. */
  async #kill(crew: 'front' | 'ops'): Promise<void> {
    await this.#world[crew].kill()
    this.killed++
  }

  async #each<T>(
    items: readonly T[],
    work: (item: T) => Promise<unknown>,
    onDone: (done: number) => Promise<void> = async () => undefined,
  ): Promise<void> {
    const queue = items.values()
    let done = 0
    const lanes = Array.from({ length: this.#concurrency }, async () => {
      for (const item of queue) {
        await work(item)
        await onDone(++done)
      }
    })
    await Promise.all(lanes)
  }
}

async function must(outcome: Promise<{ error?: string }>): Promise<void> {
  const { error } = await outcome
  if (error !== undefined) throw new Error(error)
}

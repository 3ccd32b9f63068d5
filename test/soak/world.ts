/** The shop, WeChat and the clock of a soak run. */
import { type Gateway, startGateway } from '../../scf/emulator/gateway/server.ts'
import { refundEnvironment, startWechatSim, type WechatSim } from '../../simulators/wechat-pay/index.ts'
import type { TestDatabase } from '../helpers/database.ts'
import { JWT_SECRET } from '../helpers/pay-shop.ts'
import { TEST_MERCHANT, wechatEnv } from '../helpers/wechat.ts'
import { Crew } from './crew.ts'
import { soakFaults } from './faults.ts'
import type { ShopperPlan } from './plan.ts'

export interface World {
  seed: number
  sim: WechatSim
  db: TestDatabase
  /** The functions that shoppers and WeChat call, over plain HTTP to WeChat. */
  front: Crew
  /** `refund` and `reconcile`, over TLS and with the client certificate. */
  ops: Crew
  /** Who placed which order. */
  shoppers: Map<string, { readonly plan: ShopperPlan }>
  counts: Map<string, number>
  count(what: string): void
  now(): number
  /** All clocks go to that moment, WeChat's too. */
  goTo(epochMs: number): Promise<void>
  close(): Promise<void>
}

export interface WorldOptions {
  seed: number
  db: TestDatabase
  /** Processes for shoppers and notifies. */
  frontProcesses: number
}

export async function openWorld({ seed, db, frontProcesses }: WorldOptions): Promise<World> {
  let aheadMs = 0
  const now = () => Date.now() + aheadMs
  const counts = new Map<string, number>()
  const count = (what: string) => void counts.set(what, (counts.get(what) ?? 0) + 1)
  const sim = await startWechatSim({
    merchants: [TEST_MERCHANT],
    notifySpeed: 1000,
    refundDelayMs: Number.POSITIVE_INFINITY,
    drawFaultsBy: 'body',
    now,
  })
  sim.faults.seed(seed)
  for (const rule of soakFaults) sim.faults.add(rule)

  const doors: { front?: Crew } = {}
  const invoke = (name: string) => async (event: unknown) => {
    const { result, error } = (await doors.front?.invoke(name, event)) ?? { error: 'closed' }
    const measured = { requestId: '', durationMs: 0, coldStart: false }
    if (error === undefined) return { ...measured, result }
    return { ...measured, error: { status: 439 as const, message: error } }
  }
  const gateway: Gateway = await startGateway({
    router: (path) =>
      path === '/pay/notify' ? 'wxNotify' : path === '/refund/notify' ? 'refundNotify' : undefined,
    functions: new Map([
      ['wxNotify', { invoke: invoke('wxNotify') }],
      ['refundNotify', { invoke: invoke('refundNotify') }],
    ]),
  })
  const door = `http://127.0.0.1:${gateway.port}`
  const env = {
    DATABASE_URL: db.url,
    JWT_SECRET,
    STAGE: 'dev',
    RATE_LIMIT: 'off',
    LOG_LEVEL: 'warn',
    REFUND_LATE_PAYMENTS: 'true',
    WX_REFUND_NOTIFY_URL: `${door}/refund/notify`,
    ...wechatEnv(sim, `${door}/pay/notify`),
  }
  const onLog = (line: string) => {
    const event = /"event":"(\w+)"/.exec(line)?.[1]
    if (event) count(`log: ${event}`)
  }
  const front = new Crew({
    env,
    processes: frontProcesses,
    instances: {
      wxOrder: 6,
      wxNotify: 8,
      queryOrder: 3,
      closeOrder: 3,
      refundNotify: 4,
      bill: 1,
      migrate: 1,
    },
    onLog,
  })
  doors.front = front
  const ops = new Crew({
    env: { ...env, ...(await refundEnvironment(sim)) },
    processes: 1,
    instances: { refund: 6, reconcile: 2 },
    onLog,
  })
  await Promise.all([front.ready(), ops.ready()])

  return {
    seed,
    sim,
    db,
    front,
    ops,
    shoppers: new Map(),
    counts,
    count,
    now,
    async goTo(epochMs) {
      aheadMs = Math.max(aheadMs, epochMs - Date.now())
      await Promise.all([front.setClock(aheadMs), ops.setClock(aheadMs)])
    },
    async close() {
      await Promise.all([front.close(), ops.close()])
      await sim.close()
      await gateway.close()
    },
  }
}

/**
 * A refund shop whose functions run in processes of their own, behind a wire to the database that can be held, so that
 * a test can kill one with SIGKILL at an exact moment of its work.
 */
import assert from 'node:assert/strict'
import { isAlive } from '../../local/lock.mjs'
import { startGateway } from '../../scf/emulator/gateway/server.ts'
import type { CloudFunction, InvokeResult } from '../../scf/emulator/runtime/function.ts'
import type { Call, FaultPoint, SimOrder } from '../../simulators/wechat-pay/index.ts'
import { type DatabaseProxy, startDatabaseProxy } from '../helpers/database-proxy.ts'
import { httpEvent, loadFunction } from '../helpers/functions.ts'
import { type OrderShop, openOrderShop } from '../helpers/order-shop.ts'
import type { OrderData, Shopper, StoredOrder } from '../helpers/pay-shop.ts'
import type { StoredRefund } from '../helpers/refund-shop.ts'

/** Waits for one moment of a function's work and holds the function there. */
export type Moment = (lab: { shop: OrderShop; proxy: DatabaseProxy }) => Promise<unknown>

/** A call has arrived at WeChat: before anything was done about it, or when it was done and not yet answered. */
export function atCall(endpoint: FaultPoint, when: 'arrived' | 'accepted'): Moment {
  return ({ shop }) =>
    new Promise((resolve) => {
      shop.wechat.faults.add({ on: endpoint, kind: 'timeout', times: 1, afterWork: when === 'accepted' })
      const listen = (call: Call) => {
        if (call.endpoint !== endpoint || call.fault !== 'timeout') return
        shop.wechat.events.off('call', listen)
        resolve(call)
      }
      shop.wechat.events.on('call', listen)
    })
}

/** Carries a statement this label (`payorder.savePrepay`, or `COMMIT`)? */
const carries = (sql: string, label: string) => sql.startsWith(`/* ${label} */`) || sql.startsWith(label)

/**
 * A statement has been sent: `before` the database sees it, or `after` it is done there and not yet answered. With
 * `earlier`, the first such statement after one with that label.
 */
export function atStatement(when: 'before' | 'after', label: string, earlier?: string): Moment {
  return ({ proxy }) =>
    new Promise((resolve) => {
      let isNear = earlier === undefined
      const decide = (sql: string) => {
        if (isNear && carries(sql, label)) {
          if (when === 'before') resolve(sql)
          return when === 'before' ? 'hold' : 'holdAnswer'
        }
        if (earlier !== undefined && carries(sql, earlier)) isNear = true
        return 'pass'
      }
      proxy.onStatement = (sql) => (/^(COMMIT|START)/.test(sql) ? decide(sql) : 'pass')
      proxy.onExecute = decide
      proxy.onHeldAnswer = resolve
    })
}

/** What both sides hold of an order, in fen. */
export interface Sides {
  state: string
  paid: number
  refunded: number
}

export type CrashLab = Awaited<ReturnType<typeof openCrashLab>>

export async function openCrashLab() {
  const shop = await openOrderShop()
  const proxy = await startDatabaseProxy(shop.database.url)
  // The functions behind the door need to know its address, and the door needs the functions.
  const behind = new Map<string, Pick<CloudFunction, 'invoke'>>()
  const gateway = await startGateway({
    router: (path) =>
      path === '/pay/notify' ? 'wxNotify' : path === '/refund/notify' ? 'refundNotify' : undefined,
    functions: behind,
  })
  const door = `http://127.0.0.1:${gateway.port}`
  const settings = {
    DATABASE_URL: proxy.url,
    WX_NOTIFY_URL: `${door}/pay/notify`,
    WX_REFUND_NOTIFY_URL: `${door}/refund/notify`,
  }
  const names = [
    'wxOrder',
    'wxNotify',
    'closeOrder',
    'refund',
    'refundNotify',
    'reconcile',
    'shopOrder',
    'orderActions',
    'afterSales',
    'orderDesk',
    'dueOrders',
  ] as const
  const functions = Object.fromEntries(names.map((name) => [name, shop.child(name, settings)])) as Record<
    (typeof names)[number],
    CloudFunction
  >
  behind.set('wxNotify', functions.wxNotify).set('refundNotify', functions.refundNotify)
  process.env.WX_NOTIFY_URL = settings.WX_NOTIFY_URL
  const wxOrder = loadFunction('wxOrder')

  return {
    shop,
    proxy,
    functions,

    /** An order with a code, which nobody has paid. */
    openOrder: (by: Shopper): Promise<OrderData> => shop.buy(wxOrder, by),

    /** `POST` with a JSON body to a function in its own process. */
    post: (
      name: 'wxOrder' | 'closeOrder' | 'shopOrder' | 'orderActions' | 'afterSales',
      path: string,
      by: Shopper,
      body: unknown,
      headers: Record<string, string> = {},
    ): Promise<InvokeResult> => functions[name].invoke(httpEvent({ path, body, token: by.token, headers })),

    /**
     * Starts the work and kills the process that does it (SIGKILL) when the moment comes. `then` runs at that moment,
     * before the kill.
     */
    async kill(
      name: (typeof names)[number],
      moment: Moment,
      start: () => Promise<unknown>,
      then: () => void = () => undefined,
    ): Promise<void> {
      try {
        const reached = moment({ shop, proxy })
        const answered = start()
        const first = await Promise.race([reached.then(() => 'reached'), answered.then(() => 'answered')])
        assert.equal(first, 'reached', `${name} ended before the moment of its death`)
        const pids = functions[name].instances
        assert.equal(pids.length, 1, `${name} runs in ${pids.length} processes`)
        then()
        for (const pid of pids) process.kill(pid, 'SIGKILL')
        await answered
        for (const pid of pids) assert.equal(isAlive(pid), false)
      } finally {
        proxy.onStatement = undefined
        proxy.onExecute = undefined
        proxy.onHeldAnswer = undefined
      }
    },

    /** The orders of a shopper and their refunds, here. */
    async here(by: Shopper): Promise<{ orders: StoredOrder[]; refunds: StoredRefund[] }> {
      const orders = await shop.database.query<StoredOrder>(
        'SELECT * FROM payorder WHERE user_id = ? ORDER BY id',
        [by.id],
      )
      const refunds = await Promise.all(orders.map(({ out_trade_no }) => shop.refundsOf(out_trade_no)))
      return { orders, refunds: refunds.flat() }
    },

    async close(): Promise<void> {
      await shop.close()
      await gateway.close()
      await proxy.close()
    },
  }
}

/** An order here, with its refunds. */
export function sidesHere(order: StoredOrder | undefined, refunds: readonly StoredRefund[]): Sides {
  const kept = refunds.filter(({ status }) => status !== 'CLOSED')
  return {
    state: order?.trade_state ?? 'no order',
    paid: order?.transaction_id == null ? 0 : order.total_fee,
    refunded: kept.reduce((sum, { refund_fee }) => sum + refund_fee, 0),
  }
}

/** The same at WeChat. */
export function sidesThere(order: SimOrder | undefined): Sides {
  const kept = (order?.refunds ?? []).filter(({ status }) => status !== 'REFUNDCLOSE')
  return {
    state: order?.state ?? 'no order',
    paid: order?.payment ? order.totalFee : 0,
    refunded: kept.reduce((sum, { refundFee }) => sum + refundFee, 0),
  }
}

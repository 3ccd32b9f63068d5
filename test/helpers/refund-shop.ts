/**
 * A pay shop that gives money back. `refund` and `reconcile` run in processes of their own, for Node reads the
 * authority that it trusts only when a process starts; `refundNotify` serves behind a door in this one.
 */
import { startGateway } from '../../scf/emulator/gateway/server.ts'
import { type CloudFunction, createFunction } from '../../scf/emulator/runtime/function.ts'
import type { Call, PayOptions } from '../../simulators/wechat-pay/index.ts'
import { refundEnvironment } from '../../simulators/wechat-pay/index.ts'
import { loadFunction } from './functions.ts'
import { startGate } from './gate.ts'
import type { LogEntry } from './logs.ts'
import {
  instances,
  notifyFields,
  type OrderData,
  openPayShop,
  type PayShopOptions,
  type Shopper,
  SUCCESS_XML,
  sendNotify,
  signedXml,
} from './pay-shop.ts'

/** A row of `refund`, as the driver gives it. */
export type StoredRefund = Record<string, string | number | Date | null> & {
  id: number
  out_refund_no: string
  refund_id: string | null
  transaction_id: string
  refund_fee: number
  status: string
  err_code: string | null
}

/** What `refund` returns for `json: true`. */
export interface RefundResult {
  out_trade_no: string
  out_refund_no: string
  refund_id: string | null
  total_fee: number
  refund_fee: number
  status: string
  err_code: string | null
  err_code_des: string | null
}

/** What `reconcile` returns for `json: true`. */
export type ReconcileResult = Record<
  | 'checked'
  | 'settled'
  | 'closed'
  | 'open'
  | 'refunds'
  | 'refundsFinished'
  | 'failed'
  | 'refused'
  | 'ofOthers',
  number
>

let numbers = 0

/** A number for a refund, as ops choose one. */
export function newRefundNo(): string {
  return `R${process.pid}-${++numbers}`
}

export type RefundShop = Awaited<ReturnType<typeof openRefundShop>>

type Changes = Record<string, string | undefined>

/** Refunds at the simulator end when a test says so (`wechat.refunds.finish`). */
export async function openRefundShop(options: PayShopOptions = {}) {
  const shop = await openPayShop({
    ...options,
    sim: { refundDelayMs: Number.POSITIVE_INFINITY, ...options.sim },
  })
  const wxOrder = loadFunction('wxOrder')
  const gateway = await startGateway({
    router: (path) => (path === '/refund/notify' ? 'refundNotify' : undefined),
    functions: new Map([['refundNotify', instances('refundNotify', 6)]]),
  })
  const refundNotifyUrl = `http://127.0.0.1:${gateway.port}/refund/notify`
  const baseEnv = {
    ...shop.env,
    ...(await refundEnvironment(shop.wechat)),
    WX_REFUND_NOTIFY_URL: refundNotifyUrl,
  }
  const children: CloudFunction[] = []
  const entries: LogEntry[] = []

  /** A function in processes of its own; `changes` replace its settings. */
  function child(name: string, changes: Changes = {}, timeoutSec = 60): CloudFunction {
    const env = Object.fromEntries(
      Object.entries({ ...baseEnv, ...changes }).filter(
        (pair): pair is [string, string] => pair[1] !== undefined,
      ),
    )
    const onLog = ({ text }: { text: string }) => {
      if (text.startsWith('{"level":')) entries.push(JSON.parse(text) as LogEntry)
    }
    const made = createFunction({ name, codeDir: `dist/${name}`, env, timeoutSec, maxInstances: 4, onLog })
    children.push(made)
    return made
  }

  const refund = child('refund')
  const reconcile = child('reconcile')

  async function invoke<Result>(fn: CloudFunction, event: Record<string, unknown>): Promise<Result> {
    const { result, error } = await fn.invoke({ ...event, json: true })
    if (error) throw new Error(error.message)
    return result as Result
  }

  return {
    ...shop,
    child,
    refundNotifyUrl,
    /** For invocations whose text or failure matters. */
    functions: { refund, reconcile },
    /** What the functions in other processes wrote into their logs. */
    childLogs: {
      entries,
      of: (event: string, outRefundNo?: string) =>
        entries.filter(
          (entry) =>
            entry.event === event && (outRefundNo === undefined || entry.outRefundNo === outRefundNo),
        ),
    },

    /** Invokes `refund` as ops do. @throws Error with the function's message */
    refund: (event: Record<string, unknown>, fn = refund) => invoke<RefundResult>(fn, event),

    /** Invokes `reconcile`. @throws Error with the function's message */
    reconcile: (fn = reconcile) => invoke<ReconcileResult>(fn, {}),

    /**
     * Two runs of `reconcile` at the same time: WeChat answers neither of them before both have asked as much as they
     * ask at once.
     */
    async reconcileTwice(parallel: number): Promise<[ReconcileResult, ReconcileResult]> {
      const gate = await startGate(shop.wechat.url)
      const fn = child('reconcile', { WX_API_BASE: gate.url, WX_API_BACKUP: gate.url })
      try {
        const runs = Promise.all([invoke<ReconcileResult>(fn, {}), invoke<ReconcileResult>(fn, {})])
        await Promise.race([gate.waiting(2 * parallel), runs])
        gate.open()
        return await runs
      } finally {
        await gate.close()
      }
    },

    /** Invokes `reconcile`, which has to fail with that message. @returns what it did all the same */
    async reconcileFails(message: RegExp, fn = reconcile): Promise<ReconcileResult> {
      const { error } = await fn.invoke({})
      if (!message.test(error?.message ?? ''))
        throw new Error(`reconcile: ${error?.message ?? 'did not fail'}`)
      const report = entries.filter(({ event }) => event === 'reconciled').at(-1)
      return report as unknown as ReconcileResult
    },

    /** An order that is paid, and known here to be. */
    async paidOrder(how: PayOptions = {}, body?: unknown, by: Shopper = shop.shopper()): Promise<OrderData> {
      const order = await shop.buy(wxOrder, by, body)
      shop.wechat.pay(order.out_trade_no, how)
      await shop.wechat.waitForNotify(order.out_trade_no, { until: 'accepted' })
      return order
    },

    /** An order that holds one payment and got a second one, which WeChat knows by `second`. */
    async paidTwice(): Promise<OrderData & { second: string }> {
      const order = await shop.buy(wxOrder, shop.shopper())
      const { body } = await sendNotify(loadFunction('wxNotify'), signedXml(notifyFields(order)))
      if (body !== SUCCESS_XML) throw new Error(body)
      const { payment } = shop.wechat.pay(order.out_trade_no)
      await shop.wechat.waitForNotify(order.out_trade_no, { until: 'accepted' })
      return { ...order, second: payment?.transactionId ?? '' }
    },

    /** The refunds of an order, oldest first. */
    refundsOf(outTradeNo: string): Promise<StoredRefund[]> {
      return shop.database.query<StoredRefund>('SELECT * FROM refund WHERE out_trade_no = ? ORDER BY id', [
        outTradeNo,
      ])
    },

    /** The simulator's refunds of an order. */
    refundsThere: (outTradeNo: string) => shop.wechat.orders.get(outTradeNo)?.refunds ?? [],

    /**
     * WeChat gives the money back and says so. Resolves when its notify was taken; a `reconcile` at that moment would
     * leave the row, which the notify holds, and end first.
     */
    async refundArrives(outRefundNo: string): Promise<void> {
      const [row] = await shop.database.query<{ out_trade_no: string }>(
        'SELECT out_trade_no FROM refund WHERE out_refund_no = ?',
        [outRefundNo],
      )
      if (!row) throw new Error(`no refund ${outRefundNo}`)
      const point = 'refundnotify'
      const taken = shop.wechat.deliveries(row.out_trade_no, point).filter(({ accepted }) => accepted).length
      shop.wechat.refunds.finish(outRefundNo, 'SUCCESS')
      await shop.wechat.waitForNotify(row.out_trade_no, { point, until: 'accepted', nth: taken + 1 })
    },

    /** What both sides hold of an order: here the rows, there the refunds, in fen. */
    async bothSides(outTradeNo: string) {
      const here = await this.refundsOf(outTradeNo)
      const there = this.refundsThere(outTradeNo)
      return {
        here: here
          .filter(({ status }) => status !== 'CLOSED')
          .reduce((sum, { refund_fee }) => sum + refund_fee, 0),
        there: there
          .filter(({ status }) => status !== 'REFUNDCLOSE')
          .reduce((sum, { refundFee }) => sum + refundFee, 0),
        countThere: there.length,
      }
    },

    /** What came to WeChat about refunds of an order, or of a number. */
    refundCalls: (endpoint: 'refund' | 'refundquery', outRefundNo: string): Call[] =>
      shop.wechat.calls.filter((call) => call.endpoint === endpoint && call.outRefundNo === outRefundNo),

    /** Both sides are more than a minute on: WeChat's clock, and the age of what is stored here. */
    async aMinuteLater(): Promise<void> {
      shop.advanceWechat(61_000)
      await shop.database.query(
        'UPDATE refund SET created_at = created_at - INTERVAL 61 SECOND, accepted_at = accepted_at - INTERVAL 61 SECOND',
      )
    },

    async close(): Promise<void> {
      await Promise.all(children.map((fn) => fn.close()))
      await gateway.close()
      await shop.close()
    },
  }
}

/** The bank behind the refunds: brings each to its end after a while and tells the merchant. */
import { EventEmitter, once } from 'node:events'
import { type Merchant, merchantOf } from './merchants.ts'
import type { Notifier } from './notifier.ts'
import type { SimOrder } from './orders.ts'
import type { Refund, RefundStatus } from './refund.ts'
import { refundNotify } from './refund-notify.ts'
import type { RefundBook } from './refunds.ts'

/** Ends refunds, by itself or by hand. */
export class Clearing {
  readonly #timers = new Set<NodeJS.Timeout>()
  readonly #cleared = new EventEmitter().setMaxListeners(0)
  readonly #options: {
    refunds: RefundBook
    notifier: Notifier
    merchants: readonly Merchant[]
    events: EventEmitter
    delayMs: number
  }

  constructor(options: {
    refunds: RefundBook
    notifier: Notifier
    merchants: readonly Merchant[]
    events: EventEmitter
    delayMs: number
  }) {
    this.#options = options
  }

  /** Takes a new refund on. */
  take(order: SimOrder, refund: Refund): void {
    const { events, delayMs } = this.#options
    events.emit('refund', order, refund)
    if (!Number.isFinite(delayMs)) return
    const timer = setTimeout(() => {
      this.#timers.delete(timer)
      if (refund.status === 'PROCESSING') this.finish(order.mchId, refund.outRefundNo, 'SUCCESS')
      this.#cleared.emit('cleared')
    }, delayMs)
    this.#timers.add(timer)
  }

  /** Ends a refund and notifies it. @throws RangeError when it has ended already */
  finish(mchId: string, outRefundNo: string, status: Exclude<RefundStatus, 'PROCESSING'>): Refund {
    const { refunds, notifier, merchants, events } = this.#options
    const { order, refund } = refunds.finish(mchId, outRefundNo, status)
    events.emit('refund', order, refund)
    const message = refundNotify(
      order,
      refund,
      merchantOf(merchants, { appid: order.appid, mch_id: order.mchId }),
    )
    if (message) notifier.send(message)
    return refund
  }

  /** Resolves when no refund waits to end by itself. */
  async idle(): Promise<void> {
    while (this.#timers.size > 0) await once(this.#cleared, 'cleared')
  }

  /** Ends nothing by itself any more. */
  close(): void {
    for (const timer of this.#timers) clearTimeout(timer)
    this.#timers.clear()
    this.#cleared.emit('cleared')
  }
}

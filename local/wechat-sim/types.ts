/** The simulator as the code that starts it sees it. */
import type { EventEmitter } from 'node:events'
import type { Faults } from './faults.ts'
import type { Merchant } from './merchants.ts'
import type { Delivery, DeliveryState, WaitOptions } from './notifier.ts'
import type { OrderBook, PayOptions, SimOrder } from './orders.ts'
import type { SignType } from './sign.ts'
import type { Call } from './transport.ts'

export interface WechatSimOptions {
  /** 0 (default) is any free port. */
  readonly port?: number
  /** Port of the backup host (api2); any free one by default. */
  readonly backupPort?: number
  readonly host?: '127.0.0.1'
  readonly merchants: readonly Merchant[]
  /** What answers and notifies are signed with when the order did not name its sign type (default MD5). */
  readonly signType?: SignType
  /** 1 (default) is the real schedule of 15 s, 15 s, 30 s, 3 min…; 100 is a hundred times faster. */
  readonly notifySpeed?: number
  /** Epoch milliseconds; a test may move it. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

export interface WechatSim {
  /** `http://127.0.0.1:port`, what the shop calls WX_API_BASE. */
  readonly url: string
  readonly port: number
  /** The backup host, with the same state behind it: WX_API_BACKUP. */
  readonly backup: { readonly url: string; readonly port: number }
  /** Stops listening, drops open connections and forgets pending notifies. */
  close(): Promise<void>
  readonly orders: Pick<OrderBook, 'list' | 'get' | 'totals'>
  /** Scans the order's code and pays it; the notify leaves at once. @throws PayRefused */
  pay(outTradeNo: string, options?: PayOptions): SimOrder
  /** Scans a given code, perhaps an old one. @throws PayRefused */
  scan(codeUrl: string, options?: PayOptions): SimOrder
  readonly faults: Faults
  /** Emits `call` (Call), `paid` (SimOrder), `delivery` (Delivery) and `done` (Message, DeliveryState). */
  readonly events: EventEmitter
  /** What the merchant answered to a notify; also when that has already happened. */
  waitForNotify(outTradeNo: string, options?: WaitOptions): Promise<Delivery>
  /** Sends the notify of a paid order once more, now. */
  resendNotify(outTradeNo: string): Promise<Delivery>
  /** All deliveries about an order so far. */
  deliveries(outTradeNo: string): readonly Delivery[]
  /** How the payment's notify stands. */
  notifyState(outTradeNo: string): DeliveryState | undefined
  /** Resolves when no notify is on its way or waiting for its next attempt. */
  idle(): Promise<void>
  /** The API calls received, oldest first. */
  readonly calls: readonly Call[]
}

/** The simulator as the code that starts it sees it. */
import type { EventEmitter } from 'node:events'
import type { KeyPair } from './certificates.ts'
import type { Faults } from './faults.ts'
import type { Merchant } from './merchants.ts'
import type { Delivery, DeliveryState, WaitOptions } from './notifier.ts'
import type { OrderBook, PayOptions, SimOrder } from './orders.ts'
import type { Refund, RefundStatus } from './refund.ts'
import type { SignType } from './sign.ts'
import type { Call } from './transport.ts'

export interface WechatSimOptions {
  /** 0 (default) is any free port. */
  readonly port?: number
  /** Port of the backup host (api2); any free one by default. */
  readonly backupPort?: number
  /** Port of the primary host over HTTPS; any free one by default. */
  readonly securePort?: number
  /** What the primary host over plain HTTP, with its page, listens on: 127.0.0.1 by default. */
  readonly host?: string
  readonly merchants: readonly Merchant[]
  /** What answers and notifies are signed with when the order did not name its sign type (default MD5). */
  readonly signType?: SignType
  /** 1 (default) is the real schedule of 15 s, 15 s, 30 s, 3 min…; 100 is a hundred times faster. */
  readonly notifySpeed?: number
  /** How long a refund is PROCESSING (default 500); `Infinity` leaves it so until `refunds.finish`. */
  readonly refundDelayMs?: number
  /**
   * What the probabilities of faults are drawn from, apart from the seed: the order's number (default), or its `body`,
   * for a run whose numbers differ each time while its bodies do not.
   */
  readonly drawFaultsBy?: 'number' | 'body'
  /** Epoch milliseconds; a test may move it. */
  readonly now?: () => number
  readonly log?: (line: string) => void
}

/** One of the two hosts over HTTPS, where the refund interface is, or over plain HTTP, where it is not. */
export interface HostAddress {
  readonly url: string
  readonly port: number
}

/** The same API over TLS, with what a merchant needs to get in. */
export interface SecureHosts extends HostAddress {
  readonly backup: HostAddress
  /** The authority that signed the server's certificate: what the client has to trust. */
  readonly caPem: string
  /** The same as a file, for NODE_EXTRA_CA_CERTS of a child process; it goes away with `close`. */
  caFile(): Promise<string>
  /** What WX_CERT_PEM and WX_KEY_PEM hold; of the first merchant when none is named. */
  clientCertificate(mchId?: string): Promise<KeyPair>
}

export interface WechatSim extends HostAddress {
  /** The backup host, with the same state behind it: WX_API_BACKUP. */
  readonly backup: HostAddress
  readonly secure: SecureHosts
  /** Stops listening, drops open connections and forgets pending notifies. */
  close(): Promise<void>
  readonly orders: Pick<OrderBook, 'list' | 'get' | 'totals'>
  readonly refunds: {
    /** A refund by the merchant's number. */
    get(outRefundNo: string, mchId?: string): Refund | undefined
    /** Ends a refund and notifies it. @throws RangeError when it has ended already */
    finish(outRefundNo: string, status?: Exclude<RefundStatus, 'PROCESSING'>, mchId?: string): Refund
  }
  /** Scans the order's code and pays it; the notify leaves at once. @throws PayRefused */
  pay(outTradeNo: string, options?: PayOptions): SimOrder
  /** Scans a given code, perhaps an old one. @throws PayRefused */
  scan(codeUrl: string, options?: PayOptions): SimOrder
  readonly faults: Faults
  /**
   * Emits `call` (Call), `paid` (SimOrder), `refund` (SimOrder, Refund) for each new state of one, `delivery` (Delivery)
   * and `done` (Message, DeliveryState).
   */
  readonly events: EventEmitter
  /** What the merchant answered to a notify; also when that has already happened. */
  waitForNotify(outTradeNo: string, options?: WaitOptions): Promise<Delivery>
  /** Sends the notify of a paid order once more, now. */
  resendNotify(outTradeNo: string): Promise<Delivery>
  /** All deliveries about an order so far. */
  deliveries(outTradeNo: string, point?: 'notify' | 'refundnotify'): readonly Delivery[]
  /** How the payment's notify stands. */
  notifyState(outTradeNo: string): DeliveryState | undefined
  /** Resolves when no refund waits to end by itself and no notify is on its way or waiting for its next attempt. */
  idle(): Promise<void>
  /** The API calls received, oldest first. */
  readonly calls: readonly Call[]
}

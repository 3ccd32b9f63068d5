/** What the steps of the ledger need, written out. `#shared/payment/wiring` makes them from an invocation. */
import type { Database, Session, Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import type {
  Gateways,
  OrderGateway,
  PaymentFact,
  RefundGateway,
  RefundStatus,
} from '#shared/payment/gateway'
import type { OrderRow } from './payorder-table/index.ts'
import type { RefundRow } from './refund-table/index.ts'
import type { TradeState } from './states.ts'
import type { Verdict } from './verdicts.ts'

/** An order whose state has just moved. */
export interface OrderMoved {
  /** As it was before. */
  readonly order: OrderRow
  readonly before: TradeState
  readonly after: TradeState
  readonly verdict: Verdict
  readonly fact: PaymentFact
}

/**
 * Called in the transaction that moved an order (or learned of a second payment), after its state and its journal are written: what it writes commits
 * with the payment, and what it throws takes the payment back. The order's row is locked; nobody may be asked from here.
 */
export type OnOrderMoved = (tx: Sql, moved: OrderMoved) => Promise<MoneyWish>

/**
 * What is to become of money that nobody expects any more (paid late, paid twice): it goes back, it is kept because the
 * goods are there after all, or undefined: the shop's policy decides.
 */
export type MoneyWish = 'give_back' | 'keep' | undefined

/** A refund that has just ended. Called in the transaction that moved it. */
export type OnRefundMoved = (
  tx: Sql,
  moved: { readonly refund: RefundRow; readonly to: RefundStatus },
) => Promise<void>

export interface SettleDeps {
  readonly db: Session
  /** The app and the merchant that the shop is now. */
  readonly appId: string
  readonly merchantId: string
  /** Is money that nobody expects any more given back by itself? */
  readonly refundsLatePayments: boolean
  readonly onOrderMoved?: OnOrderMoved | undefined
  readonly now: () => Date
  readonly log: Logger
}

/** For what is about orders at their gateways. */
export interface OrderDeps {
  readonly db: Database
  readonly orders: Gateways<OrderGateway>
  readonly appId: string
  readonly merchantId: string
  readonly refundsLatePayments: boolean
  readonly onOrderMoved?: OnOrderMoved | undefined
  /** May somebody ask the gateway about one order as often as he likes? */
  readonly asksFreely: boolean
  /** How long to wait for another one who is at work on the same order. */
  readonly lockSec: number
  readonly now: () => Date
  readonly log: Logger
}

/** For what asks about an order on a connection that holds its lock. */
export interface QueryDeps {
  readonly db: Session
  readonly orders: Gateways<OrderGateway>
  readonly appId: string
  readonly merchantId: string
  readonly refundsLatePayments: boolean
  readonly onOrderMoved?: OnOrderMoved | undefined
  readonly now: () => Date
  readonly log: Logger
}

/** For what is about refunds at their gateways. */
export interface RefundDeps {
  readonly db: Session
  readonly refunds: Gateways<RefundGateway>
  readonly appId: string
  readonly merchantId: string
  readonly refundsLatePayments: boolean
  readonly onOrderMoved?: OnOrderMoved | undefined
  readonly onRefundMoved?: OnRefundMoved | undefined
  readonly now: () => Date
  readonly log: Logger
}

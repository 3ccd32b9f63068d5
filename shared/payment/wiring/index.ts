/** From an invocation to what the ledger needs: the one list of the gateways that the shop works with. */
import type { Config } from '#shared/config'
import type { Database } from '#shared/db'
import type { Logger } from '#shared/log'
import { orderMoved, refundMoved } from '#shared/ordering'
import type { BillGateway, Gateways } from '#shared/payment/gateway'
import { createBillGateway, createOrderGateway, createRefundGateway } from '#shared/payment/gateway/wechat-v2'
import {
  JOB_LOCK_SEC,
  type OrderDeps,
  type RefundDeps,
  type SettleDeps,
  SHOPPER_LOCK_SEC,
} from '#shared/payment/ledger'

type PayConfig = Config<'WX_APPID' | 'WX_MCH_ID' | 'WX_API_KEY'>

/** What every invocation has. */
export interface Invoked {
  readonly db: Database
  readonly config: PayConfig
  readonly now: () => Date
  readonly log: Logger
}

/** For settling what is reported. */
export function settleDeps({ db, config, now, log }: Invoked): SettleDeps {
  const { WX_APPID: appId, WX_MCH_ID: merchantId, REFUND_LATE_PAYMENTS: refundsLatePayments } = config
  return { db, appId, merchantId, refundsLatePayments, onOrderMoved: orderMoved({ now, log }), now, log }
}

/**
 * For what is about orders.
 *
 * @param withinMs - what all calls to gateways together may take; left out: a job, which waits
 */
export function orderDeps(invoked: Invoked, withinMs?: number): OrderDeps {
  const { config, db } = invoked
  return {
    ...settleDeps(invoked),
    db,
    orders: { 'wechat-v2': createOrderGateway(config, withinMs === undefined ? {} : { withinMs }) },
    asksFreely: config.RATE_LIMIT === 'off',
    lockSec: withinMs === undefined ? JOB_LOCK_SEC : SHOPPER_LOCK_SEC,
  }
}

/** For what is about refunds. */
export function refundDeps(invoked: Invoked): RefundDeps & { readonly db: Database } {
  return {
    ...settleDeps(invoked),
    db: invoked.db,
    onRefundMoved: refundMoved(invoked),
    refunds: { 'wechat-v2': createRefundGateway(invoked.config) },
  }
}

/** The bills of the day, by gateway. */
export function billGateways(config: PayConfig): Gateways<BillGateway> {
  return { 'wechat-v2': createBillGateway(config) }
}

export * from './give-back.ts'
export * from './terms.ts'

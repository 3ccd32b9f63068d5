/** Orders as the payment functions share them. */
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import type { Merchant } from '#shared/payment/gateway'
import { QUESTION_PAUSE_MS } from './lifetimes.ts'
import { type OrderRow, takeQuestion } from './payorder-table/index.ts'

/** To whom an order is paid. */
export function merchantOf({ appId, merchantId }: { appId: string; merchantId: string }): Merchant {
  return { appId, merchantId }
}

/**
 * Does the order belong to the merchant that the shop is now, be it to an earlier app of it? The gateway cannot be
 * asked about one of an earlier merchant, and its notify could not be verified. Such an order is logged.
 */
export function isOfMerchant(
  { orderNo, merchantId }: OrderRow,
  deps: { merchantId: string; log: Logger },
): boolean {
  if (merchantId === deps.merchantId) return true
  deps.log.warn('order_of_other_merchant', { outTradeNo: orderNo, mchId: merchantId })
  return false
}

/** Claims the right to query an order, once in two seconds, because all orders share the gateway's quota. */
export function takeQuestionNow(id: number, { db, now }: { db: Sql; now: () => Date }): Promise<boolean> {
  return takeQuestion(db, id, new Date(now().getTime() - QUESTION_PAUSE_MS), now())
}

/** The lock for changing an order at its gateway: getting its QR code, or closing it. */
export function orderLock(orderNo: string): string {
  return `letao:order:${orderNo}`
}

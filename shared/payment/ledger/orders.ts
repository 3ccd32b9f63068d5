/** Orders as the payment functions share them. */
import type { Logger } from '#shared/log'
import type { Merchant } from '#shared/payment/gateway'
import type { OrderRow } from './payorder-table.ts'

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

/** The lock of whoever changes an order at its gateway: gets its QR code, or closes it. */
export function orderLock(orderNo: string): string {
  return `letao:order:${orderNo}`
}

import { nextTick } from 'vue'
import { useCart } from '../stores/cart.ts'
import { useCheckout } from '../stores/checkout.ts'
import { usePayments } from '../stores/payment.ts'
import { usePaymentList } from '../stores/payment-list.ts'
import { useSession } from '../stores/session.ts'
import { useShopOrders } from '../stores/shop-orders.ts'

/** Logs out and leaves nothing of this shopper for the next person at this browser. */
export function leaveShop(): void {
  useSession().logout()
  useCart().clear()
  useCheckout().finish()
  usePayments().clear()
  useShopOrders().clear()
  usePaymentList().clear()
}

/** After what had the focus is gone: to this element, or else to the page's heading. */
export async function focusAfterwards(selector?: string): Promise<void> {
  await nextTick()
  const target = selector ? document.querySelector<HTMLElement>(selector) : null
  ;(target ?? document.querySelector<HTMLElement>('h1'))?.focus({ preventScroll: target === null })
}

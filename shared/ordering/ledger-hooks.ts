/** What the ledger calls when a payment or a refund moves (`#shared/payment/wiring`), in its transaction. */
import type { Sql } from '#shared/db'
import type { Logger } from '#shared/log'
import {
  endHold,
  isPaid,
  type OnOrderMoved,
  type OnRefundMoved,
  type OrderMoved,
  type OrderRow,
  readItems,
  readOrder,
} from '#shared/payment/ledger'
import { paymentStockRef, release, ship } from '#shared/stock'
import { onRefundMoved } from './after-sale-desk.ts'
import { onPaymentMoved, type PaymentMove } from './payment-hook.ts'

/** The consequences of payments for what was ordered. */
export function orderMoved(deps: { now: () => Date; log: Logger }): OnOrderMoved {
  return async (tx, moved) => {
    const { order } = moved
    if (order.shopOrderId === null) {
      if (order.holdsStock === 1) await endStockHold(tx, order, moved.after, deps.now())
      return undefined
    }
    const kind = kindOf(moved)
    if (kind === undefined) return undefined
    const move = {
      shopOrderId: order.shopOrderId,
      kind,
      transactionId: moved.fact.payment?.transactionId,
    }
    return (await onPaymentMoved(tx, move, { now: deps.now(), log: deps.log })) === 'give_back'
      ? 'give_back'
      : 'keep'
  }
}

function kindOf({ before, after, verdict }: OrderMoved): PaymentMove['kind'] | undefined {
  if (verdict === 'paid_twice' || verdict === 'paid_late') return verdict
  if (after === 'CLOSED' || after === 'REVOKED') return 'closed'
  return isPaid(after) && !isPaid(before) ? 'paid' : undefined
}

/** An order without an address has no parcel: what is paid has left the house, what is closed can be sold again. */
async function endStockHold(tx: Sql, order: OrderRow, after: OrderMoved['after'], now: Date): Promise<void> {
  const isOver = after === 'CLOSED' || after === 'REVOKED'
  if (!isOver && !isPaid(after)) return
  const items = await readItems(tx, [order.id])
  const lines = items.flatMap(({ skuId, quantity }) => (skuId === null ? [] : [{ skuId, quantity }]))
  await endHold(tx, order.id)
  await (isOver ? release : ship)(tx, paymentStockRef(order.id), lines, now)
}

/** The consequences of refunds for cases and orders. */
export function refundMoved({ now }: { now: () => Date }): OnRefundMoved {
  return async (tx, { refund, to }) => {
    if (to !== 'SUCCESS' && to !== 'CLOSED') return
    const { shopOrderId, transactionId } = await readOrder(tx, refund.orderId)
    // A second payment that goes back was never the order's.
    if (shopOrderId === null || transactionId !== refund.transactionId) return
    const { refundNo: outRefundNo, refundFen } = refund
    const kind = to === 'SUCCESS' ? 'done' : 'closed'
    await onRefundMoved(tx, { outRefundNo, shopOrderId, refundFen, kind }, now())
  }
}

/** The shop's side of orders and cases, for ops. People of the shop have the back office. */
import { writeAudit } from '#shared/admin'
import type { Database } from '#shared/db'
import { decideCase, inspectCase, type LockPayment, releaseCase, shipOrder } from '#shared/ordering'
import { adjust } from '#shared/stock'
import type { Wish } from './schema.ts'

export interface DeskDeps {
  db: Database
  now: () => Date
  requestId: string
  lockPayment: LockPayment
}

/** What was done it to. */
export interface DeskResult {
  done: Wish['action']
  /** The order, the case or the SKU. */
  about: string
  /** Its state afterwards; null for stock, which has none. */
  state: string | null
}

/** Each wish in one short transaction, with its entry in the audit log. @throws AppError with the reason, in the shopper's words */
export function serve(wish: Wish, { db, now, requestId, lockPayment }: DeskDeps): Promise<DeskResult> {
  return db.transaction(async (tx) => {
    const done = wish.action
    const call = { user: undefined, request: { clientAddress: undefined }, requestId, now }
    await writeAudit(tx, call, { action: `desk.${done}`, target: targetOf(wish) }, { after: wish })
    if (wish.action === 'adjust') {
      const { sku_id: skuId, delta } = wish
      await adjust(tx, { ref: `J${wish.ref}`, skuId, delta }, now())
      return { done, about: String(skuId), state: null }
    }
    if (wish.action === 'ship') {
      const { order_no: orderNo, carrier, tracking_no: trackingNo, lines, by } = wish
      const order = await shipOrder(tx, { orderNo, carrier, trackingNo, lines, actor: `admin:${by}` }, now())
      return { done, about: orderNo, state: order.state }
    }
    const { after_sale_no: afterSaleNo } = wish
    const clerk = { id: wish.by }
    if (wish.action === 'decide') {
      const { approve, answer, amount_fen: amountFen } = wish
      const row = await decideCase(tx, { afterSaleNo, clerk, approve, answer, amountFen }, now())
      return { done, about: afterSaleNo, state: row.state }
    }
    if (wish.action === 'inspect') {
      const { ok, restock, answer } = wish
      const row = await inspectCase(tx, { afterSaleNo, clerk, ok, restock, answer }, now())
      return { done, about: afterSaleNo, state: row.state }
    }
    const row = await releaseCase(tx, { afterSaleNo, clerk }, lockPayment, now())
    return { done, about: afterSaleNo, state: row.state }
  })
}

function targetOf(wish: Wish): string {
  if (wish.action === 'adjust') return `sku:${wish.sku_id}`
  return wish.action === 'ship' ? `order:${wish.order_no}` : `case:${wish.after_sale_no}`
}

/** The table `order_event`: what happened to orders, append-only. */
import type { Sql } from '#shared/db'
import type { OrderEventName } from './order-events.ts'
import type { OrderState } from './states.ts'

/** Who did it: `user:7`, `admin:3`, `timer` or `wechat`; `shop` where an event before says which of its people. */
export type Actor = `user:${number}` | `admin:${number}` | 'shop' | 'timer' | 'wechat'

export interface OrderEventRow {
  id: number
  event: OrderEventName
  state_before: OrderState | null
  state_after: OrderState | null
  actor: Actor
  detail: string | null
  at: Date
}

/** Writes down what happened, in the transaction that did it. */
export async function writeEvent(
  tx: Sql,
  orderId: number,
  entry: {
    event: OrderEventName
    before?: OrderState | null
    after?: OrderState | null
    actor: Actor
    detail?: string | undefined
  },
  now: Date,
): Promise<void> {
  await tx.run(
    `/* order_event.writeEvent */ INSERT INTO order_event (order_id, event, state_before, state_after, actor, detail, at)
     VALUES (?, ?, ?, ?, ?, ?, ?)`,
    [
      orderId,
      entry.event,
      entry.before ?? null,
      entry.after ?? null,
      entry.actor,
      entry.detail?.slice(0, 500) ?? null,
      now,
    ],
  )
}

/** What happened to an order, oldest first. */
export function listEvents(sql: Sql, orderId: number): Promise<OrderEventRow[]> {
  return sql.rows<OrderEventRow>(
    `/* order_event.listEvents */ SELECT id, event, state_before, state_after, actor, detail, at FROM order_event
     WHERE order_id = ? ORDER BY id LIMIT 200`,
    [orderId],
  )
}

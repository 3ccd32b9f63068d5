/** Money that needs a person, as lists: each newest first, paged by key. */
import { findWaiting, namesOf } from '#shared/admin'
import type { Sql } from '#shared/db'
import { listOrdersById } from '#shared/ordering'
import { listDifferences } from '#shared/payment/bill'
import {
  listFlagged,
  listPayments,
  listTroubled,
  type OrderRow,
  type RefundRow,
  refundedFen,
} from '#shared/payment/ledger'
import { isHeld, LATE_ACTION, lateTarget } from './late.ts'
import type { MoneyKind } from './schema.ts'

interface Page {
  beforeId: number | undefined
  limit: number
}

export interface MoneyPage {
  rows: { id: number }[]
  nextCursor: string | null
}

type List = (page: Page, sql: Sql) => Promise<{ id: number }[]>

const lists: Readonly<Record<MoneyKind, List>> = { differences, late, refunds }

/** One page of what this kind is about. */
export async function listMoney(
  { kind, cursor, limit }: { kind: MoneyKind; cursor: number | undefined; limit: number },
  { db }: { db: Sql },
): Promise<MoneyPage> {
  const found = await lists[kind]({ beforeId: cursor, limit: limit + 1 }, db)
  const rows = found.slice(0, limit)
  return { rows, nextCursor: found.length > limit ? String(rows.at(-1)?.id) : null }
}

/** Two short lists that are in order become one. */
function merge<T extends { id: number }>(lists: readonly T[][], limit: number): T[] {
  return lists
    .flat()
    .sort((a, b) => b.id - a.id)
    .slice(0, limit)
}

async function differences(page: Page, sql: Sql) {
  return (await listDifferences(sql, page)).map(({ found_at, ...row }) => ({
    ...row,
    foundAt: found_at.toISOString(),
  }))
}

async function late(page: Page, sql: Sql) {
  const flagged = await Promise.all([
    listFlagged(sql, { attention: 'PAID_AFTER_CLOSE', ...page }),
    listFlagged(sql, { attention: 'PAID_TWICE', ...page }),
  ])
  const orders = merge(flagged, page.limit)
  const shopOrders = await listOrdersById(
    sql,
    orders.flatMap(({ shopOrderId }) => shopOrderId ?? []),
  )
  const views: LateView[] = []
  for (const order of orders) {
    const shopOrder = shopOrders.find(({ id }) => id === order.shopOrderId)
    views.push(await lateView(order, shopOrder, sql))
  }
  const targets = views.flatMap(({ payments }) => payments.map((each) => lateTarget(each.transaction_id)))
  const waiting = await findWaiting(sql, LATE_ACTION, targets)
  const names = await namesOf(
    sql,
    [...waiting.values()].map(({ asked_by }) => asked_by),
  )
  return views.map((view) => ({
    ...view,
    payments: view.payments.map((payment) => {
      const wish = waiting.get(lateTarget(payment.transaction_id))
      const askedBy = wish && { id: wish.asked_by, username: names.get(wish.asked_by) ?? `#${wish.asked_by}` }
      return { ...payment, waiting: wish ? { approvalId: wish.id, askedBy } : null }
    }),
  }))
}

interface LateView {
  id: number
  kind: 'paid_late' | 'paid_twice'
  out_trade_no: string
  order_no: string | null
  /** Of the business order, when there is one. */
  state: string | null
  total_fen: number
  payments: {
    transaction_id: string
    amount_fen: number
    refunded_fen: number
    paidAt: string | null
    /** The order lives on this payment: it goes back as an after-sale case, or by ops. */
    isHeld: boolean
  }[]
}

async function lateView(
  order: OrderRow,
  shopOrder: { order_no: string; state: string; transaction_id: string | null } | undefined,
  sql: Sql,
): Promise<LateView> {
  const payments: LateView['payments'] = []
  for (const { transactionId, totalFen, paidAt } of await listPayments(sql, order)) {
    payments.push({
      transaction_id: transactionId,
      amount_fen: totalFen,
      refunded_fen: await refundedFen(sql, transactionId),
      paidAt,
      isHeld: isHeld(order, shopOrder, transactionId),
    })
  }
  return {
    id: order.id,
    kind: order.attention === 'PAID_TWICE' ? 'paid_twice' : 'paid_late',
    out_trade_no: order.orderNo,
    order_no: shopOrder?.order_no ?? null,
    state: shopOrder?.state ?? null,
    total_fen: order.amountFen,
    payments,
  }
}

async function refunds(page: Page, sql: Sql) {
  const troubled = await Promise.all([
    listTroubled(sql, { status: 'PROCESSING', ...page }),
    listTroubled(sql, { status: 'CHANGE', ...page }),
  ])
  return merge(troubled, page.limit).map(refundView)
}

function refundView(row: RefundRow) {
  return {
    id: row.id,
    out_refund_no: row.refundNo,
    out_trade_no: row.orderNo,
    transaction_id: row.transactionId,
    refund_fen: row.refundFen,
    total_fen: row.totalFen,
    origin: row.origin,
    status: row.status,
    refusals: row.refusals,
    refusalCode: row.refusalCode,
    refusalText: row.refusalText,
    dueAt: row.dueAt?.toISOString() ?? null,
    createdAt: row.createdAt.toISOString(),
  }
}

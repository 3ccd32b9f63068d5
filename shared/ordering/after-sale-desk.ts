/** After-sale cases as the shop handles them: decide, inspect, release the money. Two people, never the same one. */
import type { Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { release as releaseStock, restock as restockStock } from '#shared/stock'
import { RETURN_MS, wrongCase } from './after-sale.ts'
import { caseMove, openCaseStates } from './after-sale-states.ts'
import {
  type AfterSaleRow,
  findCase,
  findCaseOfRefund,
  listCasesOfOrder,
  lockCase,
  moveCase,
} from './after-sale-table.ts'
import { type Actor, writeEvent } from './order-event-table.ts'
import type { OrderEventName } from './order-events.ts'
import { RECEIPT_MS } from './ship.ts'
import { type LineRow, listLines, refundPairs } from './shop-order-line-table.ts'
import { addRefunded, lockShopOrder, moveOrder, type ShopOrderRow } from './shop-order-table/index.ts'

/** The timer releases returns that were inspected up to this sum; more needs a second person. */
export const RELEASED_BY_TIMER_FEN = 20_000

/** Who works at the desk: a clerk by id, or the timer. */
export type Clerk = { id: number } | 'timer'

const actorOf = (clerk: Clerk): Actor => (clerk === 'timer' ? 'timer' : `admin:${clerk.id}`)
const idOf = (clerk: Clerk): number | null => (clerk === 'timer' ? null : clerk.id)

export interface DecideInput {
  afterSaleNo: string
  clerk: Clerk
  approve: boolean
  /** What the shopper reads; needed for a refusal. */
  answer?: string | undefined
  /** Less than what was computed, with `answer` as the reason; never more. */
  amountFen?: number | undefined
}

/** Grants or refuses a case. @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT, INVALID_PARAMETER */
export async function decideCase(tx: Sql, input: DecideInput, now: Date): Promise<AfterSaleRow> {
  const { order, row } = await lockCaseByNumber(tx, input.afterSaleNo)
  const event = !input.approve ? 'reject' : row.kind === 'RETURN' ? 'approve_return' : 'approve'
  const move = caseMove(row.state, event)
  if (move === 'repeated') return row
  if (move === 'refused') throw wrongCase(row)
  const amount = input.amountFen ?? row.amount_fen
  if (amount > row.amount_fen || amount < 1)
    throw new AppError('INVALID_PARAMETER', { msg: `退款金额不能超过${row.amount_fen}分` })
  if ((!input.approve || amount < row.amount_fen) && !input.answer)
    throw new AppError('INVALID_PARAMETER', { msg: '请填写说明' })
  const dueAt = { AWAIT_RETURN: new Date(now.getTime() + RETURN_MS), APPROVED: now }[move as string] ?? null
  const changes = {
    amount_fen: amount,
    answer: input.answer ?? null,
    decided_by: idOf(input.clerk),
    due_at: dueAt,
  }
  await moveCase(tx, row.id, row.state, move, changes, now)
  await writeCaseEvent(
    tx,
    order,
    row,
    input.approve ? 'after_sale_granted' : 'after_sale_refused',
    input.clerk,
    now,
  )
  return { ...row, ...changes, state: move }
}

/** The shoes came back: they are as they should be, or they go back to the shopper. */
export async function inspectCase(
  tx: Sql,
  input: { afterSaleNo: string; clerk: Clerk; ok: boolean; restock: boolean; answer?: string | undefined },
  now: Date,
): Promise<AfterSaleRow> {
  const { order, row } = await lockCaseByNumber(tx, input.afterSaleNo)
  const move = caseMove(row.state, input.ok ? 'inspect_ok' : 'inspect_bad')
  if (move === 'repeated') return row
  if (move === 'refused') throw wrongCase(row)
  if (!input.ok && !input.answer) throw new AppError('INVALID_PARAMETER', { msg: '请填写说明' })
  const changes = {
    restock: input.ok && input.restock ? (1 as const) : (0 as const),
    decided_by: idOf(input.clerk),
    due_at: input.ok ? now : null,
    ...(input.answer && { answer: input.answer }),
  }
  await moveCase(tx, row.id, row.state, move, changes, now)
  await writeCaseEvent(
    tx,
    order,
    row,
    input.ok ? 'after_sale_inspected' : 'after_sale_refused',
    input.clerk,
    now,
  )
  return { ...row, ...changes, state: move }
}

/**
 * Locks the payment of an order, before the order itself, and returns what writes its refund later in the same
 * transaction.
 */
export type LockPayment = (tx: Sql, shopOrderId: number) => Promise<(money: MoneyBack) => Promise<void>>

/** What the ledger is asked to give back. */
export interface MoneyBack {
  outRefundNo: string
  refundFen: number
  reason: string
}

/**
 * Releases the money of a granted case: the refund is written in the same transaction, and handed to WeChat afterwards by
 * `reconcile`. The table refuses the person who decided.
 *
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT (not granted, the same person, or the payment cannot be given back now)
 */
export async function releaseCase(
  tx: Sql,
  input: { afterSaleNo: string; clerk: Clerk },
  lockPayment: LockPayment,
  now: Date,
): Promise<AfterSaleRow> {
  const found = await findCase(tx, input.afterSaleNo)
  if (!found) throw caseNotFound()
  const giveBack = await lockPayment(tx, found.order_id)
  const { order, row } = await lockCaseByNumber(tx, input.afterSaleNo)
  const move = caseMove(row.state, 'release')
  if (move === 'repeated') return row
  if (move === 'refused') throw wrongCase(row)
  if (input.clerk !== 'timer' && input.clerk.id === row.decided_by)
    throw new AppError('STATE_CONFLICT', { msg: '同意退款和放款须由两个人操作', data: { state: row.state } })
  if (order.transaction_id === null) throw wrongCase(row)
  const freightFen = await freightToReturn(tx, order, row)
  const outRefundNo = `AS${row.after_sale_no}${row.refund_try === 0 ? '' : `R${row.refund_try}`}`
  const changes = {
    released_by: idOf(input.clerk),
    freight_fen: freightFen,
    out_refund_no: outRefundNo,
    due_at: null,
  }
  await moveCase(tx, row.id, row.state, move, changes, now)
  await writeCaseEvent(tx, order, row, 'after_sale_released', input.clerk, now)
  await giveBack({
    outRefundNo,
    refundFen: row.amount_fen + freightFen,
    reason: row.kind === 'RETURN' ? '退货退款' : '订单退款',
  })
  return { ...row, ...changes, state: move }
}

/** Freight goes back in full when the whole order is cancelled before anything was shipped, with its last case. */
async function freightToReturn(tx: Sql, order: ShopOrderRow, row: AfterSaleRow): Promise<number> {
  if (row.kind !== 'CANCEL') return 0
  const lines = await listLines(tx, [order.id])
  if (lines.some(({ shipped_quantity }) => shipped_quantity > 0)) return 0
  const cases = await listCasesOfOrder(tx, order.id)
  const onTheWay = (line: LineRow) =>
    cases
      .filter((each) => each.order_line_id === line.id && (each.state === 'REFUNDING' || each.id === row.id))
      .reduce((sum, each) => sum + each.quantity, 0)
  const isWhole = lines.every((line) => line.cancelled_quantity + onTheWay(line) === line.quantity)
  const promised = cases
    .filter(({ state, id }) => state === 'REFUNDING' && id !== row.id)
    .reduce((sum, each) => sum + each.freight_fen, 0)
  return isWhole ? order.freight_fen - order.refunded_freight_fen - promised : 0
}

/** How a refund ended at WeChat. */
export interface RefundMove {
  outRefundNo: string
  shopOrderId: number
  refundFen: number
  kind: 'done' | 'closed'
}

/**
 * What the end of a refund means for its case and order. Called inside the transaction that moved the refund; a
 * repetition changes nothing. A refund that no case asked for (made by ops or in the merchant platform) only counts.
 */
export async function onRefundMoved(tx: Sql, move: RefundMove, now: Date): Promise<void> {
  const order = await lockShopOrder(tx, move.shopOrderId)
  if (!order) return
  const found = await findCaseOfRefund(tx, move.outRefundNo)
  const row = found && (await lockCase(tx, found.id))
  if (!row) return countOutsideRefund(tx, order, move, now)
  if (move.kind === 'closed') {
    const again = {
      refund_try: row.refund_try + 1,
      released_by: null,
      out_refund_no: null,
      freight_fen: 0,
      due_at: now,
    }
    if (!(await moveCase(tx, row.id, 'REFUNDING', 'APPROVED', again, now))) return
    return writeCaseEvent(tx, order, row, 'after_sale_refund_closed', 'wechat', now)
  }
  if (!(await moveCase(tx, row.id, 'REFUNDING', 'REFUNDED', { due_at: null }, now))) return
  const isCancel = row.kind === 'CANCEL'
  const counted = await refundPairs(tx, row.order_line_id, {
    quantity: row.quantity,
    fen: row.amount_fen,
    isCancel,
  })
  const fen = row.amount_fen + row.freight_fen
  if (!counted || !(await addRefunded(tx, order.id, { fen, freightFen: row.freight_fen }, now)))
    throw new Error(`case ${row.after_sale_no} gives back more than was paid`)
  await writeCaseEvent(tx, order, row, 'after_sale_refunded', 'wechat', now)
  const lines = await listLines(tx, [order.id])
  await endIfAllWentBack(tx, order, lines, now)
  const line = lines.find(({ id }) => id === row.order_line_id)
  if (line?.counts_stock !== 1) return
  const stock = [{ skuId: line.sku_id, quantity: row.quantity }]
  if (isCancel) await releaseStock(tx, `A${row.id}`, stock, now)
  else if (row.restock === 1) await restockStock(tx, `A${row.id}`, stock, now)
}

async function countOutsideRefund(tx: Sql, order: ShopOrderRow, move: RefundMove, now: Date): Promise<void> {
  if (move.kind === 'closed') return
  const detail = `${move.outRefundNo} ${move.refundFen}`
  await addRefunded(tx, order.id, { fen: move.refundFen, freightFen: 0 }, now)
  await writeEvent(tx, order.id, { event: 'refunded_outside', actor: 'wechat', detail }, now)
}

/** An order of which every pair went back is over; one that was partly cancelled may be wholly shipped now. */
async function endIfAllWentBack(
  tx: Sql,
  order: ShopOrderRow,
  lines: readonly LineRow[],
  now: Date,
): Promise<void> {
  const { state } = order
  const isOpen = state === 'PAID' || state === 'PART_SHIPPED' || state === 'SHIPPED'
  if (!isOpen) return
  if (lines.every((line) => line.refunded_quantity === line.quantity)) {
    const end = { close_reason: 'REFUNDED' as const, closed_at: now, due_at: null }
    await moveOrder(tx, order.id, state, 'CLOSED', end, now)
    const event = {
      event: 'closed',
      before: state,
      after: 'CLOSED',
      actor: 'wechat',
      detail: 'REFUNDED',
    } as const
    return writeEvent(tx, order.id, event, now)
  }
  const isAllSent = lines.every((line) => line.shipped_quantity + line.cancelled_quantity === line.quantity)
  if (state === 'PART_SHIPPED' && isAllSent) {
    const times = { shipped_at: now, due_at: new Date(now.getTime() + RECEIPT_MS) }
    await moveOrder(tx, order.id, 'PART_SHIPPED', 'SHIPPED', times, now)
    const event = { event: 'rest_cancelled', before: state, after: 'SHIPPED', actor: 'wechat' } as const
    await writeEvent(tx, order.id, event, now)
  }
}

async function lockCaseByNumber(
  tx: Sql,
  afterSaleNo: string,
): Promise<{ order: ShopOrderRow; row: AfterSaleRow }> {
  const found = await findCase(tx, afterSaleNo)
  const order = found && (await lockShopOrder(tx, found.order_id))
  const row = found && (await lockCase(tx, found.id))
  if (!order || !row) throw caseNotFound()
  return { order, row }
}

function caseNotFound(): AppError {
  return new AppError('RECORD_NOT_FOUND', { msg: '售后申请不存在' })
}

async function writeCaseEvent(
  tx: Sql,
  order: ShopOrderRow,
  row: AfterSaleRow,
  event: OrderEventName,
  clerk: Clerk | 'wechat',
  now: Date,
): Promise<void> {
  const actor = clerk === 'wechat' ? 'wechat' : actorOf(clerk)
  await writeEvent(tx, order.id, { event, actor, detail: row.after_sale_no }, now)
}

/** Is the case still open? */
export function isOpenCase({ state }: Pick<AfterSaleRow, 'state'>): boolean {
  return (openCaseStates as readonly string[]).includes(state)
}

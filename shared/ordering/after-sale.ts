/** After-sale cases as the shopper sees them: ask, cancel, send the shoes back. Amounts are computed, never sent. */
import { isDuplicateKey, type Sql } from '#shared/db'
import { AppError } from '#shared/errors'
import { type AfterSaleKind, caseMove, caseStateText } from './after-sale-states.ts'
import {
  type AfterSaleRow,
  findOwnCase,
  insertCase,
  listCasesOfOrder,
  lockCase,
  moveCase,
} from './after-sale-table.ts'
import { shareOf } from './amounts.ts'
import { writeEvent } from './order-event-table.ts'
import { createNumber } from './order-number.ts'
import { type Carrier, carriers, type OrderDeps, wrongState } from './ship.ts'
import { type LineRow, listLines } from './shop-order-line-table.ts'
import { lockOwnShopOrder, lockShopOrder, type ShopOrderRow } from './shop-order-table/index.ts'

/** A line can be the subject of so many cases. */
export const MAX_CASES_PER_LINE = 3

const DAY_MS = 86_400_000
const BEIJING_MS = 8 * 3600 * 1000

/** Until when a completed order can be complained about. */
const COMPLAINT_MS = 15 * DAY_MS

/** A cancellation that nobody answers is granted after this time; other cases are brought up again. */
export const CANCEL_GRANTED_MS = DAY_MS
export const REMINDER_MS = 2 * DAY_MS

/** The shoes have to be on their way within this time. */
export const RETURN_MS = 7 * DAY_MS

export interface AskInput {
  userId: number
  orderNo: string
  lineId: number
  quantity: number
  kind: AfterSaleKind
  reason: string
}

/**
 * Opens a case about some pairs of one line. One is open per line at a time, by key.
 *
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT (not paid, too late, more than is left, another case is open)
 */
export async function askAfterSale(input: AskInput, { db, now }: OrderDeps): Promise<AfterSaleRow> {
  const afterSaleNo = createNumber(now())
  try {
    await db.transaction(async (tx) => {
      const order = await lockOwnShopOrder(tx, input.orderNo, input.userId)
      const line = order && (await listLines(tx, [order.id])).find(({ id }) => id === input.lineId)
      if (!order || !line) throw new AppError('ORDER_NOT_FOUND')
      assertAllowed(order, line, input, now())
      const earlier = (await listCasesOfOrder(tx, order.id)).filter((each) => each.order_line_id === line.id)
      if (earlier.length >= MAX_CASES_PER_LINE)
        throw wrongState(order, `每件商品最多申请${MAX_CASES_PER_LINE}次售后，请联系客服`)
      const amountFen = shareOf(line.paid_fen, line.quantity, line.refunded_quantity, input.quantity)
      const wait = input.kind === 'CANCEL' ? CANCEL_GRANTED_MS : REMINDER_MS
      await insertCase(
        tx,
        {
          afterSaleNo,
          orderId: order.id,
          orderLineId: line.id,
          userId: input.userId,
          kind: input.kind,
          quantity: input.quantity,
          amountFen,
          reason: input.reason,
          dueAt: new Date(now().getTime() + wait),
        },
        now(),
      )
      const { state } = order
      const actor = `user:${input.userId}` as const
      const detail = `${afterSaleNo} ${input.kind} ${line.name} ×${input.quantity}`
      await writeEvent(
        tx,
        order.id,
        { event: 'after_sale_asked', before: state, after: state, actor, detail },
        now(),
      )
    })
  } catch (error) {
    if (isDuplicateKey(error, 'after_sale_one_open'))
      throw new AppError('STATE_CONFLICT', { msg: '这件商品已有售后申请正在处理' })
    throw error
  }
  const row = await findOwnCase(db, afterSaleNo, input.userId)
  if (!row) throw new Error(`case ${afterSaleNo} is gone`)
  return row
}

function assertAllowed(order: ShopOrderRow, line: LineRow, input: AskInput, now: Date): void {
  const { kind, quantity } = input
  const unshipped = line.quantity - line.shipped_quantity - line.cancelled_quantity
  const sent = line.shipped_quantity - (line.refunded_quantity - line.cancelled_quantity)
  if (kind === 'CANCEL') {
    if (order.state !== 'PAID' && order.state !== 'PART_SHIPPED') throw wrongState(order)
    if (quantity > unshipped) throw wrongState(order, '可以退款的数量不足，已发货的商品请申请退货')
    return
  }
  if (!['PART_SHIPPED', 'SHIPPED', 'COMPLETED'].includes(order.state)) throw wrongState(order)
  if (quantity > sent) throw wrongState(order, '可以申请售后的数量不足')
  if (order.completed_at === null) return
  const until =
    kind === 'RETURN' ? returnUntil(order.completed_at) : order.completed_at.getTime() + COMPLAINT_MS
  if (now.getTime() > until) throw wrongState(order, '已超过售后期限')
}

/**
 * Until when shoes can be sent back without a reason: the end of the seventh Beijing day after the day of receipt
 * (消费者权益保护法 25; the seven days begin the day after signing).
 */
export function returnUntil(receivedAt: Date): number {
  const day = Math.floor((receivedAt.getTime() + BEIJING_MS) / DAY_MS)
  return (day + 8) * DAY_MS - BEIJING_MS - 1
}

/** The shopper takes the case back. Again: nothing changes. @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT */
export function cancelCase(
  { userId, afterSaleNo }: { userId: number; afterSaleNo: string },
  { db, now }: OrderDeps,
): Promise<void> {
  return db.transaction(async (tx) => {
    const { order, row } = await lockOwnCase(tx, afterSaleNo, userId)
    const move = caseMove(row.state, 'cancel')
    if (move === 'repeated') return
    if (move === 'refused') throw wrongCase(row)
    await moveCase(tx, row.id, row.state, move, { due_at: null }, now())
    const actor = `user:${userId}` as const
    await writeEvent(tx, order.id, { event: 'after_sale_cancelled', actor, detail: afterSaleNo }, now())
  })
}

/**
 * The shoes are on their way back; the number can be corrected until they arrive.
 *
 * @throws AppError ORDER_NOT_FOUND, STATE_CONFLICT
 */
export function sendBack(
  input: { userId: number; afterSaleNo: string; carrier: Carrier; trackingNo: string },
  { db, now }: OrderDeps,
): Promise<void> {
  return db.transaction(async (tx) => {
    const { order, row } = await lockOwnCase(tx, input.afterSaleNo, input.userId)
    const move = caseMove(row.state, 'send')
    if (move === 'refused' || move === 'repeated') throw wrongCase(row)
    const parcel = {
      carrier: input.carrier,
      tracking_no: input.trackingNo,
      due_at: new Date(now().getTime() + RETURN_MS),
    }
    await moveCase(tx, row.id, row.state, move, parcel, now())
    const actor = `user:${input.userId}` as const
    const detail = `${input.afterSaleNo} ${carriers[input.carrier]} ${input.trackingNo}`
    await writeEvent(tx, order.id, { event: 'after_sale_sent_back', actor, detail }, now())
  })
}

async function lockOwnCase(
  tx: Sql,
  afterSaleNo: string,
  userId: number,
): Promise<{ order: ShopOrderRow; row: AfterSaleRow }> {
  const found = await findOwnCase(tx, afterSaleNo, userId)
  const order = found && (await lockShopOrder(tx, found.order_id))
  const row = found && (await lockCase(tx, found.id))
  if (!order || !row) throw new AppError('RECORD_NOT_FOUND', { msg: '售后申请不存在' })
  return { order, row }
}

/** The refusal of a wish that the case's state does not allow. */
export function wrongCase({ after_sale_no, state }: AfterSaleRow): AppError {
  return new AppError('STATE_CONFLICT', {
    msg: `售后申请${caseStateText[state]}，不能这样操作`,
    data: { after_sale_no, state },
  })
}

/** What stands in the bill and not in the ledger. The bill is unsigned, so the gateway is asked about each, then believed. */
import type { Logger } from '#shared/log'
import { GatewayRefused, GatewayUnreachable, gatewayNamed } from '#shared/payment/gateway'
import {
  adoptRefund,
  findRefund,
  merchantOf,
  type QueryDeps,
  queryAndSettle,
  type RefundDeps,
  readOrder,
  takeRefundState,
} from '#shared/payment/ledger'
import { findUnknownRefunds, findUnpaidOrders } from './bill-line-table.ts'

/** Stop after this many consecutive unanswered questions: the rest stay differences, and the next run asks again. */
const MAX_UNANSWERED = 5

/** Settles payments whose notify and every query had been lost. @returns how many */
export async function healPayments(billDate: string, deps: QueryDeps): Promise<number> {
  const unpaid = await findUnpaidOrders(deps.db, billDate)
  return healEach(unpaid, deps.log, async ({ orderId }) => {
    const order = await readOrder(deps.db, orderId)
    if (order.merchantId !== deps.merchantId) return false
    const { verdict } = await queryAndSettle(order, 'bill', deps)
    return verdict === 'settled' || verdict === 'paid_late'
  })
}

/**
 * Writes down refunds that were made in the merchant platform without the shop hearing of it, and takes back that one
 * was closed which the gateway did all the same.
 *
 * @returns how many
 */
export async function healRefunds(billDate: string, deps: RefundDeps): Promise<number> {
  const unknown = await findUnknownRefunds(deps.db, billDate)
  return healEach(unknown, deps.log, async ({ refundNo, gateway, ...order }) => {
    if (order.merchantId !== deps.merchantId) return false
    const report = await gatewayNamed(deps.refunds, gateway).queryRefund({
      merchant: merchantOf(order),
      refundNo,
    })
    const row = (await findRefund(deps.db, refundNo)) ?? (await adoptRefund(report, deps))
    if (row) await takeRefundState(row, report, deps)
    return row !== undefined
  })
}

async function healEach<Row extends { orderNo: string; refundNo?: string }>(
  rows: readonly Row[],
  log: Logger,
  heal: (row: Row) => Promise<boolean>,
): Promise<number> {
  let healed = 0
  let unanswered = 0
  for (const row of rows) {
    try {
      if (await heal(row)) healed += 1
      unanswered = 0
    } catch (error) {
      if (!(error instanceof GatewayRefused || error instanceof GatewayUnreachable)) throw error
      log.warn('bill_heal_failed', {
        outTradeNo: row.orderNo,
        outRefundNo: row.refundNo,
        reason: error.message,
      })
      if (error instanceof GatewayUnreachable && ++unanswered >= MAX_UNANSWERED) break
    }
  }
  return healed
}

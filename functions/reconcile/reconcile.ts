/** Asks WeChat about everything that nothing is decided about, so that a lost notify loses no payment. */

import { type WechatRefunds, WechatRefused } from '#shared/payment/gateway/wechat-v2'
import {
  type CloseDeps,
  closeEverywhere,
  followRefund,
  isPaid,
  isRecorded,
  openStates,
  queryAndSettle,
  REFUND_PERIOD_MS,
  type RefundRow,
  refundColumns,
} from '#shared/payment/ledger'
import { type BatchDeps, type BatchReport, workThrough } from './batches.ts'

export type ReconcileDeps = CloseDeps & BatchDeps & { refunds: WechatRefunds }

/** What one run did. */
export interface ReconcileReport {
  checked: number
  settled: number
  closed: number
  /** Still unpaid and young enough. */
  open: number
  /** Refunds that were followed up, and those of them that are finished now. */
  refunds: number
  refundsFinished: number
  /** Orders and refunds that WeChat could not be asked about; the next run tries again. */
  failed: number
}

/** An order that nobody paid for so long is closed. */
const UNPAID_LIFETIME_MS = 2 * 3600 * 1000

interface OpenOrder {
  id: number
  out_trade_no: string
  appid: string
  mch_id: string
  created_at: Date | null
}

type Outcome = 'settled' | 'closed' | 'open'

/** @throws Error when not one order or refund could be asked about */
export async function reconcile(deps: ReconcileDeps): Promise<ReconcileReport> {
  const report: ReconcileReport = {
    checked: 0,
    settled: 0,
    closed: 0,
    open: 0,
    refunds: 0,
    refundsFinished: 0,
    failed: 0,
  }
  const orders = await checkOrders(report, deps)
  const refunds = await followRefunds(report, deps)
  report.checked = orders.checked
  report.refunds = refunds.checked
  report.failed = orders.failed + refunds.failed
  const fault = orders.lastFault ?? refunds.lastFault
  if (fault && report.failed === report.checked + report.refunds) {
    throw new Error(`reconcile: WeChat Pay answered for none of ${report.failed} rows: ${fault.message}`)
  }
  return report
}

function checkOrders(report: ReconcileReport, deps: ReconcileDeps): Promise<BatchReport> {
  const { config } = deps
  return workThrough<OpenOrder>(
    {
      table: 'payorder',
      columns: 'id, out_trade_no, appid, mch_id, created_at',
      where: `trade_state IN (${openStates.map(() => '?').join(', ')}) AND out_trade_no_repeat = 0
        AND appid = ? AND mch_id = ?`,
      values: [...openStates, config.WX_APPID, config.WX_MCH_ID],
      work: async (order) => {
        report[await checkOrder(order, deps)] += 1
      },
      name: ({ out_trade_no }) => out_trade_no,
    },
    deps,
  )
}

async function checkOrder(order: OpenOrder, deps: ReconcileDeps): Promise<Outcome> {
  // A row of the Koa shop knows no time of its own: it is older than anything here.
  const age = deps.now().getTime() - (order.created_at?.getTime() ?? 0)
  if (age >= UNPAID_LIFETIME_MS) {
    const outcome = await closeEverywhere(order, 'reconcile', deps)
    return outcome === 'paid' ? 'settled' : outcome
  }
  try {
    const { tradeState, verdict } = await queryAndSettle(order.out_trade_no, 'reconcile', deps)
    // What cannot be true (another amount) was reported, and settles nothing.
    if (verdict && !isRecorded(verdict)) return 'open'
    if (tradeState && isPaid(tradeState)) return 'settled'
    return tradeState === 'CLOSED' || tradeState === 'REVOKED' ? 'closed' : 'open'
  } catch (error) {
    if (error instanceof WechatRefused && error.errCode === 'ORDERNOTEXIST') return 'open'
    throw error
  }
}

/** Hands over what WeChat has not accepted yet, and asks about the rest: also whether a CHANGE was arranged there. */
function followRefunds(report: ReconcileReport, deps: ReconcileDeps): Promise<BatchReport> {
  return workThrough<RefundRow>(
    {
      table: 'refund',
      columns: refundColumns,
      where: `(status = 'PROCESSING' OR (status = 'CHANGE' AND refund_id IS NOT NULL AND created_at > ?))`,
      values: [new Date(deps.now().getTime() - REFUND_PERIOD_MS)],
      work: async (refund) => {
        const after = await followRefund(refund, { ...deps, wechat: deps.refunds })
        if (after.status !== refund.status) report.refundsFinished += 1
      },
      name: ({ out_refund_no }) => out_refund_no,
    },
    deps,
  )
}

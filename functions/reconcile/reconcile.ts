/** Queries the gateway about every undecided order and refund, so that no payment is lost with a notification. */
import { GatewayRefused } from '#shared/payment/gateway'
import {
  ARRANGED_PAUSE_MS,
  claimOrders,
  claimRefunds,
  closeEverywhere,
  countOpenOfOthers,
  findDueRefunds,
  findUnasked,
  followRefund,
  isPaid,
  isRecorded,
  type OrderDeps,
  type OrderRow,
  queryAndSettle,
  type RefundDeps,
  type RefundRow,
  releaseOrder,
  releaseRefund,
  UNPAID_LIFETIME_MS,
} from '#shared/payment/ledger'
import { type BatchReport, workThrough } from './batches.ts'

export interface ReconcileDeps {
  readonly orders: OrderDeps
  readonly refunds: RefundDeps
  /** Milliseconds that are left of this run. */
  readonly msLeft: () => number
}

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
  /** Orders and refunds that could not be dealt with; the next run tries again. */
  failed: number
  /** Those about which the gateway said no. */
  refused: number
  /** Open orders and refunds of an earlier merchant, which nobody can be asked about. */
  ofOthers: number
}

type Outcome = 'settled' | 'closed' | 'open'

/** A run that did not deal with everything, with what it did all the same. */
export class ReconcileFailed extends Error {
  readonly report: ReconcileReport

  constructor(message: string, report: ReconcileReport) {
    super(message)
    this.name = 'ReconcileFailed'
    this.report = report
  }
}

/** @throws ReconcileFailed at the end, when a row could not be dealt with */
export async function reconcile(deps: ReconcileDeps): Promise<ReconcileReport> {
  const report: ReconcileReport = {
    checked: 0,
    settled: 0,
    closed: 0,
    open: 0,
    refunds: 0,
    refundsFinished: 0,
    failed: 0,
    refused: 0,
    ofOthers: 0,
  }
  const orders = await checkOrders(report, deps)
  const refunds = await followRefunds(report, deps)
  report.checked = orders.checked
  report.refunds = refunds.checked
  report.failed = orders.failed + refunds.failed
  report.refused = orders.refused + refunds.refused
  await reportOthers(report, deps)
  const fault = orders.lastFault ?? refunds.lastFault
  if (fault) throw new ReconcileFailed(messageOf(report, fault), report)
  return report
}

function messageOf({ checked, refunds, failed }: ReconcileReport, fault: Error): string {
  const all = checked + refunds
  const what = failed === all ? `none of ${all} rows could be dealt with` : `${failed} of ${all} rows failed`
  return `reconcile: ${what}: ${fault.message}`
}

function checkOrders(report: ReconcileReport, { orders: deps, msLeft }: ReconcileDeps): Promise<BatchReport> {
  const { db, now, log, merchantId } = deps
  return workThrough<OrderRow>(
    {
      table: 'payorder',
      find: (sql, before, limit) => findUnasked(sql, merchantId, before, limit),
      claim: claimOrders,
      release: ({ id }) => releaseOrder(db, id, now()),
      work: async (order) => {
        report[await checkOrder(order, deps)] += 1
      },
      name: ({ orderNo }) => orderNo,
    },
    { db, now, log, msLeft },
  )
}

async function checkOrder(order: OrderRow, deps: OrderDeps): Promise<Outcome> {
  // A row of the Koa shop knows no time of its own: it is older than anything here. A code that was made late lives on.
  const bornAt = Math.max(order.createdAt?.getTime() ?? 0, order.codeUrlAt?.getTime() ?? 0)
  if (deps.now().getTime() - bornAt >= UNPAID_LIFETIME_MS) {
    const outcome = await closeEverywhere(order, 'reconcile', deps)
    return outcome === 'paid' ? 'settled' : outcome
  }
  try {
    const { state, verdict } = await queryAndSettle(order, 'reconcile', deps)
    // What cannot be true (another amount) was reported, and settles nothing.
    if (verdict && !isRecorded(verdict)) return 'open'
    if (state && isPaid(state)) return 'settled'
    return state === 'CLOSED' || state === 'REVOKED' ? 'closed' : 'open'
  } catch (error) {
    if (error instanceof GatewayRefused && error.reason === 'unknown_order') return 'open'
    throw error
  }
}

/** Hands over what the gateway has not accepted yet, and asks about the rest: also whether a CHANGE was arranged. */
function followRefunds(
  report: ReconcileReport,
  { orders, refunds: deps, msLeft }: ReconcileDeps,
): Promise<BatchReport> {
  const { now, log, merchantId } = deps
  return workThrough<RefundRow>(
    {
      table: 'refund',
      find: findDueRefunds,
      claim: claimRefunds,
      release: ({ id, status }) =>
        releaseRefund(deps.db, id, new Date(now().getTime() + (status === 'CHANGE' ? ARRANGED_PAUSE_MS : 0))),
      work: async (refund) => {
        if (refund.merchantId !== merchantId) {
          report.ofOthers += 1
          return
        }
        const after = await followRefund(refund, deps)
        if (after.status !== refund.status) report.refundsFinished += 1
      },
      name: ({ refundNo }) => refundNo,
    },
    { db: orders.db, now, log, msLeft },
  )
}

/** What was paid to, or is to be given back by, an earlier merchant is left alone, and said once a run. */
async function reportOthers(
  report: ReconcileReport,
  { orders: { db, log, merchantId } }: ReconcileDeps,
): Promise<void> {
  const others = await countOpenOfOthers(db, merchantId)
  const refunds = report.ofOthers
  for (const { orders } of others) report.ofOthers += orders
  if (report.ofOthers > 0) {
    const merchants = others.map((other) => `${other.merchantId}: ${other.orders}`).join(', ')
    log.warn('other_merchant_left', { orders: report.ofOthers - refunds, refunds, merchants })
  }
}

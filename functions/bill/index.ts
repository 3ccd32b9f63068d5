import { job } from '#shared/job'
import { fenToYuan } from '#shared/money'
import { dayBefore, dayOf } from '#shared/payment/bill'
import { billGateways, orderDeps, refundDeps } from '#shared/payment/wiring'
import { type BillReport, compareBill } from './bill.ts'

/** Storing and comparing a long day takes more than the 2.5 s of a request. */
const STATEMENT_TIMEOUT_MS = 60_000

/**
 * Timer, 10:30 every day, for yesterday; invoked by ops for any of the last three months: `{ "bill_date": "20261121" }`.
 * Throws when the bill cannot be had; differences are its result, not a failure.
 */
export const main_handler = job(
  {
    needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY'],
    fields: ['bill_date', 'date'],
    database: { statementTimeoutMs: STATEMENT_TIMEOUT_MS },
    summarise,
  },
  async ({ event, config, db, now, log }) => {
    const billDate = readDate(event.bill_date ?? event.date, now())
    const { WX_APPID: appId, WX_MCH_ID: merchantId } = config
    const invoked = { db, config, now, log }
    const orders = orderDeps(invoked)
    const refunds = refundDeps(invoked)
    const bills = billGateways(config)
    const report = await compareBill(billDate, {
      db,
      ledger: (session) => ({ orders: { ...orders, db: session }, refunds: { ...refunds, db: session } }),
      appId,
      merchantId,
      download: (date) => bills['wechat-v2'].bill({ appId, merchantId }, date, now()),
      now,
      log,
    })
    const { differences: _shown, difference_count: differences, ...figures } = report
    log.info('bill_compared', { ...figures, differences })
    return report
  },
)

/** `yyyyMMdd` or `yyyy-MM-dd`; left out: yesterday in Beijing. */
function readDate(given: unknown, now: Date): string {
  if (given === undefined) return dayBefore(now)
  const text = String(given).replaceAll('-', '')
  if (!/^20\d{6}$/.test(text)) throw new Error('bill_date must be a day like 20261121')
  dayOf(text, '')
  return text
}

/** Maximum number of differences listed in the text summary. */
const MAX_LINES = 20

function summarise(report: BillReport): string[] {
  const { bill_date, lines, differences, difference_count, healed, adopted } = report
  const yuan = (fen: number) => `${fenToYuan(fen)} yuan (${fen} fen)`
  return [
    ...differences
      .slice(0, MAX_LINES)
      .map(
        ({ kind, out_trade_no, transaction_id, out_refund_no, here_fen, there_fen }) =>
          `${kind}: order ${out_trade_no} transaction ${transaction_id} ${out_refund_no} here ${here_fen} there ${there_fen} fen`,
      ),
    ...(difference_count > MAX_LINES ? [`and ${difference_count - MAX_LINES} more, in bill_difference`] : []),
    ...(healed > 0 ? [`healed: ${healed} payments that were known to WeChat Pay only`] : []),
    ...(adopted > 0 ? [`adopted: ${adopted} refunds that were made in the merchant platform`] : []),
    `bill ${bill_date}: ${lines} lines, paid ${yuan(report.paid_there_fen)}, refunded ${yuan(report.refunded_there_fen)}, ` +
      `here ${yuan(report.paid_here_fen)} and ${yuan(report.refunded_here_fen)}, ${difference_count} differences`,
  ]
}

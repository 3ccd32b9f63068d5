import { job } from '#shared/job'
import { fenToYuan } from '#shared/money'
import { cancelRefund, type RefundRow } from '#shared/payment/ledger'
import { refundDeps } from '#shared/payment/wiring'
import { readInput } from './input.ts'
import { refund } from './refund.ts'

/**
 * Invoked by ops: `{ "out_trade_no": "…", "refund_fee"?: fen, "reason"?: "…", "out_refund_no"?: "…",
 * "transaction_id"?: "…" }`, or `{ "out_refund_no": "…", "cancel": true }`. Throws when the refund is impossible; one that WeChat does not take at once is followed
 * up by `reconcile`.
 */
export const main_handler = job(
  {
    needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY', 'WX_CERT_PEM', 'WX_KEY_PEM'],
    fields: ['out_trade_no', 'transaction_id', 'refund_fee', 'out_refund_no', 'reason', 'cancel'],
    summarise,
  },
  async ({ event, config, db, requestId, now, log }) => {
    const input = readInput(event)
    const deps = refundDeps({ db, config, now, log })
    return show(
      'cancel' in input ? await cancelRefund(input.cancel, deps) : await refund(input, requestId, deps),
    )
  },
)

function show(row: RefundRow) {
  return {
    out_trade_no: row.orderNo,
    out_refund_no: row.refundNo,
    refund_id: row.refundId,
    total_fee: row.totalFen,
    refund_fee: row.refundFen,
    status: row.status,
    err_code: row.refusalCode,
    err_code_des: row.refusalText,
  }
}

function summarise(row: ReturnType<typeof show>): string[] {
  const accepted = row.refund_id === null ? 'not accepted by WeChat Pay yet' : `accepted as ${row.refund_id}`
  return [
    `refund ${row.out_refund_no}: ${row.status}, ${accepted}`,
    `  order ${row.out_trade_no}: ${fenToYuan(row.refund_fee)} of ${fenToYuan(row.total_fee)} yuan`,
    ...(row.err_code === null ? [] : [`  WeChat Pay said ${row.err_code}: ${row.err_code_des}`]),
    ...(row.status === 'PROCESSING'
      ? ['  reconcile follows it up; invoke again with this out_refund_no to hurry']
      : []),
  ]
}

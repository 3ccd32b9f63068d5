import { job } from '#shared/job'
import { fenToYuan } from '#shared/money'
import { createWechatRefunds } from '#shared/payment/gateway/wechat-v2'
import type { RefundRow } from '#shared/payment/ledger'
import { readInput } from './input.ts'
import { refund } from './refund.ts'

/**
 * Invoked by ops: `{ "out_trade_no": "…", "refund_fee"?: fen, "reason"?: "…", "out_refund_no"?: "…",
 * "transaction_id"?: "…" }`. Throws when the refund is impossible; one that WeChat does not take at once is followed
 * up by `reconcile`.
 */
export const main_handler = job(
  {
    needs: ['WX_APPID', 'WX_MCH_ID', 'WX_API_KEY', 'WX_CERT_PEM', 'WX_KEY_PEM'],
    fields: ['out_trade_no', 'transaction_id', 'refund_fee', 'out_refund_no', 'reason'],
    summarise,
  },
  async ({ event, config, db, now, log }) => {
    const wechat = createWechatRefunds(config)
    return show(await refund(readInput(event), { db, config, wechat, now, log }))
  },
)

function show({
  out_trade_no,
  out_refund_no,
  refund_id,
  total_fee,
  refund_fee,
  status,
  err_code,
  err_code_des,
}: RefundRow) {
  return { out_trade_no, out_refund_no, refund_id, total_fee, refund_fee, status, err_code, err_code_des }
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

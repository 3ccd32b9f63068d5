/** What stands in the bill and not in the ledger. The bill is unsigned, so WeChat is asked about each, then believed. */
import type { Session } from '#shared/db'
import {
  type Wechat,
  type WechatRefunds,
  WechatRefused,
  WechatUnreachable,
} from '#shared/payment/gateway/wechat-v2'
import type { SettleDeps } from '#shared/payment/ledger'
import { adoptRefund, queryAndSettle, takeRefundState } from '#shared/payment/ledger'

export interface HealDeps extends SettleDeps {
  db: Session
  wechat: Wechat
  refunds: WechatRefunds
}

/** So many questions in a row that nobody answered: what is not healed is a difference, and the next run asks again. */
const HOPELESS = 5

/** Settles payments whose notify and every query had been lost. @returns how many */
export async function healPayments(billDate: string, deps: HealDeps): Promise<number> {
  const unknown = await deps.db.rows<{ out_trade_no: string }>(
    `SELECT payorder.out_trade_no FROM bill_line
     JOIN payorder ON payorder.out_trade_no = bill_line.out_trade_no AND payorder.out_trade_no_repeat = 0
     WHERE bill_line.bill_date = ? AND bill_line.kind = 'PAID' AND payorder.transaction_id IS NULL`,
    [billDate],
  )
  return healEach(unknown, deps, async ({ out_trade_no }) => {
    const { verdict } = await queryAndSettle(out_trade_no, 'bill', deps)
    return verdict === 'settled' || verdict === 'paid_late'
  })
}

/** Writes down refunds that were made in the merchant platform without the shop hearing of it. @returns how many */
export async function healRefunds(billDate: string, deps: HealDeps): Promise<number> {
  const unknown = await deps.db.rows<{ out_trade_no: string; out_refund_no: string }>(
    `SELECT line.out_trade_no, line.out_refund_no FROM bill_line AS line
     JOIN payorder ON payorder.out_trade_no = line.out_trade_no AND payorder.out_trade_no_repeat = 0
     LEFT JOIN refund ON refund.out_refund_no = line.out_refund_no
     WHERE line.bill_date = ? AND line.kind = 'REFUND' AND refund.id IS NULL`,
    [billDate],
  )
  return healEach(unknown, deps, async ({ out_refund_no }) => {
    const reply = await deps.refunds.queryRefund(out_refund_no)
    const row = await adoptRefund(out_refund_no, reply, deps)
    if (row) await takeRefundState(row, reply, { ...deps, wechat: deps.refunds })
    return row !== undefined
  })
}

async function healEach<Row extends { out_trade_no: string; out_refund_no?: string }>(
  rows: readonly Row[],
  { log }: HealDeps,
  heal: (row: Row) => Promise<boolean>,
): Promise<number> {
  let healed = 0
  let unanswered = 0
  for (const row of rows) {
    try {
      if (await heal(row)) healed += 1
      unanswered = 0
    } catch (error) {
      if (!(error instanceof WechatRefused || error instanceof WechatUnreachable)) throw error
      const { out_trade_no: outTradeNo, out_refund_no: outRefundNo } = row
      log.warn('bill_heal_failed', { outTradeNo, outRefundNo, reason: error.message })
      if (error instanceof WechatUnreachable && ++unanswered >= HOPELESS) break
    }
  }
  return healed
}

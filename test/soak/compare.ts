/** Ledger against WeChat, order by order and in sum, in fen. */
import type { World } from './world.ts'

export interface Comparison {
  orders: number
  paidHereFen: number
  paidThereFen: number
  refundedHereFen: number
  refundedThereFen: number
  /** One line for each order that the two sides see differently, or that its journal does not explain. */
  differences: string[]
}

interface OrderSide {
  state: string
  transactionId: string | null
  refunds: string[]
}

export async function compare({ db, sim }: World): Promise<Comparison> {
  const orders = await db.query<{
    out_trade_no: string
    total_fee: number
    trade_state: string
    transaction_id: string | null
  }>('SELECT out_trade_no, total_fee, trade_state, transaction_id FROM payorder')
  const refunds = await db.query<{
    out_trade_no: string
    out_refund_no: string
    refund_fee: number
    status: string
  }>('SELECT out_trade_no, out_refund_no, refund_fee, status FROM refund ORDER BY out_refund_no')
  const refundsOf = new Map<string, typeof refunds>()
  for (const refund of refunds) {
    const of = refundsOf.get(refund.out_trade_no)
    if (of) of.push(refund)
    else refundsOf.set(refund.out_trade_no, [refund])
  }
  const known = new Set(orders.map(({ out_trade_no }) => out_trade_no))
  const differences = sim.orders
    .list()
    .filter(({ outTradeNo }) => !known.has(outTradeNo))
    .map(({ outTradeNo }) => `${outTradeNo}: only WeChat knows it`)

  for (const order of orders) {
    const there = sim.orders.get(order.out_trade_no)
    const here: OrderSide = {
      state: order.trade_state,
      transactionId: order.transaction_id,
      // What WeChat refused for good has no counterpart there.
      refunds: (refundsOf.get(order.out_trade_no) ?? [])
        .filter(({ status, out_refund_no }) => status !== 'CLOSED' || sim.refunds.get(out_refund_no))
        .map(({ out_refund_no, refund_fee, status }) => `${out_refund_no} ${refund_fee} ${status}`),
    }
    const other: OrderSide = {
      // What never reached WeChat is closed here alone.
      state: there?.state ?? 'CLOSED',
      transactionId: there?.payment?.transactionId ?? null,
      refunds: (there?.refunds ?? [])
        .map(({ outRefundNo, refundFee, status }) => {
          return `${outRefundNo} ${refundFee} ${status === 'REFUNDCLOSE' ? 'CLOSED' : status}`
        })
        .sort(),
    }
    here.refunds.sort()
    if (JSON.stringify(here) !== JSON.stringify(other) || (there && there.totalFee !== order.total_fee)) {
      differences.push(`${order.out_trade_no}: here ${JSON.stringify(here)}, there ${JSON.stringify(other)}`)
    }
  }
  differences.push(...(await unexplained(db)))

  const sum = (values: number[]) => values.reduce((total, value) => total + value, 0)
  const totals = sim.orders.totals()
  return {
    orders: orders.length,
    paidHereFen: sum(orders.filter((each) => each.transaction_id !== null).map((each) => each.total_fee)),
    paidThereFen: totals.paid,
    refundedHereFen: sum(refunds.filter(({ status }) => status !== 'CLOSED').map((each) => each.refund_fee)),
    refundedThereFen: totals.refunded,
    differences,
  }
}

/** Every paid order has exactly one fact in the journal that settled it. */
async function unexplained(db: World['db']): Promise<string[]> {
  const rows = await db.query<{ out_trade_no: string; winners: number }>(
    `SELECT payorder.out_trade_no, COUNT(winner.id) AS winners FROM payorder
     LEFT JOIN payment_event AS winner ON winner.out_trade_no = payorder.out_trade_no
       AND winner.verdict IN ('settled', 'paid_late')
     GROUP BY payorder.out_trade_no, payorder.transaction_id
     HAVING winners <> IF(payorder.transaction_id IS NULL, 0, 1)`,
  )
  return rows.map(({ out_trade_no, winners }) => `${out_trade_no}: ${winners} facts settled it`)
}

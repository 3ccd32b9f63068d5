/** What runs beside the shoppers: refunds that ops ask for, the bank behind them, `reconcile` and `bill`. */

import { isPaid } from '#shared/payment/ledger'
import { beijingDigits } from '#shared/time'
import type { BillReport } from '../../functions/bill/bill.ts'
import { refundedSoFar } from '../../simulators/wechat-pay/refunds.ts'
import { KILLED } from './crew.ts'
import type { Shopper } from './shopper.ts'
import type { World } from './world.ts'

const PATIENCE = 4

/** Asks for the n-th refund of each shopper's plan, for those whose order is paid. */
export async function askRefund(world: World, shopper: Shopper, nth: number): Promise<void> {
  const { outTradeNo, plan } = shopper
  const wanted = plan.refunds[nth]
  const order = outTradeNo === undefined ? undefined : world.sim.orders.get(outTradeNo)
  if (!wanted || !order || !isPaid(order.state)) return
  const leftFen = order.totalFee - refundedSoFar(order)
  const fen = Math.max(1, Math.floor((leftFen * wanted.percent) / 100))
  const event = {
    json: true,
    out_trade_no: outTradeNo,
    ...(wanted.percent < 100 && { refund_fee: fen }),
    ...(wanted.hasNumber && { out_refund_no: `SOAK-${world.seed}-${plan.index}-${nth}` }),
  }
  for (let attempt = 0; attempt < PATIENCE; attempt++) {
    const { result, error } = await world.ops.invoke('refund', event)
    if (error === undefined) {
      world.count(`refund: ${(result as { status: string }).status}`)
      return
    }
    world.count(`refund refused: ${error.replaceAll(/[\w-]*\d[\w-]*/g, 'n')}`)
    // Without a number, asking again would be another refund.
    if (!wanted.hasNumber || error !== KILLED) return
  }
}

/** The bank ends what is under way, each as its plan says. */
export function endRefunds(world: World): number {
  let ended = 0
  for (const order of world.sim.orders.list()) {
    for (const [nth, refund] of order.refunds.entries()) {
      if (refund.status !== 'PROCESSING') continue
      const ends = world.shoppers.get(order.outTradeNo)?.plan.refunds[nth]?.ends ?? 'SUCCESS'
      world.sim.refunds.finish(refund.outRefundNo, ends)
      ended++
    }
  }
  return ended
}

/** One run, or two at once. */
export async function reconcile(world: World, runs: 1 | 2 = 1): Promise<void> {
  const outcomes = await Promise.all(
    Array.from({ length: runs }, () => world.ops.invoke('reconcile', { json: true })),
  )
  for (const { error } of outcomes) world.count(error === undefined ? 'reconcile: run' : 'reconcile: failed')
}

/** Runs `reconcile` twice at once, every few minutes, until nothing is open. @throws Error when that never comes */
export async function reconcileAll(world: World): Promise<void> {
  for (let round = 0; round < 30; round++) {
    await reconcile(world, 2)
    if ((await openRows(world)) === 0) return
    await world.goTo(world.now() + 3 * 60_000)
  }
  throw new Error(`${await openRows(world)} orders are still open after 30 rounds`)
}

async function openRows({ db }: World): Promise<number> {
  const [row] = await db.query<{ open: number }>(
    "SELECT COUNT(*) AS open FROM payorder WHERE trade_state IN ('NOTPAY', 'USERPAYING', 'PAYERROR')",
  )
  return Number(row?.open)
}

/** Brings every refund to its end, here as at WeChat. @throws Error when that never comes */
export async function finishRefunds(world: World): Promise<void> {
  for (let round = 0; round < 30; round++) {
    endRefunds(world)
    await world.sim.idle()
    const [row] = await world.db.query<{ open: number }>(
      "SELECT COUNT(*) AS open FROM refund WHERE status = 'PROCESSING'",
    )
    if (Number(row?.open) === 0) return
    await reconcile(world, 2)
    await world.goTo(world.now() + 3 * 60_000)
  }
  throw new Error('refunds are still under way after 30 rounds')
}

/** The bill of a day. @throws Error when it cannot be had */
export async function bill(world: World, dayMs: number): Promise<BillReport> {
  const bill_date = beijingDigits(new Date(dayMs)).slice(0, 8)
  let last = ''
  for (let attempt = 0; attempt < 20; attempt++) {
    const { result, error } = await world.front.invoke('bill', { json: true, bill_date })
    if (error === undefined) return result as BillReport
    world.count('bill: failed, run again')
    last = error
  }
  throw new Error(`no bill of ${bill_date}: ${last}`)
}

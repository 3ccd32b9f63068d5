import { job } from '#shared/job'
import { lockPayment } from '#shared/payment/wiring'
import { type DeskResult, serve } from './orderDesk.ts'
import { readWish } from './schema.ts'

/**
 * Invoked by ops for the shop's people: sends parcels, decides cases, inspects returns, releases refunds, corrects stock.
 * Throws when it cannot be done.
 */
export const main_handler = job(
  {
    fields: [
      'action',
      'order_no',
      'carrier',
      'tracking_no',
      'lines',
      'after_sale_no',
      'approve',
      'answer',
      'amount_fen',
      'ok',
      'restock',
      'sku_id',
      'delta',
      'ref',
      'by',
    ],
    summarise,
  },
  async ({ event, db, now, requestId }) =>
    serve(readWish(event), { db, now, requestId, lockPayment: lockPayment({ now }) }),
)

function summarise({ done, about, state }: DeskResult): string[] {
  return [`${done}: ${about}${state === null ? '' : ` is ${state}`}`]
}

/** Business orders, after-sale cases and stock. */
import type { LogEventRow } from './row.ts'

export const shopEvents = {
  shop_order_gone: {
    level: 'error',
    where: 'notify, query, reconcile, bill',
    means: 'a payment names a business order that is not in the database',
    alarm: 'now',
    todo: 'find out who deleted rows of `shop_order`; the payment itself is recorded',
  },
  late_payment_sold_out: {
    level: 'warn',
    where: 'notify, query, reconcile, bill',
    means: 'a closed order was paid after all, and its shoes were sold meanwhile: the money goes back',
    alarm: '–',
  },
  due_done: { level: 'info', where: '`dueOrders`', means: 'what one run moved', alarm: '–' },
  due_failed: {
    level: 'error',
    where: '`dueOrders`',
    means: 'an order or a case whose time has come could not be moved; it is tried again after ten minutes',
    alarm: 'day',
    todo: '`reason` says why',
  },
  after_sale_waits: {
    level: 'warn',
    where: '`dueOrders`',
    means: 'a case waits for a person: an answer, an inspection, or the release of its money',
    alarm: 'day',
    todo: 'the shopkeeper opens the case',
  },
  stock_checked: { level: 'info', where: '`nightlyCheck`', means: 'what one run compared', alarm: '–' },
  stock_differs: {
    level: 'error',
    where: '`nightlyCheck`',
    means: 'the stock of a SKU is not what its movements add up to',
    alarm: 'day',
    todo: 'somebody wrote to `sku_stock` or `stock_move` by hand: count the pairs, then correct the row, not the ledger',
  },
  reserved_differs: {
    level: 'error',
    where: '`nightlyCheck`',
    means: 'more or fewer pairs of a SKU are set apart (`reserved`) than open orders hold (`held`)',
    alarm: 'day',
    todo: 'somebody wrote to `shop_order` or its lines by hand: `stock_move` of the SKU names the orders, compare them one by one',
  },
} as const satisfies Record<string, LogEventRow>

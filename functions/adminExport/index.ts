import { mayDo } from '#shared/admin'
import { endpoint, route } from '#shared/http'
import { formatBeijing } from '#shared/time'
import { type CsvPage, exportOrders, exportStock } from './export.ts'
import { ordersQuery, stockQuery } from './schema.ts'

const policy = {
  method: 'GET',
  needs: ['ADMIN_JWT_SECRET'],
  auth: mayDo('export'),
  budgetMs: 15_000,
} as const

const answer = (subject: string, now: Date, { csv, nextCursor }: CsvPage) => ({
  data: { filename: `${subject}-${formatBeijing(now).slice(0, 8)}.csv`, csv },
  nextCursor,
})

/** Tables for Excel. Errors: 1010, 401, 403, 503. */
export const main_handler = endpoint(
  route({ ...policy, paths: ['/admin/exportOrders'], schema: ordersQuery }, async (call) =>
    answer('orders', call.now(), await exportOrders(call.body, call)),
  ),
  route({ ...policy, paths: ['/admin/exportStock'], schema: stockQuery }, async (call) =>
    answer('stock', call.now(), await exportStock(call.body, call)),
  ),
)

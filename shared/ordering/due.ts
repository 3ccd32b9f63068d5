/** What becomes due by itself. Each timer run looks it up again, so a lost event loses nothing. */

import type { Logger } from '#shared/log'
import { decideCase, type LockPayment, RELEASED_BY_TIMER_FEN, releaseCase } from './after-sale-desk.ts'
import { type AfterSaleRow, listDueCases, lockCase, moveCase, setCaseDue } from './after-sale-table.ts'
import { writeEvent } from './order-event-table.ts'
import { receiveByItself } from './receive.ts'
import type { OrderDeps } from './ship.ts'
import { listDueOrders, lockShopOrder, setDue } from './shop-order-table/index.ts'

export interface DueDeps extends OrderDeps {
  log: Logger
  /** Milliseconds that are left of this run. */
  msLeft: () => number
  lockPayment: LockPayment
}

export interface DueReport {
  /** Orders that are complete because nobody said otherwise. */
  received: number
  /** Cancellations that nobody answered. */
  granted: number
  /** Cases whose shoes never came. */
  expired: number
  /** Cases whose money was released. */
  released: number
  /** Cases that a person should look at. */
  reminded: number
  failed: number
}

const BATCH = 100
const RESERVE_MS = 5000
const DAY_MS = 86_400_000
const TRY_AGAIN_MS = 10 * 60_000

/** Does everything that is due, in batches, until nothing is left or the time is up. One failure stops no other. */
export async function doWhatIsDue(deps: DueDeps): Promise<DueReport> {
  const report: DueReport = { received: 0, granted: 0, expired: 0, released: 0, reminded: 0, failed: 0 }
  const { db, now } = deps
  await each(deps, report, {
    list: () => listDueOrders(db, 'SHIPPED', now(), BATCH),
    work: async ({ id }) => {
      if (await receiveByItself(id, deps)) report.received += 1
    },
    postpone: ({ id }, until) => setDue(db, id, 'SHIPPED', until),
  })
  for (const state of ['REQUESTED', 'AWAIT_RETURN', 'RETURNING', 'APPROVED'] as const) {
    await each(deps, report, {
      list: () => listDueCases(db, state, now(), BATCH),
      work: async (due) => {
        const done = await workOnCase(due, state, deps)
        if (done) report[done] += 1
      },
      postpone: ({ id }, until) => setCaseDue(db, id, state, until),
    })
  }
  return report
}

type Done = 'granted' | 'expired' | 'released' | 'reminded'

interface DueWork<Row> {
  list: () => Promise<Row[]>
  work: (row: Row) => Promise<void>
  postpone: (row: Row, until: Date) => Promise<void>
}

/** Goes through what is due. What fails is postponed, so that it stands in nobody's way. */
async function each<Row extends { id: number }>(
  { msLeft, now, log }: DueDeps,
  report: DueReport,
  { list, work, postpone }: DueWork<Row>,
): Promise<void> {
  for (;;) {
    const rows = await list()
    if (rows.length === 0) return
    for (const row of rows) {
      if (msLeft() < RESERVE_MS) return
      try {
        await work(row)
      } catch (error) {
        report.failed += 1
        log.error('due_failed', {
          id: row.id,
          reason: error instanceof Error ? error.message : String(error),
        })
        await postpone(row, new Date(now().getTime() + TRY_AGAIN_MS))
      }
    }
  }
}

async function workOnCase(
  due: { id: number; order_id: number; after_sale_no: string; amount_fen: number },
  state: AfterSaleRow['state'],
  deps: DueDeps,
): Promise<Done | undefined> {
  const { db, now, log } = deps
  const { after_sale_no: afterSaleNo } = due
  // What one person, or the timer, has granted the timer may release, up to the limit.
  if (state === 'APPROVED' && due.amount_fen <= RELEASED_BY_TIMER_FEN) {
    await db.transaction((tx) => releaseCase(tx, { afterSaleNo, clerk: 'timer' }, deps.lockPayment, now()))
    return 'released'
  }
  return db.transaction(async (tx) => {
    await lockShopOrder(tx, due.order_id)
    const row = await lockCase(tx, due.id)
    // Another run, or a person, was faster.
    if (row?.state !== state || row.due_at === null || row.due_at > now()) return undefined
    if (state === 'REQUESTED' && row.kind === 'CANCEL') {
      await decideCase(tx, { afterSaleNo, clerk: 'timer', approve: true }, now())
      return 'granted'
    }
    if (state === 'AWAIT_RETURN') {
      await moveCase(tx, row.id, state, 'CANCELLED', { due_at: null, answer: '超时未寄回' }, now())
      const event = { event: 'after_sale_expired', actor: 'timer', detail: afterSaleNo } as const
      await writeEvent(tx, row.order_id, event, now())
      return 'expired'
    }
    await setCaseDue(tx, row.id, state, new Date(now().getTime() + DAY_MS))
    log.warn('after_sale_waits', { afterSaleNo, state })
    return 'reminded'
  })
}

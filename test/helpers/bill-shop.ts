/** A shop with refunds whose days of the past can be filled, and compared with the simulator's bill. */
import { loadFunction, scfContext } from './functions.ts'
import { openRefundShop } from './refund-shop.ts'
import { beijing } from './wechat-client.ts'

export const DAY_MS = 86_400_000

/** What `bill` returns for `json: true`. */
export interface BillResult {
  bill_date: string
  lines: number
  paid_there_fen: number
  refunded_there_fen: number
  paid_here_fen: number
  refunded_here_fen: number
  healed: number
  adopted: number
  difference_count: number
  differences: Record<string, string | number | null>[]
}

export type BillShop = Awaited<ReturnType<typeof openBillShop>>

export async function openBillShop() {
  const shop = await openRefundShop({ env: { RATE_LIMIT: 'off' } })
  let daysAgo = 2
  /** A day of the past that no other test uses, nor the day after it, while WeChat's clock stands at its noon. */
  async function onSomeDay<T>(work: (day: string, noon: Date) => Promise<T>): Promise<T> {
    const day = beijing(0, Date.now() - daysAgo * DAY_MS).slice(0, 8)
    const noon = new Date(`${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}T12:00:00+08:00`)
    const back = noon.getTime() - Date.now()
    daysAgo += 2
    shop.advanceWechat(back)
    try {
      return await work(day, noon)
    } finally {
      shop.advanceWechat(-back)
    }
  }
  return {
    ...shop,
    onSomeDay,

    /** Invokes `bill`. @throws Error with the function's message */
    runBill: async (event: Record<string, unknown>) =>
      (await loadFunction('bill')({ ...event, json: true }, scfContext())) as BillResult,

    /** A day with one payment that both sides know. */
    dayWithPayment: () => onSomeDay(async (day, noon) => ({ day, noon, order: await shop.paidOrder() })),

    /** The stored differences of a day. */
    differencesOf: (day: string) =>
      shop.database.query(
        'SELECT kind, here_fen, there_fen FROM bill_difference WHERE bill_date = ? ORDER BY id',
        [day],
      ),

    /** How many lines of a day's bill are stored. */
    async linesOf(day: string): Promise<number> {
      const [row] = await shop.database.query('SELECT COUNT(*) AS n FROM bill_line WHERE bill_date = ?', [
        day,
      ])
      return Number(row?.n)
    },
  }
}

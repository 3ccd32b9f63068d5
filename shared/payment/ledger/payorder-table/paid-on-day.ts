/** Which payments are of one day's bill. */
import type { SqlValue } from '#shared/db'

/** Condition on `payorder`: paid here on that day, by the time that the gateway gave. */
export const paidOnDay = `payorder.time_end BETWEEN ? AND ? AND payorder.transaction_id IS NOT NULL
       AND payorder.transaction_id_repeat = 0 AND payorder.mch_id = ?`

/** The values of `paidOnDay`. @param day.billDate - `yyyyMMdd`, Beijing time */
export function paidOnDayValues({
  billDate,
  merchantId,
}: {
  billDate: string
  merchantId: string
}): SqlValue[] {
  return [`${billDate}000000`, `${billDate}235959`, merchantId]
}

/** The day of a bill, in Beijing time, and whose bill it is. */
import { beijingDigits, parseBeijing } from '#shared/time'

const DAY_MS = 86_400_000

export interface Day {
  /** `yyyyMMdd`. */
  readonly billDate: string
  readonly start: Date
  /** The first moment of the next day. */
  readonly end: Date
  /** Rows of another merchant have a bill of their own. */
  readonly merchantId: string
}

/** @throws RangeError when it is no date */
export function dayOf(billDate: string, merchantId: string): Day {
  const start = parseBeijing(`${billDate}000000`)
  if (!start || billDateOf(start) !== billDate) throw new RangeError(`${billDate} is not a date`)
  return { billDate, start, end: new Date(start.getTime() + DAY_MS), merchantId }
}

/** The Beijing day of a moment, as `yyyyMMdd`. */
export function billDateOf(moment: Date): string {
  return beijingDigits(moment).slice(0, 8)
}

/** The day before a moment, as `yyyyMMdd`. */
export function dayBefore(moment: Date): string {
  return billDateOf(new Date(moment.getTime() - DAY_MS))
}

/** WeChat Pay writes times in Beijing time (UTC+8, no summer time), whatever the time zone of the process. */
const OFFSET_MS = 8 * 3600 * 1000

/** A moment as `yyyyMMddHHmmss` in Beijing time. */
export function formatBeijing(moment: Date): string {
  return beijingDigits(moment).slice(0, 14)
}

/** A moment as `yyyyMMddHHmmssSSS` in Beijing time. */
export function beijingDigits(moment: Date): string {
  return new Date(moment.getTime() + OFFSET_MS).toISOString().replace(/\D/g, '')
}

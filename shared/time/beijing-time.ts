/** WeChat Pay, and people here, write times in Beijing time (UTC+8, no summer time), whatever the time zone of the process. */
const OFFSET_MS = 8 * 3600 * 1000

/** A moment as `yyyyMMddHHmmss` in Beijing time. */
export function formatBeijing(moment: Date): string {
  return beijingDigits(moment).slice(0, 14)
}

/** A moment as `yyyyMMddHHmmssSSS` in Beijing time. */
export function beijingDigits(moment: Date): string {
  return new Date(moment.getTime() + OFFSET_MS).toISOString().replace(/\D/g, '')
}

/** A moment for people: `2026-11-27T18:30:05.123+08:00`. */
export function isoBeijing(moment: Date): string {
  return new Date(moment.getTime() + OFFSET_MS).toISOString().replace('Z', '+08:00')
}

/** The moment that WeChat wrote as `yyyyMMddHHmmss`; undefined when the text is no such time. */
export function parseBeijing(text: string | null): Date | undefined {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text ?? '') ?? []
  if (y === undefined) return undefined
  return new Date(
    Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s)) - OFFSET_MS,
  )
}

/** The platform's cron dialect: second minute hour day month weekday year, in Beijing time. */

/** China knows no summer time. */
const UTC_OFFSET_MS = 8 * 3600_000
const DAY_MS = 86_400_000
/** Longer than the longest gap between two 29 February (1896 to 1904 apart, eight years). */
const SEARCH_DAYS = 9 * 366

const FIELDS = [
  { min: 0, max: 59 },
  { min: 0, max: 59 },
  { min: 0, max: 23 },
  { min: 1, max: 31 },
  { min: 1, max: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC' },
  { min: 0, max: 6, names: 'SUN MON TUE WED THU FRI SAT' },
  { min: 1970, max: 2099 },
] as const

type Field = (typeof FIELDS)[number]

/** The allowed values of one field; undefined allows all. */
type Allowed = Set<number> | undefined

export type Cron = { times: Allowed[]; text: string }

/**
 * Reads an expression such as `0 30 10 * * * *` (10:30:00 every day).
 *
 * @throws Error that names the expression
 */
export function parseCron(text: string): Cron {
  const parts = text.trim().split(/\s+/)
  if (parts.length !== FIELDS.length) throw new Error(`Cron "${text}" must have seven fields`)
  const times = FIELDS.map((field, index) => parseField(parts[index] as string, field, text))
  return { times, text }
}

/** The first time after `after` that an expression names; undefined when there is none in the next nine years. */
export function nextTime({ times }: Cron, after: Date): Date | undefined {
  const [seconds, minutes, hours, days, months, weekdays, years] = times
  const isDay = (local: Date) =>
    allows(years, local.getUTCFullYear()) &&
    allows(months, local.getUTCMonth() + 1) &&
    matchesDay(days, weekdays, local.getUTCDate(), local.getUTCDay())
  // A Date shifted by the offset shows Beijing's clock through its UTC methods.
  const from = Math.floor(after.getTime() / 1000) * 1000 + 1000 + UTC_OFFSET_MS
  let day = Math.floor(from / DAY_MS) * DAY_MS
  for (let count = 0; count < SEARCH_DAYS; count++, day += DAY_MS) {
    if (!isDay(new Date(day))) continue
    const second = firstSecond(hours, minutes, seconds, Math.max(0, (from - day) / 1000))
    if (second !== undefined) return new Date(day + second * 1000 - UTC_OFFSET_MS)
  }
  return undefined
}

/** When both are given, the platform fires on days that match either. */
function matchesDay(days: Allowed, weekdays: Allowed, day: number, weekday: number): boolean {
  if (days && weekdays) return days.has(day) || weekdays.has(weekday)
  return allows(days, day) && allows(weekdays, weekday)
}

/** The first second of a day, not before `from`, that the three fields allow. */
function firstSecond(hours: Allowed, minutes: Allowed, seconds: Allowed, from: number): number | undefined {
  for (let minute = Math.floor(from / 60); minute < 1440; minute++) {
    if (!allows(hours, Math.floor(minute / 60)) || !allows(minutes, minute % 60)) continue
    for (let second = Math.max(from, minute * 60); second < (minute + 1) * 60; second++) {
      if (allows(seconds, second % 60)) return second
    }
  }
  return undefined
}

function allows(allowed: Allowed, value: number): boolean {
  return allowed === undefined || allowed.has(value)
}

function parseField(part: string, field: Field, text: string): Allowed {
  if (part === '*' || part === '?') return undefined
  const allowed = new Set<number>()
  for (const item of part.split(',')) {
    const [range = '', stepText] = item.split('/')
    const step = stepText === undefined ? 1 : Number(stepText)
    const [low, high = stepText === undefined ? low : field.max] =
      range === '*' ? [field.min, field.max] : range.split('-').map((end) => toNumber(end, field))
    const isValid =
      isWithin(low, field) && isWithin(high, field) && low <= high && Number.isInteger(step) && step > 0
    if (!isValid) throw new Error(`Cron "${text}": "${part}" is not understood`)
    for (let value = low; value <= high; value += step) allowed.add(value)
  }
  return allowed
}

function toNumber(end: string, field: Field): number {
  const named = 'names' in field ? field.names.split(' ').indexOf(end.toUpperCase()) : -1
  if (named >= 0) return named + field.min
  return /^\d+$/.test(end) ? Number(end) : Number.NaN
}

function isWithin(value: number | undefined, { min, max }: Field): value is number {
  return value !== undefined && value >= min && value <= max
}

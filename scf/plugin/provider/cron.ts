/** The platform's cron dialect: seven fields, seconds first, year last. */

const fields: readonly { name: string; min: number; max: number; names?: readonly string[] }[] = [
  { name: 'seconds', min: 0, max: 59 },
  { name: 'minutes', min: 0, max: 59 },
  { name: 'hours', min: 0, max: 23 },
  { name: 'day of month', min: 1, max: 31 },
  { name: 'month', min: 1, max: 12, names: 'JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV DEC'.split(' ') },
  { name: 'day of week', min: 0, max: 6, names: 'SUN MON TUE WED THU FRI SAT'.split(' ') },
  { name: 'year', min: 1970, max: 2099 },
]

/**
 * What is wrong with a cron expression, or undefined when nothing is.
 *
 * Source: https://cloud.tencent.com/document/product/583/9708
 */
export function checkCron(cron: string): string | undefined {
  const parts = cron.split(' ')
  if (parts.length !== fields.length) {
    return `"${cron}" must have seven fields: second minute hour day month weekday year`
  }
  for (const [index, field] of fields.entries()) {
    const part = parts[index] ?? ''
    if (!part.split(',').every((item) => isItem(item, field)))
      return `"${cron}" has a wrong ${field.name}: ${part}`
  }
  return undefined
}

function isItem(item: string, field: (typeof fields)[number]): boolean {
  const [, range = '', , step] = /^([^/]+)(\/(\d+))?$/.exec(item) ?? []
  if (range === '' || step === '0') return false
  if (range === '*') return true
  const ends = range.split('-').map((end) => fieldValue(end, field))
  return (
    ends.length <= 2 &&
    ends.every((end) => end >= field.min && end <= field.max) &&
    (ends[1] ?? Infinity) >= (ends[0] ?? 0)
  )
}

function fieldValue(text: string, { names, min }: (typeof fields)[number]): number {
  const named = names?.indexOf(text.toUpperCase()) ?? -1
  if (named >= 0) return named + min
  return /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN
}

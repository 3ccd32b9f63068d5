/** The start of a log search. */
import { DeployError } from '../api/errors.ts'

const units = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

/**
 * `10m`, `2h`, `1d`, or a date that JavaScript understands, as milliseconds. One without a zone is Beijing's, as what
 * `logs` prints.
 *
 * @throws DeployError when it is neither
 */
export function since(text: string, now: number): number {
  const [, count, unit] = /^(\d{1,6})([smhd])$/.exec(text) ?? []
  if (count !== undefined) return now - Number(count) * units[unit as keyof typeof units]
  const hasZone = /(Z|[+-]\d\d:?\d\d)$/i.test(text)
  const time = Date.parse(hasZone ? text : beijingTime(text))
  if (Number.isNaN(time))
    throw new DeployError(`--startTime ${text}: must be like 10m, 2h, 1d or 2026-11-22T18:00 (Beijing).`)
  return time
}

function beijingTime(text: string): string {
  const time = text.replace(' ', 'T')
  return `${time.includes('T') ? time : `${time}T00:00`}+08:00`
}

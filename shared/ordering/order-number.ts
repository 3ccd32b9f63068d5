/** Numbers of orders and cases: 27 digits, Beijing time to the millisecond, then ten random ones that nobody guesses. */
import { randomInt } from 'node:crypto'
import { beijingDigits } from '#shared/time'

/** A number that was never given before, but for one chance in ten thousand million per millisecond. */
export function createNumber(moment: Date): string {
  return beijingDigits(moment) + String(randomInt(1e10)).padStart(10, '0')
}

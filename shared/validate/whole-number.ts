/** Whole numbers as clients send them, whichever schema reads them. */

type Read = { readonly number: number } | { readonly fault: string; readonly limit?: number }

/** A whole number, as JSON number or as text of digits (forms send nothing else); or what is wrong, in joi's words. */
export function readWholeNumber(value: unknown, min: number, max: number): Read {
  const number = typeof value === 'string' && /^\d{1,15}$/.test(value) ? Number(value) : value
  if (typeof number !== 'number') return { fault: 'number.base' }
  if (!Number.isSafeInteger(number)) return { fault: 'number.integer' }
  if (number < min) return { fault: 'number.min', limit: min }
  return number > max ? { fault: 'number.max', limit: max } : { number }
}

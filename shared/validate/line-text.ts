/** Text on one line, as a parameter. */

/**
 * What is wrong with a text that has to stand on one line: it holds control characters or broken surrogates, or its length,
 * counted in characters and not in UTF-16 units, is out of bounds. undefined: nothing.
 */
export function faultOfLine(
  value: string,
  { min, max }: { min: number; max: number },
): { fault: string; limit?: number } | undefined {
  if (!value.isWellFormed() || /\p{Cc}/u.test(value)) return { fault: 'text.unsafe' }
  const { length } = [...value]
  if (length < min) return { fault: 'string.min', limit: min }
  return length > max ? { fault: 'string.max', limit: max } : undefined
}

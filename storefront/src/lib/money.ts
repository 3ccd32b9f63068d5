/**
 * Money is integer fen everywhere in the shop. The feeds speak of yuan; the two functions here are the only
 * places where one becomes the other.
 */

/**
 * Yuan (299, 19.9, '199.00') to fen, by string arithmetic: 19.9 * 100 is 1989.9999999999998.
 * @throws RangeError for what is not an amount of at most two decimals
 */
export function yuanToFen(yuan: number | string): number {
  const match = /^(\d{1,9})(?:\.(\d{1,2})0*)?$/.exec(String(yuan))
  if (!match) throw new RangeError(`not an amount in yuan: ${yuan}`)
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

/** Fen to what a shopper reads: 129900 → '1,299.00'. */
export function fenToYuan(fen: number): string {
  const digits = String(Math.trunc(Math.abs(fen))).padStart(3, '0')
  const yuan = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ',')
  return `${fen < 0 ? '-' : ''}${yuan}.${digits.slice(-2)}`
}

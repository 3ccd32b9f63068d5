/** Money is integer fen (1 yuan = 100 fen) everywhere. Yuan exist at two borders: the feeds' prices and the bill. */

/** The dearest single order: 1,000,000 yuan. */
export const MAX_ORDER_FEN = 100_000_000

/** Is this a payable amount: whole fen, from 1 to `MAX_ORDER_FEN`? */
export function isPayableFen(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= MAX_ORDER_FEN
}

/**
 * Reads an amount in fen as WeChat writes it: decimal digits, no sign, no fraction, and less than 10 million yuan
 * (which every column holds).
 *
 * @returns undefined when the text is no such amount
 */
export function parseFen(text: string | undefined): number | undefined {
  return text !== undefined && /^(0|[1-9]\d{0,8})$/.test(text) ? Number(text) : undefined
}

/**
 * Reads an amount in yuan (`12`, `-0.5`, `1299.00`) as fen, digit by digit: `19.99 * 100` is 1998.99… in floats.
 *
 * @throws RangeError when the text is no amount with at most two decimals
 */
export function yuanToFen(text: string): number {
  const [, sign, yuan, decimals = ''] = /^(-?)(\d{1,12})(?:\.(\d{1,2}))?$/.exec(text) ?? []
  if (yuan === undefined) throw new RangeError('not an amount in yuan')
  const fen = Number(yuan + decimals.padEnd(2, '0'))
  return sign === '-' && fen !== 0 ? -fen : fen
}

/** The amount in yuan as text with two decimals. */
export function fenToYuan(fen: number): string {
  const digits = String(Math.abs(fen)).padStart(3, '0')
  return `${fen < 0 ? '-' : ''}${digits.slice(0, -2)}.${digits.slice(-2)}`
}

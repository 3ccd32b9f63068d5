/** CSV as Excel opens it: RFC 4180 with CRLF, in UTF-8 behind a byte order mark. */

/** Without it Excel takes the text for the system's own encoding. */
export const BYTE_ORDER_MARK = '\u{FEFF}'

export type Cell = string | number | null

/** One record with its line end. */
export function csvRecord(cells: readonly Cell[]): string {
  return `${cells.map(field).join(',')}\r\n`
}

/** A table program would run what begins so as a formula; some also read the full-width signs. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: a control character at the start is what is looked for
const FORMULA = /^[=+\-@＝＋－＠\t\r\n\u0000]/

/** Of a longer number Excel keeps 15 digits: order numbers would become one another. */
const LONG_NUMBER = /^\d{12,}$/

function field(cell: Cell): string {
  if (typeof cell === 'number') return String(cell)
  const text = cell ?? ''
  const safe = FORMULA.test(text) || LONG_NUMBER.test(text) ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

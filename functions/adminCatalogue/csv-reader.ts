/** Reads CSV as Excel writes it: RFC 4180, with or without a byte order mark, with either line end. */

export interface CsvRecord {
  /** Of the file, from 1: where the record begins. */
  readonly line: number
  readonly cells: readonly string[]
}

/**
 * The records of a file, empty lines left out. A `'` before a cell, which Excel and our own tables put there to keep it a text,
 * is taken away.
 *
 * @throws RangeError naming the line where a quotation begins that does not end
 */
export function readCsv(text: string): CsvRecord[] {
  const records: CsvRecord[] = []
  let cells: string[] = []
  let cell = ''
  let line = 1
  let begun = 1
  let quotedAt: number | undefined

  const endCell = () => {
    cells.push(cell.trim().replace(/^'/, ''))
    cell = ''
  }
  const endRecord = () => {
    endCell()
    if (cells.some((each) => each !== '')) records.push({ line: begun, cells })
    cells = []
  }

  const source = text.replace(/^\u{FEFF}/u, '').replace(/\r\n?/g, '\n')
  for (let at = 0; at < source.length; at++) {
    const character = source[at] as string
    if (character === '\n') line += 1
    if (quotedAt !== undefined) {
      if (character !== '"') cell += character
      else if (source[at + 1] === '"') cell += source[++at]
      else quotedAt = undefined
    } else if (character === '"' && cell === '') quotedAt = line
    else if (character === ',') endCell()
    else if (character === '\n') {
      endRecord()
      begun = line
    } else cell += character
  }
  if (quotedAt !== undefined) throw new RangeError(String(quotedAt))
  endRecord()
  return records
}

/** Tables in Markdown, and the parts of documents between markers that hold them. */

export type Language = 'en' | 'zh'

/** A table of rows of cells. A `|` inside a cell is escaped. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`.replaceAll('|  |', '| |')
  return [line(head), `|${'---|'.repeat(head.length)}`, ...rows.map(line)].join('\n')
}

export const code = (text: string) => `\`${text}\``

/**
 * The document with its part between `<!-- begin: name -->` and `<!-- end: name -->` replaced.
 *
 * @throws Error when the document has no such part
 */
export function withPart(document: string, name: string, text: string): string {
  const [begin, end] = [`<!-- begin: ${name} -->\n`, `\n<!-- end: ${name} -->`]
  const from = document.indexOf(begin)
  const to = document.indexOf(end, from)
  if (from < 0 || to < 0) throw new Error(`no part "${name}"`)
  return document.slice(0, from + begin.length) + text + document.slice(to)
}

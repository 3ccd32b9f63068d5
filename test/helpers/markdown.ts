/** As much of Markdown as is needed to hold a document against the code. */

/** The rows of the first table below a heading, cell by cell, without the head. */
export function tableBelow(document: string, heading: RegExp): string[][] {
  const lines = document.split('\n')
  const start = lines.findIndex((line) => line.startsWith('#') && heading.test(line))
  if (start < 0) throw new Error(`no heading ${heading}`)
  const end = lines.findIndex((line, index) => index > start && /^#{1,2} /.test(line))
  return tablesIn(lines.slice(start + 1, end < 0 ? undefined : end).join('\n'))[0] ?? []
}

/** All tables of a text, each as rows of cells, without their heads. */
export function tablesIn(text: string): string[][][] {
  const blocks = text.split('\n').reduce<string[][]>(
    (all, line) => {
      if (line.startsWith('|')) all.at(-1)?.push(line)
      else if (all.at(-1)?.length !== 0) all.push([])
      return all
    },
    [[]],
  )
  // The second line of a table holds nothing but dashes.
  return blocks.filter((lines) => lines.length > 0).map((lines) => lines.slice(2).map(cellsOf))
}

/** Cells are parted by `|`, unless it is escaped. */
function cellsOf(line: string): string[] {
  return line
    .replace(/^\||\|\s*$/g, '')
    .split(/(?<!\\)\|/)
    .map((cell) => cell.trim().replaceAll('\\|', '|'))
}

/** The texts in backticks of a cell. */
export function codesIn(cell: string): string[] {
  return [...cell.matchAll(/`([^`]+)`/g)].map(([, code]) => code as string)
}

/** Where links and pictures point to, also those in HTML. */
export function linksIn(document: string): string[] {
  const text = withoutCode(document)
  const targets = [
    ...text.matchAll(/\]\(([^)\s]+)[^)]*\)/g),
    ...text.matchAll(/\b(?:src|srcset|href)="([^"\s]+)"/g),
  ]
  return targets.map(([, target]) => target as string)
}

/** The anchors that the headings of a document have, as GitHub makes them. */
export function anchorsOf(document: string): Set<string> {
  const headings = withoutCode(document).matchAll(/^#{1,6} (.+)$/gm)
  return new Set(
    [...headings].map(([, heading]) =>
      (heading as string)
        .toLowerCase()
        .replace(/[^\p{L}\p{N}\s_-]/gu, '')
        .replace(/ /g, '-'),
    ),
  )
}

/** Blocks between fences, in order: language and text. */
export function codeBlocks(document: string): { language: string; text: string }[] {
  return [...document.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)].map(([, language = '', text = '']) => ({
    language,
    text,
  }))
}

function withoutCode(document: string): string {
  return document.replace(/^```[\s\S]*?^```$/gm, '').replace(/`[^`\n]*`/g, '')
}

/** Where figures go: a section of RESULTS.md, a plot, and the raw numbers as JSON. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const folder = join(import.meta.dirname, '..')
const file = join(folder, 'RESULTS.md')

export interface Section {
  /** Names the section between its markers, and the files. */
  name: string
  title: string
  /** Markdown below the title. */
  text: string
  /** SVG plots by file name without ending. */
  plots?: Readonly<Record<string, string>>
  raw: unknown
}

/** Replaces the section of this name, or adds it. */
export function writeResults({ name, title, text, plots = {}, raw }: Section): void {
  mkdirSync(join(folder, 'results'), { recursive: true })
  for (const [plot, svg] of Object.entries(plots)) writeFileSync(join(folder, 'results', `${plot}.svg`), svg)
  writeFileSync(join(folder, 'results', `${name}.json`), `${JSON.stringify(raw, null, 1)}\n`)
  const pictures = Object.keys(plots).map((plot) => `![${plot}](results/${plot}.svg)`)
  const section = [`<!-- ${name} -->`, `## ${title}`, text, ...pictures, `<!-- /${name} -->`].join('\n\n')
  const before = existsSync(file) ? readFileSync(file, 'utf8') : HEAD
  const known = new RegExp(`<!-- ${name} -->[^]*<!-- /${name} -->`)
  const after = known.test(before)
    ? before.replace(known, () => section)
    : `${before.trimEnd()}\n\n${section}\n`
  writeFileSync(file, after)
}

const HEAD = `# Results

Written by \`npm run bench\`; each section is one interleaved run on one machine. Only ratios inside a section compare.
`

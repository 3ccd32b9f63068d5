/** Horizontal bars as SVG, readable in light and dark. */

export interface Bar {
  label: string
  value: number
  /** Beside the bar; left out: the value. */
  text?: string
  /** The shop's own bars are drawn in the colour of the brand. */
  own?: boolean
}

const ROW = 26
const LABEL = 250
const BARS = 380
const NOTE = 110

/** @param target - a line across all bars: the value that was aimed at */
export function barChart(
  title: string,
  bars: readonly Bar[],
  target?: { value: number; text: string },
): string {
  const most = Math.max(...bars.map(({ value }) => value), target?.value ?? 0)
  const width = (value: number) => Math.max(1, Math.round((value / most) * BARS))
  const height = 44 + bars.length * ROW + (target ? 18 : 0)
  const rows = bars.map(({ label, value, text, own }, index) => {
    const y = 40 + index * ROW
    return `<text x="${LABEL - 8}" y="${y + 13}" text-anchor="end">${xmlText(label)}</text>
<rect x="${LABEL}" y="${y}" width="${width(value)}" height="18" rx="2" fill="${own ? '#c8102e' : '#8a9099'}"/>
<text x="${LABEL + width(value) + 6}" y="${y + 13}">${xmlText(text ?? String(value))}</text>`
  })
  const x = target && LABEL + width(target.value)
  const bottom = 40 + bars.length * ROW
  const line = target
    ? `<path d="M${x} 34V${bottom}" stroke="#1f6feb" stroke-dasharray="4 3"/>
<text x="${x}" y="${bottom + 14}" text-anchor="middle" fill="#1f6feb">${xmlText(target.text)}</text>`
    : ''
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${LABEL + BARS + NOTE}" height="${height}" viewBox="0 0 ${LABEL + BARS + NOTE} ${height}" font-family="system-ui, sans-serif" font-size="13">
<style>text{fill:#1f2328}@media(prefers-color-scheme:dark){text{fill:#e6edf3}}</style>
<text x="8" y="20" font-weight="600">${xmlText(title)}</text>
${rows.join('\n')}
${line}
</svg>
`
}

function xmlText(text: string): string {
  return text.replace(/[&<>]/g, (character) => `&#${character.charCodeAt(0)};`)
}

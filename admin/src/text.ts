/** Money and moments as people read them. */

/** 35900 → ¥359.00 */
export function yuan(fen: number): string {
  const sign = fen < 0 ? '-' : ''
  const whole = Math.trunc(Math.abs(fen) / 100)
  return `${sign}¥${whole.toLocaleString('zh-CN')}.${String(Math.abs(fen) % 100).padStart(2, '0')}`
}

/** '359' or '359.5' → 35900; undefined when it is no amount. */
export function fen(text: string): number | undefined {
  const match = /^(\d{1,7})(?:\.(\d{1,2}))?$/.exec(text.trim())
  if (!match) return undefined
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'))
}

const format = new Intl.DateTimeFormat('zh-CN', {
  timeZone: 'Asia/Shanghai',
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hour12: false,
})

/** Beijing time, to the second. */
export function moment(iso: string | null | undefined): string {
  return iso ? format.format(new Date(iso)).replaceAll('/', '-') : '—'
}

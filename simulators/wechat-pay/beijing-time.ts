/** Clock texts of API v2, which are Beijing time (UTC+8, no daylight saving) whatever this machine's zone is. */

const OFFSET_MS = 8 * 3600_000

/** `yyyyMMddHHmmss` of an epoch time in milliseconds. */
export function compactBeijing(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().replace(/[-:T]/g, '').slice(0, 14)
}

/** `yyyy-MM-dd HH:mm:ss` of an epoch time in milliseconds. */
export function spacedBeijing(epochMs: number): string {
  return new Date(epochMs + OFFSET_MS).toISOString().replace('T', ' ').slice(0, 19)
}

/** Epoch milliseconds of `yyyyMMddHHmmss`, or undefined when that is no such moment. */
export function parseCompactBeijing(text: string): number | undefined {
  const parts = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})$/.exec(text)
  if (!parts) return undefined
  const [, y, mo, d, h, mi, s] = parts.map(Number) as [number, number, number, number, number, number, number]
  const epochMs = Date.UTC(y, mo - 1, d, h, mi, s) - OFFSET_MS
  // 20260231… would silently roll over into March
  return compactBeijing(epochMs) === text ? epochMs : undefined
}

/**
 * JSON in the browser's storage. A private window may refuse storage and another version of the page may have
 * left other shapes: both count as "nothing stored".
 */
export interface Stored<T> {
  read(): T | undefined
  write(value: T): void
  clear(): void
}

/** One named value; `accept` decides whether what was found is still of the expected shape. */
export function stored<T>(
  area: () => Storage,
  key: string,
  accept: (value: unknown) => value is T,
): Stored<T> {
  const name = `letao.${key}`
  return {
    read() {
      try {
        const value: unknown = JSON.parse(area().getItem(name) ?? 'null')
        return accept(value) ? value : undefined
      } catch {
        return undefined
      }
    },
    write(value) {
      try {
        area().setItem(name, JSON.stringify(value))
      } catch {
        // Full or forbidden: the page goes on with what it has in memory.
      }
    },
    clear() {
      try {
        area().removeItem(name)
      } catch {
        // As above.
      }
    },
  }
}

/** A non-null object whose fields may be looked at. */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

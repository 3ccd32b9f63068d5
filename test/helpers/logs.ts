/** Catches the log lines that functions write in this process, so that tests can read them. */

export type LogEntry = Record<string, unknown> & { level: string; event: string }

export interface Logs {
  /** All lines so far, oldest first. */
  readonly entries: LogEntry[]
  /** The lines of one event, of one order when that is named. */
  of(event: string, outTradeNo?: string): LogEntry[]
  clear(): void
  /** Lets lines through to the terminal again. */
  release(): void
}

/** From now on log lines are kept instead of printed; anything else that is printed passes. */
export function catchLogs(): Logs {
  const entries: LogEntry[] = []
  const write = process.stdout.write
  const filter = function filterLogLines(this: NodeJS.WriteStream, ...args: unknown[]): boolean {
    const [chunk] = args
    const entry = typeof chunk === 'string' ? readEntry(chunk) : undefined
    if (!entry) return Reflect.apply(write, process.stdout, args)
    entries.push(entry)
    return true
  }
  process.stdout.write = filter as typeof process.stdout.write
  return {
    entries,
    of: (event, outTradeNo) =>
      entries.filter(
        (entry) => entry.event === event && (outTradeNo === undefined || entry.outTradeNo === outTradeNo),
      ),
    clear: () => void entries.splice(0),
    release() {
      process.stdout.write = write
    },
  }
}

function readEntry(text: string): LogEntry | undefined {
  if (!text.startsWith('{"level":')) return undefined
  return JSON.parse(text) as LogEntry
}

/** How a running shop shows what happens: one short line for each request, or the functions' own JSON (`LOG=json`). */
import type { Access } from '../scf/emulator/gateway/server.ts'
import type { LogLine } from '../scf/emulator/runtime/instance.ts'

const COLORS = { dim: 2, red: 31, green: 32, yellow: 33, cyan: 36 } as const

/** Colours a text where somebody sees it. */
export function paint(color: keyof typeof COLORS, text: string): string {
  const isSeen = process.stdout.isTTY && process.env.NO_COLOR === undefined
  return isSeen ? `\u001b[${COLORS[color]}m${text}\u001b[0m` : text
}

export type ConsoleLog = {
  access(access: Access): void
  functionLine(functionName: string, line: LogLine): void
  failure(functionName: string, message: string): void
  simulator(name: string, line: string): void
}

/** The log of a shop, in the form that `LOG` asks for. */
export function consoleLog(format: string | undefined): ConsoleLog {
  if (format === 'json') {
    return {
      access: () => {},
      functionLine: (_, { text }) => console.log(text),
      failure: (name, message) =>
        console.log(JSON.stringify({ level: 'error', event: 'platform', function: name, message })),
      simulator: () => {},
    }
  }
  return {
    access({ method, path, statusCode, durationMs, functionName, coldStart }) {
      if (functionName === undefined && statusCode < 400) return // pictures and pages
      const color = statusCode < 400 ? 'green' : statusCode < 500 ? 'yellow' : 'red'
      const cold = coldStart ? paint('dim', ' cold start') : ''
      say(`${method} ${path} ${paint(color, String(statusCode))} ${durationMs} ms${cold}`)
    },
    functionLine(name, { stream, text, requestId }) {
      const entry = parse(text)
      if (entry === undefined) say(`${name} ${stream === 'stdout' ? '' : `${stream} `}${text}`)
      else if (isWorthShowing(entry))
        say(`${paint('yellow', `${name} ${entry.level}`)} ${describe(entry, requestId)}`)
    },
    failure: (name, message) => say(paint('red', `${name} failed: ${message}`)),
    simulator: (name, line) => say(paint('dim', `${name}: ${line}`)),
  }
}

type Entry = Record<string, unknown> & { level: string; event: string }

function parse(text: string): Entry | undefined {
  try {
    const entry = JSON.parse(text)
    return typeof entry?.level === 'string' && typeof entry.event === 'string' ? entry : undefined
  } catch {
    return undefined
  }
}

/** What the access line, or the summary of a migration, says already. */
const saidAlready = new Set(['invocation', 'migration_applied'])

/** Runs of timers that come every few seconds here: shown when they did something. */
const runs = new Set(['reconciled', 'due_done'])

function isWorthShowing({ level, event, ...rest }: Entry): boolean {
  if (saidAlready.has(event) || level === 'debug') return false
  return !runs.has(event) || Object.values(rest).some((value) => typeof value === 'number' && value > 0)
}

function describe(
  { level: _level, event, time: _time, requestId: _id, function: _function, ...rest }: Entry,
  requestId?: string,
): string {
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${value}`)
  return [event, ...fields, ...(requestId ? [paint('dim', requestId)] : [])].join(' ')
}

function say(text: string): void {
  console.log(`${paint('dim', new Date().toTimeString().slice(0, 8))} ${text}`)
}

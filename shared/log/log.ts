/**
 * Structured logs: one flat JSON object a line on stdout, which CLS splits into searchable fields (first level
 * only). `event` is a stable name of the table in events.ts.
 */
import type { LogEvent } from './events/index.ts'

export type LogLevel = 'debug' | 'info' | 'warn' | 'error'
export type LogFields = Readonly<Record<string, string | number | boolean | null | undefined>>

export interface Logger {
  debug(event: LogEvent, fields?: LogFields): void
  info(event: LogEvent, fields?: LogFields): void
  warn(event: LogEvent, fields?: LogFields): void
  error(event: LogEvent, fields?: LogFields): void
}

export interface LoggerOptions {
  level: LogLevel
  /** Fields of every line: request id, function. */
  base: LogFields
  /** Texts that are blotted out wherever they appear. */
  secrets: readonly string[]
  write?: (line: string) => void
}

const weight: Record<LogLevel, number> = { debug: 10, info: 20, warn: 30, error: 40 }

/** Writes lines of at least the given level, secrets blotted out. */
export function createLogger(options: LoggerOptions): Logger {
  const write = options.write ?? ((line: string) => void process.stdout.write(line))
  const log =
    (level: LogLevel) =>
    (event: LogEvent, fields: LogFields = {}) => {
      if (weight[level] < weight[options.level]) return
      const line: Record<string, unknown> = { level, event, time: new Date().toISOString(), ...options.base }
      for (const [name, value] of Object.entries(fields)) {
        line[name] = typeof value === 'string' ? redact(value, options.secrets) : value
      }
      write(`${JSON.stringify(line)}\n`)
    }
  return { debug: log('debug'), info: log('info'), warn: log('warn'), error: log('error') }
}

/** Blots out secrets, tokens, credentials in URLs and the middle of mobile numbers (with 86 before them or not). */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text
  // The longest first: of one that begins like another nothing may be left over.
  const longestFirst = [...secrets].sort((a, b) => b.length - a.length)
  for (const secret of longestFirst) clean = clean.replaceAll(secret, '***')
  return clean
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, '***')
    .replace(/\b([a-z][a-z0-9+.-]*:\/\/)[^\s/]+@/gi, '$1***@')
    .replace(/(?<!\d)((?:00)?(?:86)?1[3-9]\d)\d{4}(\d{4})(?!\d)/g, '$1****$2')
}

/** An error as flat fields: name, code, message and where it was thrown; its causes in `errorCause`. */
export function errorFields(error: unknown): LogFields {
  if (!(error instanceof Error)) return { error: String(error) }
  const { code } = error as { code?: unknown }
  return {
    error: error.name,
    errorCode: typeof code === 'string' || typeof code === 'number' ? code : undefined,
    errorMessage: error.message,
    errorAt: error.stack
      ?.split('\n')
      .slice(1, 4)
      .map((line) => line.trim())
      .join(' < '),
    errorCause: error.cause === undefined ? undefined : describeCause(error.cause),
  }
}

/** Longer chains of causes are cut; one may even be a circle. */
const MAX_CAUSES = 5

function describeCause(cause: unknown, depth = 1): string {
  if (!(cause instanceof Error)) return String(cause)
  const { code } = cause as { code?: unknown }
  const isLast = cause.cause === undefined || depth === MAX_CAUSES
  const deeper = isLast ? '' : ` < ${describeCause(cause.cause, depth + 1)}`
  return `${cause.name}${code === undefined ? '' : ` ${code}`}: ${cause.message}${deeper}`
}

/** `138****0000`. */
export function maskMobile(mobile: string): string {
  return mobile.replace(/^(.{3}).*(.{4})$/, '$1****$2')
}

/** One line of the log, out of what the log service stores of it, and how it is shown. */
import { isoBeijing } from '#shared/time'
import { redact } from '../provider/redact.ts'

export interface LogLine {
  /** Milliseconds. */
  readonly time: number
  /** The full name on the platform. */
  readonly functionName: string
  readonly requestId: string
  /** `info`, `error`…; empty when the line says none. */
  readonly level: string
  /** The HTTP status of the invocation, where the record has it. */
  readonly status: number | undefined
  /** A version's number, `$LATEST` or an alias; empty when not known. */
  readonly version: string
  /** Which repetition of an asynchronous call this is: 0 is the first call. */
  readonly retry: number
  /** Whether the platform wrote it: START, END, Report, Response. */
  readonly isPlatform: boolean
  /** The line's fields when it is a JSON object, else its text. */
  readonly content: string | Readonly<Record<string, unknown>>
  /** Tells one line from another. */
  readonly id: string
}

/** A record of SearchLog. */
export interface LogRecord {
  readonly Time?: number
  readonly PkgId?: string
  readonly PkgLogId?: string
  readonly LogJson?: string
}

/** Fields of every log line that have columns of their own. */
const inColumns = new Set(['level', 'time', 'requestId', 'function'])

/** The names of the fields are the platform's (cloud.tencent.com/document/product/583/60336). */
export function toLine({ Time = 0, PkgId = '', PkgLogId = '', LogJson = '{}' }: LogRecord): LogLine {
  const record = parse(LogJson) ?? { SCF_Message: LogJson }
  const text = (name: string) => String(record[name] ?? '')
  const message = text('SCF_Message').trimEnd()
  // A line that is a JSON object arrives split into its fields, or whole.
  const own = Object.entries(record).filter(([name]) => !/^(SCF_|__)/.test(name))
  const content = message === '' ? Object.fromEntries(own) : (parse(message) ?? message)
  const fields = typeof content === 'string' ? {} : content
  const isPlatform = text('SCF_Type') === 'Platform' || isPlatformText(content)
  const status = Number(record.SCF_StatusCode || fields.status || 0)
  return {
    time: Time,
    functionName: text('SCF_FunctionName'),
    requestId: text('SCF_RequestId') || String(fields.requestId ?? ''),
    level: text('SCF_Level').toLowerCase() || String(fields.level ?? ''),
    status: Number.isInteger(status) && status > 0 ? status : undefined,
    version: text('SCF_Qualifier'),
    retry: Number(record.SCF_RetryNum ?? 0) || 0,
    isPlatform,
    content,
    id: `${Time}/${PkgId}/${PkgLogId}/${LogJson}`,
  }
}

/** For records that do not say who wrote them. */
function isPlatformText(content: LogLine['content']): boolean {
  return typeof content === 'string' && /^(START|END|Report|Response|Init Report) RequestId:/.test(content)
}

function parse(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

export interface View {
  /** The key in serverless.yml of a function's full name. */
  readonly keyOf: (functionName: string) => string
  /** Columns of the longest key; 0 when there is one function. */
  readonly keyWidth: number
  readonly isColoured: boolean
  /** What must not be shown. */
  readonly hidden: readonly string[]
}

/** A line for people. */
export function textOf(line: LogLine, view: View): string {
  const { time, functionName, requestId, level, status, version, retry } = line
  const paint = view.isColoured ? colour : (text: string) => text
  const parts = [
    paint(`${isoBeijing(new Date(time)).slice(0, 23).replace('T', ' ')}`, 'dim'),
    ...(view.keyWidth === 0 ? [] : [view.keyOf(functionName).padEnd(view.keyWidth)]),
    paint((line.isPlatform ? 'scf' : level || '-').padEnd(5), colourOf(line)),
    status === undefined ? '  -' : paint(String(status), status >= 500 ? 'red' : 'none'),
    versionText(version),
    ...(retry > 0 ? [paint(`retry ${retry}`, 'yellow')] : []),
    paint(requestId || '-', 'dim'),
    harmless(contentText(line.content, view.hidden)),
  ]
  return parts.join(' ').trimEnd()
}

/** Somebody else's text may hold what moves a terminal's cursor or writes its title: it is shown, and does nothing. */
function harmless(text: string): string {
  return text.replace(
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/** A line for programs: one JSON object. */
export function jsonOf(line: LogLine, view: View): string {
  const { time, functionName, requestId, level, status, version, retry, isPlatform, content } = line
  return JSON.stringify({
    time: isoBeijing(new Date(time)),
    function: view.keyOf(functionName),
    level: level || null,
    status: status ?? null,
    version: version || null,
    retry,
    requestId: requestId || null,
    platform: isPlatform,
    ...(typeof content === 'string'
      ? { message: redact(content, view.hidden) }
      : { fields: masked(content, view.hidden) }),
  })
}

function versionText(version: string): string {
  if (version === '') return '-'
  return /^\d+$/.test(version) ? `v${version}` : version
}

function contentText(content: LogLine['content'], hidden: readonly string[]): string {
  if (typeof content === 'string') return redact(content, hidden).replace(/\r?\n/g, ' ↵ ')
  const { event, ...fields } = content
  const others = Object.entries(fields)
    .filter(([name]) => !inColumns.has(name))
    .map(([name, value]) => `${name}=${valueText(masked(value, hidden))}`)
  return [...(event === undefined ? [] : [String(masked(event, hidden))]), ...others].join(' ')
}

/** A word as it is, everything else as JSON. */
function valueText(value: unknown): string {
  return typeof value === 'string' && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value)
}

/** Text by text: a mask that swallows the rest of a text must not swallow the fields behind it. */
function masked(value: unknown, hidden: readonly string[]): unknown {
  if (typeof value === 'string') return redact(value, hidden)
  if (Array.isArray(value)) return value.map((each) => masked(each, hidden))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, masked(each, hidden)]))
}

const codes = { none: '', dim: '2', red: '31', yellow: '33', cyan: '36' } as const

function colourOf({ level, isPlatform }: LogLine): keyof typeof codes {
  if (level === 'error') return 'red'
  if (level === 'warn') return 'yellow'
  return isPlatform ? 'cyan' : 'none'
}

function colour(text: string, name: keyof typeof codes): string {
  return codes[name] === '' ? text : `\u001b[${codes[name]}m${text}\u001b[0m`
}

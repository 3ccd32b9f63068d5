/** The tables of errors and of log events. */
import { type ErrorCode, errorTable } from '#shared/errors'
import { logEvents } from '#shared/log'
import { errorTexts } from './error-texts.ts'
import { code, table } from './markdown.ts'

/** Every error, in the order of `errorTable`. */
export function errorsTable(): string {
  const head = ['code', 'status', 'HTTP', 'msg', 'when', 'what the caller does']
  const rows = (Object.keys(errorTable) as ErrorCode[]).map((name) => {
    const { status, http, msg } = errorTable[name]
    const { when, todo } = errorTexts[name]
    return [code(name), status === false ? code('false') : String(status), String(http), msg, when, todo]
  })
  return table(head, rows)
}

/** Every log event, in the order of `logEvents`. */
export function logEventsTable(): string {
  const rows = Object.entries(logEvents).map(([event, row]) => [
    code(event),
    row.level,
    row.where,
    row.means,
    row.alarm,
    'todo' in row ? row.todo : '',
  ])
  return table(['event', 'level', 'where', 'means', 'alarm', 'do'], rows)
}

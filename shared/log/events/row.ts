/** A row of the table of log events. */

/** Wakes somebody; is looked at in the morning; when far more than usual; never. */
export type Alarm = 'now' | 'day' | 'rate' | '–'

export interface LogEventRow {
  readonly level: 'debug' | 'info' | 'warn' | 'error'
  /** The functions, or the ways by which the fact came. */
  readonly where: string
  readonly means: string
  readonly alarm: Alarm
  /** What to do, in Markdown. */
  readonly todo?: string
}

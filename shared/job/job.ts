/** The way in for what no shopper calls: timers and invocations by ops. Failures are thrown, so that the platform reports them. */
import type { Config, VariableName } from '#shared/config'
import { type Database, type DatabaseOptions, openDatabase } from '#shared/db'
import { AppError, ConfigError } from '#shared/errors'
import { isHttpEvent } from '#shared/http'
import { Invocation } from '#shared/invocation'
import { errorFields, type Logger, redact } from '#shared/log'

export interface JobCall<Needed extends VariableName, Field extends string> {
  /** The fields of the event that the job declares: their values are unchecked. */
  readonly event: { readonly [F in Field]?: unknown }
  readonly config: Config<Needed | 'DATABASE_URL'>
  /** Opened for this invocation, and closed at its end. */
  readonly db: Database
  /** The platform's number of this invocation; one that it delivers again has the same. */
  readonly requestId: string
  readonly now: () => Date
  readonly log: Logger
  /** Milliseconds of this invocation that are left, as the platform counts them. */
  readonly msLeft: () => number
}

export interface JobOptions<Needed extends VariableName, Field extends string, Result> {
  /** Variables without which the job cannot work, besides `DATABASE_URL`. */
  needs?: readonly Needed[]
  /** The fields that ops may write into the event; left out: none. */
  fields?: readonly Field[]
  /** Where the deadlines of a request do not fit. */
  database?: DatabaseOptions
  /** The result in a few lines that people read. */
  summarise: (result: Result) => string[]
}

/** `main_handler` of a job, with the variables it needs: a deploy checks them before. */
export type JobHandler<Result> = ((event: unknown, context?: unknown) => Promise<Result | string>) & {
  readonly needs: readonly VariableName[]
  readonly fields: readonly string[]
}

/** What the platform's timer sends, and what chooses the form of the result. */
const everyEvent = ['Type', 'TriggerName', 'Time', 'Message', 'json']

/**
 * Makes `main_handler` of a job. The invocation's result is a readable text, or with `{ "json": true }` in the event
 * what `work` returned. Either ends in the platform's log: it must hold nothing secret.
 */
export function job<
  const Needed extends VariableName = never,
  const Field extends string = never,
  Result = unknown,
>(
  options: JobOptions<Needed, Field, Result>,
  work: (call: JobCall<Needed, Field>) => Promise<Result>,
): JobHandler<Result> {
  const { fields = [], summarise } = options
  const needs: readonly (Needed | 'DATABASE_URL')[] = ['DATABASE_URL', ...(options.needs ?? [])]

  const main = async (event: unknown, context?: unknown) => {
    const invocation = new Invocation(context ?? {})
    let db: Database | undefined
    try {
      const given = fieldsOf(event)
      const config = invocation.configure(needs)
      mustBeKnown(given, fields)
      db = openDatabase(config.DATABASE_URL, options.database)
      const { requestId, log } = invocation
      const msLeft = () => invocation.msLeft()
      const result = await work({
        event: given as { [F in Field]?: unknown },
        config,
        db,
        requestId,
        now: () => new Date(),
        log,
        msLeft,
      })
      log.info('invocation', { status: 200, durationMs: invocation.durationMs })
      return given.json === true ? result : summarise(result).join('\n')
    } catch (error) {
      const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error
      invocation.log.error('job_failed', { ...errorFields(error), durationMs: invocation.durationMs })
      throw reportable(cause, invocation.secrets)
    } finally {
      await db?.close()
    }
  }
  return Object.assign(main, { needs, fields })
}

function fieldsOf(event: unknown): Record<string, unknown> {
  // A URL bound to a job by mistake must not let the public run it.
  if (isHttpEvent(event)) throw new Error('this function has no URL: invoke it, or let its timer do so')
  if (event === undefined || event === null || event === '') return {}
  if (typeof event !== 'object' || Array.isArray(event)) throw new Error('the event must be a JSON object')
  return { ...event }
}

/** A field that nobody reads is a mistake: `refundFee` for `refund_fee` would give everything back. */
function mustBeKnown(event: Readonly<Record<string, unknown>>, fields: readonly string[]): void {
  const unknown = Object.keys(event).filter((name) => !fields.includes(name) && !everyEvent.includes(name))
  if (unknown.length === 0) return
  const known = [...fields, 'json'].join(', ')
  throw new Error(`the event has unknown fields: ${unknown.map(quoted).join(', ')}; known are ${known}`)
}

const quoted = (name: string) => JSON.stringify(name.slice(0, 64))

/** What the platform may write into its log: the message without secrets, and no stack trace. */
function reportable(error: unknown, secrets: readonly string[]): Error {
  if (error instanceof ConfigError) return error
  const message = error instanceof Error ? error.message : String(error)
  const clean = new Error(redact(message, secrets))
  clean.name = error instanceof Error ? error.name : 'Error'
  return clean
}

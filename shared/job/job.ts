/** The way in for what no shopper calls: timers and invocations by ops. Failures are thrown, so that the platform reports them. */
import { randomUUID } from 'node:crypto'
import { type Config, readConfig, secretTexts, type VariableName } from '#shared/config'
import { AppError, ConfigError } from '#shared/errors'
import { isHttpEvent, type ScfContext } from '#shared/http'
import { createLogger, errorFields, type Logger, redact } from '#shared/log'

export interface JobCall<Needed extends VariableName> {
  /** The timer's or ops' event: unchecked. */
  readonly event: Readonly<Record<string, unknown>>
  readonly config: Config<Needed>
  readonly now: () => Date
  readonly log: Logger
  /** Milliseconds of this invocation that are left, as the platform counts them. */
  readonly msLeft: () => number
}

export interface JobOptions<Needed extends VariableName, Result> {
  needs: readonly Needed[]
  /** The result in a few lines that people read. */
  summarise: (result: Result) => string[]
}

/** `main_handler` of a job, with the variables it needs: a deploy checks them before. */
export type JobHandler<Needed extends VariableName, Result> = ((
  event: unknown,
  context?: unknown,
) => Promise<Result | string>) & { readonly needs: readonly Needed[] }

/**
 * Makes `main_handler` of a job. The invocation's result is a readable text, or with `{ "json": true }` in the event
 * what `work` returned. Either ends in the platform's log: it must hold nothing secret.
 */
export function job<const Needed extends VariableName, Result>(
  options: JobOptions<Needed, Result>,
  work: (call: JobCall<Needed>) => Promise<Result>,
): JobHandler<Needed, Result> {
  const main = async (event: unknown, platformContext?: unknown) => {
    const context = (platformContext ?? {}) as ScfContext
    context.callbackWaitsForEmptyEventLoop = false
    const startedAt = Date.now()
    const base = { requestId: context.request_id ?? randomUUID(), function: context.function_name }
    let log = createLogger({ level: 'info', base, secrets: [] })
    let secrets: string[] = []
    try {
      // A URL bound to a job by mistake must not let the public run it.
      if (isHttpEvent(event)) throw new Error('this function has no URL: invoke it, or let its timer do so')
      const config = readConfig(options.needs)
      secrets = secretTexts(config)
      log = createLogger({ level: config.LOG_LEVEL, base, secrets })
      const limitMs = context.time_limit_in_ms ?? 60_000
      const fields = typeof event === 'object' && event !== null ? (event as Record<string, unknown>) : {}
      const msLeft = () => startedAt + limitMs - Date.now()
      const result = await work({ event: fields, config, now: () => new Date(), log, msLeft })
      log.info('invocation', { status: 200, durationMs: Date.now() - startedAt })
      return fields.json === true ? result : options.summarise(result).join('\n')
    } catch (error) {
      const cause = error instanceof AppError && error.cause instanceof Error ? error.cause : error
      log.error('job_failed', { ...errorFields(error), durationMs: Date.now() - startedAt })
      throw reportable(cause, secrets)
    }
  }
  return Object.assign(main, { needs: options.needs })
}

/** What the platform may write into its log: the message without secrets, and no stack of ours. */
function reportable(error: unknown, secrets: readonly string[]): Error {
  if (error instanceof ConfigError) return error
  const message = error instanceof Error ? error.message : String(error)
  const clean = new Error(redact(message, secrets))
  clean.name = error instanceof Error ? error.name : 'Error'
  return clean
}

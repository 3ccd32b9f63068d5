/** One invocation of a function, whatever caused it: its number, its clock, its configuration, its log. */
import { randomUUID } from 'node:crypto'
import { type Config, instanceConfig, secretTexts, type VariableName } from '#shared/config'
import { createLogger, type Logger } from '#shared/log'

/** The fields of SCF's context that we use. It also carries `environ`, with every secret: never log it. */
export interface ScfContext {
  request_id?: string
  function_name?: string
  time_limit_in_ms?: number
  callbackWaitsForEmptyEventLoop?: boolean
}

/** Where the platform does not say how long it waits. */
const DEFAULT_LIMIT_MS = 60_000

/** What a function knows of the call that it is answering; `endpoint` and `job` stand on it. */
export class Invocation {
  readonly startedAt = Date.now()
  readonly requestId: string
  /** Hides the secrets of the configuration as soon as there is one. */
  log: Logger
  secrets: readonly string[] = []
  readonly #functionName: string | undefined
  readonly #limitMs: number

  /** Tells the platform as well that the answer is the end: nothing runs after it. */
  constructor(context: ScfContext) {
    context.callbackWaitsForEmptyEventLoop = false
    this.requestId = context.request_id ?? randomUUID()
    this.#functionName = context.function_name
    this.#limitMs = context.time_limit_in_ms ?? DEFAULT_LIMIT_MS
    this.log = this.#logger('info')
  }

  /**
   * Reads the configuration; from here on the log follows it.
   *
   * @param needed - one list, made once: by it an instance knows its configuration again
   * @throws ConfigError
   */
  configure<const Needed extends VariableName>(needed: readonly Needed[]): Config<Needed> {
    const config = instanceConfig(needed)
    this.secrets = secretTexts(config)
    this.log = this.#logger(config.LOG_LEVEL)
    return config
  }

  /** Milliseconds that are left, as the platform counts them. */
  msLeft(): number {
    return this.startedAt + this.#limitMs - Date.now()
  }

  get durationMs(): number {
    return Date.now() - this.startedAt
  }

  #logger(level: Config['LOG_LEVEL']): Logger {
    const base = { requestId: this.requestId, function: this.#functionName }
    return createLogger({ level, base, secrets: this.secrets })
  }
}

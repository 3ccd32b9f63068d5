import { AppError, ConfigError, type FaultCode } from '#shared/errors'
import { errorFields } from '#shared/log'
import { answer, failure } from '../answer.ts'
import { type MiddyRequest, stateOf } from '../state.ts'

/** Errors become the envelope, or what the route writes instead. Our own faults are logged with their cause. */
export function envelope() {
  return {
    onError: async function envelopeOnError(request: MiddyRequest) {
      const state = stateOf(request)
      const error = toAppError(request.error)
      state.error = error
      const { log, requestId } = state.invocation
      if (error.http >= 500) log.error(eventOf(error), errorFields(error.cause ?? error))
      const own = state.route?.renderError?.(error)
      request.response = own
        ? answer(200, own.body, { 'Content-Type': own.contentType })
        : failure(error, requestId)
    },
  }
}

function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error
  if (error instanceof ConfigError && error.mayBeShown)
    return new AppError('INTERNAL', { msg: `服务配置有误：${error.message}`, cause: error })
  return new AppError('INTERNAL', { cause: error })
}

/** Each fault has an event of its own: what to do about it differs. */
const events = {
  INTERNAL: 'internal',
  UPSTREAM_FAILED: 'upstream_failed',
  DATABASE_UNAVAILABLE: 'database_unavailable',
} as const satisfies Record<FaultCode, string>

function eventOf({ code }: AppError): (typeof events)[FaultCode] {
  return code === 'UPSTREAM_FAILED' || code === 'DATABASE_UNAVAILABLE' ? events[code] : events.INTERNAL
}

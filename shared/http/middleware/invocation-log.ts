import { type MiddyRequest, stateOf } from '../state.ts'

let coldStart = true

/** One line per invocation. First in the list, so that it sees the answer that really leaves. */
export function invocationLog() {
  const write = (request: MiddyRequest) => {
    const { invocation, request: http, route, error } = stateOf(request)
    invocation.log.info('invocation', {
      method: http?.method,
      route: route?.paths[0] ?? http?.path.slice(0, 100),
      http: request.response.statusCode,
      status: error ? error.status : 200,
      code: error?.code,
      durationMs: invocation.durationMs,
      coldStart,
    })
    coldStart = false
  }
  return {
    before: async function invocationLogBefore(request: MiddyRequest) {
      stateOf(request)
    },
    after: async function invocationLogAfter(request: MiddyRequest) {
      write(request)
    },
    onError: async function invocationLogOnError(request: MiddyRequest) {
      write(request)
    },
  }
}

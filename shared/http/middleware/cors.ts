import { corsHeaders } from '../answer.ts'
import { type MiddyRequest, stateOf } from '../state.ts'

/** CORS headers on every answer, errors included. */
export function cors() {
  const addHeaders = (request: MiddyRequest) => {
    const { request: http, config } = stateOf(request)
    if (!config) return
    const headers = { ...request.response.headers, ...corsHeaders(http?.headers.origin, config.CORS_ORIGINS) }
    request.response = { ...request.response, headers }
  }
  return {
    after: async function corsAfter(request: MiddyRequest) {
      addHeaders(request)
    },
    onError: async function corsOnError(request: MiddyRequest) {
      addHeaders(request)
    },
  }
}

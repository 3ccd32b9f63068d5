import { readBody } from '../body.ts'
import { type MiddyRequest, routed } from '../state.ts'

/** The fields of the query (GET), or the body as the route accepts it. */
export function bodyReader() {
  return {
    before: async function bodyReaderBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state) return
      const { route, request: http } = state
      state.body = route.method === 'GET' ? { ...http.query } : readBody(http, route.accepts)
    },
  }
}

import { type MiddyRequest, routed } from '../state.ts'

/** Makes the limiter of this request; when a request counts is decided by the step, which knows what it costs. */
export function limiter() {
  return {
    before: async function limiterBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state?.route.limiterOf) return
      state.limiter = state.route.limiterOf(state)
      // Strangers must not share one counter, so those of the address are left out.
      if (state.request.clientAddress === undefined)
        state.invocation.log.warn('client_address_unknown', { route: state.route.paths[0] })
    },
  }
}

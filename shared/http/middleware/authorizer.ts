import { databaseOf } from '../route.ts'
import { type MiddyRequest, routed } from '../state.ts'

/** Finds out who is calling, or refuses; before anything of the body is read. */
export function authorizer() {
  return {
    before: async function authorizerBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state?.route.authorize) return
      const { authorization } = state.request.headers
      state.user = await state.route.authorize(authorization, state.config, new Date(), databaseOf(state))
    },
  }
}

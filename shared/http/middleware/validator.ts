import { AppError } from '#shared/errors'
import { type MiddyRequest, routed } from '../state.ts'

/** Checks the fields against the route's schema, and replaces them by what it made of them. */
export function validator() {
  return {
    before: async function validatorBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state?.route.schema) return
      const { error, value } = state.route.schema.validate(state.body)
      if (error) throw new AppError(state.route.invalid, { msg: error.message })
      state.body = value
    },
  }
}

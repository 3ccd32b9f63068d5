import { AppError } from '#shared/errors'
import { type MiddyRequest, routed } from '../state.ts'

/** Checks the fields against the route's schema and the configuration, and replaces them by what the schema made of them. */
export function validator() {
  return {
    before: async function validatorBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state) return
      const { schema, invalid, check } = state.route
      if (schema) {
        const { error, value } = schema.validate(state.body)
        if (error) throw new AppError(invalid, { msg: error.message })
        state.body = value
      }
      check?.(state.body, state.config)
    },
  }
}

import { AppError } from '#shared/errors'
import { type MiddyRequest, routed } from '../state.ts'

/** Reads the `Idempotency-Key` of a route that knows one: any text of visible ASCII characters is a key like any other. */
export function idempotency() {
  return {
    before: async function idempotencyBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state?.route.idempotent) return
      const header = state.request.headers['idempotency-key']
      if (header === undefined || header === '') return
      if (!/^[\x21-\x7e]{1,255}$/.test(header))
        throw new AppError('INVALID_PARAMETER', { msg: 'Idempotency-Key格式不正确' })
      state.idempotencyKey = header
    },
  }
}

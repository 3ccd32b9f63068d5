import { type MiddyRequest, stateOf } from '../state.ts'

/** HEAD is GET without the body: the same headers, whatever the answer is. */
export function head() {
  const cut = (request: MiddyRequest) => {
    if (stateOf(request).request?.method !== 'HEAD') return
    request.response = { ...request.response, body: '' }
  }
  return {
    after: async function headAfter(request: MiddyRequest) {
      cut(request)
    },
    onError: async function headOnError(request: MiddyRequest) {
      cut(request)
    },
  }
}

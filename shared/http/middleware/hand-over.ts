import { type MiddyRequest, stateOf } from '../state.ts'

/** The handler gets from middy nothing but event and context: from here on the event is the state. Last in the list. */
export function handOver() {
  return {
    before: async function handOverBefore(request: MiddyRequest) {
      request.event = stateOf(request)
    },
  }
}

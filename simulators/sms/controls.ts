/** `/sim/*`: the inbox, for a test in another process. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError, serveControl } from '../kit/http.ts'
import type { SmsFaults } from './faults.ts'
import type { Inbox } from './inbox.ts'

/** Serves `/sim/*`. */
export async function serveControls(
  request: IncomingMessage,
  response: ServerResponse,
  { inbox, faults }: { inbox: Inbox; faults: SmsFaults },
): Promise<void> {
  return serveControl(request, response, async ({ route, query, body }) => {
    switch (route) {
      case 'GET /sim/messages':
        return inbox.list(query.get('mobile') ?? undefined)
      case 'GET /sim/faults':
        return { rules: faults.list() }
      case 'POST /sim/faults':
        faults.set(await body())
        return { rules: faults.list() }
      default:
        throw new ControlError(404, 'no such control')
    }
  })
}

/** `/sim/*`: the inbox, for a test in another process. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError, serveControl } from '../kit/http.ts'
import type { SmsFault, SmsFaults } from './faults.ts'
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
        return setFaults(await body(), faults)
      default:
        throw new ControlError(404, 'no such control')
    }
  })
}

/** `{ kind, … }` adds a fault, `{ rules: […] }` replaces all, `{ clear: true }`. */
function setFaults(wanted: Record<string, unknown>, faults: SmsFaults) {
  const { rules, clear, ...rule } = wanted
  if (clear === true || Array.isArray(rules)) faults.clear()
  if (Array.isArray(rules)) for (const each of rules as SmsFault[]) faults.add(each)
  if (rule.kind !== undefined) faults.add(rule as unknown as SmsFault)
  return { rules: faults.list() }
}

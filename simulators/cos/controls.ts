/** `/sim/*`: what lies in the bucket, and faults, for a test in another process. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError, serveControl } from '../kit/http.ts'
import type { CosFault, CosFaults } from './faults.ts'
import type { Objects } from './objects.ts'

/** Serves `/sim/*`. */
export async function serveControls(
  request: IncomingMessage,
  response: ServerResponse,
  { objects, faults }: { objects: Objects; faults: CosFaults },
): Promise<void> {
  return serveControl(request, response, async ({ route, body }) => {
    switch (route) {
      case 'GET /sim/objects':
        return objects.list()
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
function setFaults(wanted: Record<string, unknown>, faults: CosFaults) {
  const { rules, clear, ...rule } = wanted
  if (clear === true || Array.isArray(rules)) faults.clear()
  if (Array.isArray(rules)) for (const each of rules as CosFault[]) faults.add(each)
  if (rule.kind !== undefined) faults.add(rule as unknown as CosFault)
  return { rules: faults.list() }
}

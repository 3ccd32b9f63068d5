/** `/sim/*`: what lies in the bucket, and faults, for a test in another process. */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { ControlError, serveControl } from '../kit/http.ts'
import type { CosFaults } from './faults.ts'
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
        faults.set(await body())
        return { rules: faults.list() }
      default:
        throw new ControlError(404, 'no such control')
    }
  })
}

/** `/` and `/sim/*`: the inbox, for a person and for a test in another process. */
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { SmsFault, SmsFaults } from './faults.ts'
import type { Inbox } from './inbox.ts'

const PAGE = new URL('./page.html', import.meta.url)
const BODY_LIMIT_BYTES = 64 * 1024

/** Serves what is not the API; open to pages of other origins. */
export async function serveControls(
  request: IncomingMessage,
  response: ServerResponse,
  { inbox, faults }: { inbox: Inbox; faults: SmsFaults },
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://sim')
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('cache-control', 'no-store')
  switch (`${request.method} ${url.pathname}`) {
    case 'GET /':
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8' }).end(await readFile(PAGE))
      return
    case 'GET /sim/messages':
      json(response, 200, inbox.list(url.searchParams.get('mobile') ?? undefined))
      return
    case 'GET /sim/faults':
      json(response, 200, { rules: faults.list() })
      return
    case 'POST /sim/faults':
      await setFaults(request, response, faults)
      return
    default:
      if (request.method === 'OPTIONS') {
        const allow = {
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'content-type',
        }
        response.writeHead(204, allow).end()
      } else json(response, 404, { error: 'no such control' })
  }
}

/** `{ kind, … }` adds a fault, `{ rules: […] }` replaces all, `{ clear: true }`. */
async function setFaults(
  request: IncomingMessage,
  response: ServerResponse,
  faults: SmsFaults,
): Promise<void> {
  try {
    const { rules, clear, ...rule } = (await body(request)) as {
      rules?: SmsFault[]
      clear?: boolean
      kind?: unknown
    }
    if (clear === true || Array.isArray(rules)) faults.clear()
    for (const each of rules ?? []) faults.add(each)
    if (rule.kind !== undefined) faults.add(rule as SmsFault)
    json(response, 200, { rules: faults.list() })
  } catch (error) {
    if (!(error instanceof TypeError || error instanceof SyntaxError)) throw error
    json(response, 400, { error: error.message })
  }
}

async function body(request: IncomingMessage): Promise<unknown> {
  let text = ''
  for await (const chunk of request) {
    text += String(chunk)
    if (text.length > BODY_LIMIT_BYTES) throw new TypeError('too large')
  }
  return JSON.parse(text)
}

function json(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

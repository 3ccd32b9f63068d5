/** HTTP of the simulators: bodies, JSON, pages, controls, and connections that end without an answer. */
import { readFile } from 'node:fs/promises'
import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { TLSSocket } from 'node:tls'

const CONTROL_LIMIT_BYTES = 64 * 1024

/** The body; undefined when it is longer than the limit. */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length
    if (size <= limitBytes) chunks.push(chunk)
  }
  return size > limitBytes ? undefined : Buffer.concat(chunks)
}

/** Answers with JSON. */
export function sendJson(response: ServerResponse, status: number, value: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify(value))
}

/** Answers with a page from a file: one HTML document that fetches nothing from elsewhere. */
export async function sendPage(response: ServerResponse, page: URL): Promise<void> {
  const headers = { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' }
  response.writeHead(200, headers).end(await readFile(page))
}

/** Answers as a web server does when what is behind it broke. */
export function sendServerError(response: ServerResponse): void {
  response
    .writeHead(500, { 'content-type': 'text/html' })
    .end('<html><body>Internal Server Error</body></html>')
}

/** Ends a connection without an answer: by a reset where that is possible, which it is not under TLS. */
export function cut(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy()
  else socket.resetAndDestroy()
}

/** A listener of an async function. A caller that hung up is its own affair; any other error is a defect of the simulator. */
export function listening(
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
  log: (line: string) => void,
): RequestListener {
  return (request, response) => {
    serve(request, response).catch((error: unknown) => {
      if (!request.destroyed || !response.destroyed) log(`internal: ${String(error)}`)
      if (!response.headersSent) response.writeHead(500)
      response.end()
    })
  }
}

/** A request to `/sim/*` that cannot be served. */
export class ControlError extends Error {
  readonly status: number

  constructor(status: number, message: string) {
    super(message)
    this.status = status
  }
}

/** What a control is given: `POST /sim/pay` as its route, the query, and its body on demand. */
export interface ControlCall {
  readonly route: string
  readonly query: URLSearchParams
  body(): Promise<Record<string, unknown>>
}

/**
 * Serves `/sim/*`: JSON for a person, or for a test in another process. Open to pages of other origins, since a
 * storefront on another port plays the shopper too. A TypeError or RangeError of the control is answered as 400.
 */
export async function serveControl(
  request: IncomingMessage,
  response: ServerResponse,
  control: (call: ControlCall) => unknown,
): Promise<void> {
  response.setHeader('access-control-allow-origin', '*')
  response.setHeader('cache-control', 'no-store')
  if (request.method === 'OPTIONS') {
    const allowed = {
      'access-control-allow-methods': 'GET, POST',
      'access-control-allow-headers': 'content-type',
    }
    response.writeHead(204, allowed).end()
    return
  }
  try {
    const { pathname, searchParams } = new URL(request.url ?? '/', 'http://sim')
    const call = {
      route: `${request.method} ${pathname}`,
      query: searchParams,
      body: () => jsonObject(request),
    }
    sendJson(response, 200, await control(call))
  } catch (error) {
    if (error instanceof ControlError) sendJson(response, error.status, { error: error.message })
    else if (error instanceof TypeError || error instanceof RangeError)
      sendJson(response, 400, { error: error.message })
    else throw error
  }
}

async function jsonObject(request: IncomingMessage): Promise<Record<string, unknown>> {
  const body = await readBody(request, CONTROL_LIMIT_BYTES)
  if (!body) throw new ControlError(413, 'too large')
  try {
    const parsed: unknown = JSON.parse(body.toString() || '{}')
    if (typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed))
      return parsed as Record<string, unknown>
  } catch {
    // falls through to the refusal
  }
  throw new ControlError(400, 'a JSON object is needed')
}

/**
 * Runs a function's handler behind HTTP, as a web function does on the platform: what an Event function returns is
 * written to the log by the platform, what a web function answers is not.
 */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { toWebEvent, toWebResponse } from './event.ts'

/** `main_handler` of a bundle. */
export type WebHandler = (event: unknown, context: unknown) => unknown

export interface ServeOptions {
  readonly handler: WebHandler
  /** 9000 on the platform; 0 takes a free one. */
  readonly port: number
  readonly host: string
  /** What the context says, where the platform's environment does not. */
  readonly functionName?: string
  readonly timeoutSec?: number
}

export interface WebServer {
  readonly port: number
  /** Takes no more connections, lets requests that run end for at most so long, then closes. */
  close(graceMs?: number): Promise<void>
}

/** Proxies keep resting connections for a minute. */
const keepAliveMs = 75_000

/** The platform's limit of a synchronous request. */
const bodyLimit = 6 * 1024 * 1024

/**
 * Serves until `close` is called. Several requests run at once; a handler that throws answers 500 and says why in the
 * log alone.
 *
 * @example
 * const server = await serveFunction({ handler: main_handler, port: 9000, host: '0.0.0.0' })
 * process.once('SIGTERM', () => void server.close(4000))
 */
export async function serveFunction(options: ServeOptions): Promise<WebServer> {
  const server = createServer((request, response) => void serve(options, request, response))
  // Longer than a proxy keeps a connection that rests: otherwise it sends a request into one that is just closing.
  server.keepAliveTimeout = keepAliveMs
  server.headersTimeout = keepAliveMs + 5000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(options.port, options.host, resolve)
  })
  return {
    port: (server.address() as AddressInfo).port,
    close: async (graceMs = 0) => await close(server, graceMs),
  }
}

async function close(server: Server, graceMs: number): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const timer = setTimeout(() => server.closeAllConnections(), graceMs)
  await closed
  clearTimeout(timer)
}

async function serve(
  options: ServeOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = requestIdOf(request)
  try {
    const body = await readBody(request)
    if (body === undefined) {
      send(response, { statusCode: 413, headers: { connection: 'close' }, body: Buffer.alloc(0) })
      return
    }
    const result = await options.handler(toWebEvent(request, body), contextOf(options, requestId))
    send(response, toWebResponse(result))
  } catch (error) {
    // Our handlers answer their own faults; this is what is left, like a fault of the platform.
    const message = error instanceof Error ? error.message : String(error)
    process.stdout.write(
      `${JSON.stringify({ level: 'error', event: 'web_function_failed', requestId, error: message })}\n`,
    )
    if (!response.headersSent) send(response, { statusCode: 500, headers: {}, body: Buffer.alloc(0) })
    else response.destroy()
  }
}

/** The platform's number of the request; another text in its place is the client's, and does not get into the log. */
function requestIdOf({ headers }: IncomingMessage): string {
  const given = String(headers['x-scf-request-id'] ?? '')
  return /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/i.test(given) ? given : randomUUID()
}

/** The whole body, or undefined when it is larger than the platform would let through. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length
    // Read to the end all the same: a client that is still sending does not read the answer.
    if (bytes <= bodyLimit) chunks.push(chunk as Buffer)
  }
  return bytes > bodyLimit ? undefined : Buffer.concat(chunks)
}

/** What of the platform's context our handlers use. Never its `environ`, which holds every secret. */
function contextOf({ functionName, timeoutSec }: ServeOptions, requestId: string): object {
  return {
    request_id: requestId,
    function_name: process.env.SCF_FUNCTIONNAME ?? functionName,
    function_version: process.env.SCF_FUNCTIONVERSION,
    namespace: process.env.SCF_NAMESPACE,
    tencentcloud_region: process.env.TENCENTCLOUD_REGION,
    ...(timeoutSec === undefined ? {} : { time_limit_in_ms: timeoutSec * 1000 }),
    callbackWaitsForEmptyEventLoop: false,
  }
}

function send(
  response: ServerResponse,
  { statusCode, headers, body }: ReturnType<typeof toWebResponse>,
): void {
  response.writeHead(statusCode, { ...headers, 'content-length': body.length })
  response.end(response.req.method === 'HEAD' ? undefined : body)
}

/** The shop's door on this machine: HTTP in, events to the functions, their answers out. */
import { randomUUID } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { CloudFunction } from '../runtime/function.ts'
import { PAYLOAD_LIMIT_BYTES } from '../runtime/limits.ts'
import { type EventOptions, type OutgoingResponse, splitUrl, toEvent, toResponse } from './event.ts'
import type { Router } from './service-map.ts'
import { type StaticFolder, serveStatic } from './static-files.ts'

/** What one request came to, for the log. */
export type Access = {
  method: string
  path: string
  statusCode: number
  durationMs: number
  requestId: string
  /** Undefined for files and the gateway's own answers. */
  functionName?: string
  coldStart?: boolean
}

export type Health = { ok: boolean; checks: Record<string, string> }

export type GatewayOptions = EventOptions & {
  /** 0 takes any free port. */
  port?: number
  host?: string
  /** Which function owns a path. */
  router: Router
  functions: Map<string, Pick<CloudFunction, 'invoke' | 'isWeb'>>
  staticFolders?: StaticFolder[]
  /** What `GET /local.json` tells the storefront's demo build about this machine. */
  localFacts?: Record<string, unknown>
  /** What `GET /healthz` reports. */
  health?: () => Promise<Health>
  onAccess?: (access: Access) => void
  /** A function that failed instead of answering. */
  onFailure?: (functionName: string, message: string) => void
}

export type Gateway = {
  url: string
  port: number
  /** Takes no more requests, lets those that run finish (for 3 s at most), and ends. */
  close(): Promise<void>
}

const CLOSE_LIMIT_MS = 3000

class BodyTooLarge extends Error {}

/**
 * Starts listening.
 *
 * @throws the error of `listen`, such as EADDRINUSE
 */
export async function startGateway(options: GatewayOptions): Promise<Gateway> {
  const { port = 0, host = '127.0.0.1' } = options
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error) => {
      if (request.destroyed && !request.complete) return // the client went away
      options.onFailure?.('gateway', String(error?.stack ?? error))
      if (!response.headersSent) send(response, envelope(500, '服务器开小差了，请稍后再试', randomUUID()))
      response.end()
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, () => {
      server.off('error', reject)
      resolve()
    })
  })
  const actual = (server.address() as AddressInfo).port
  const shown = host === '0.0.0.0' || host === '127.0.0.1' || host === '::' ? 'localhost' : host
  return { url: `http://${shown}:${actual}`, port: actual, close: () => close(server) }
}

async function close(server: Server): Promise<void> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const limit = setTimeout(() => server.closeAllConnections(), CLOSE_LIMIT_MS)
  await closed
  clearTimeout(limit)
}

async function handle(
  options: GatewayOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const start = performance.now()
  const requestId = randomUUID()
  const { path } = splitUrl(request.url ?? '/')
  const access = { method: request.method ?? 'GET', path, requestId }
  const log = (more: Partial<Access> = {}) => {
    const durationMs = Math.round(performance.now() - start)
    options.onAccess?.({ ...access, statusCode: response.statusCode, durationMs, ...more })
  }
  if (path === '/healthz') {
    send(response, await healthAnswer(options, requestId))
    return
  }
  if (path === '/local.json' && options.localFacts) {
    send(response, json(200, options.localFacts))
    return
  }
  const functionName = options.router(path)
  if (functionName === undefined) {
    const isFile = options.staticFolders && serveStatic(options.staticFolders, request, response)
    if (!isFile) send(response, envelope(404, '接口不存在', requestId))
    log()
    return
  }
  const { answer, ...more } = await invoke(options, functionName, request, requestId)
  send(response, answer)
  log({ functionName, ...more })
}

async function invoke(
  options: GatewayOptions,
  functionName: string,
  request: IncomingMessage,
  requestId: string,
): Promise<{ answer: OutgoingResponse; coldStart?: boolean }> {
  let body: Buffer
  try {
    body = await readBody(request)
  } catch (error) {
    if (!(error instanceof BodyTooLarge)) throw error
    const answer = envelope(413, '请求内容过大', requestId)
    answer.headers.connection = 'close'
    return { answer }
  }
  const target = options.functions.get(functionName)
  if (target === undefined) throw new Error(`${functionName} is in serverless.yml but was not started`)
  const event = toEvent(
    {
      method: request.method ?? 'GET',
      url: request.url ?? '/',
      headers: request.headers,
      body,
      clientAddress: addressOf(request),
      requestId,
    },
    // No gateway makes an event for a web function: it gets the request itself.
    target.isWeb ? {} : options,
  )
  const { result, error, coldStart } = await target.invoke(event, { requestId })
  if (error === undefined) {
    const answer = toResponse(result)
    answer.headers['x-scf-request-id'] = requestId
    return { answer, coldStart }
  }
  options.onFailure?.(functionName, `${error.status} ${error.stack ?? error.message}`)
  const answer = envelope(error.status === 406 ? 413 : 500, '服务器开小差了，请稍后再试', requestId)
  answer.headers['x-scf-status'] = String(error.status)
  return { answer, coldStart }
}

async function healthAnswer({ health }: GatewayOptions, requestId: string): Promise<OutgoingResponse> {
  const { ok, checks } = health ? await health() : { ok: true, checks: {} }
  if (ok) return json(200, { status: 200, checks })
  return json(503, { status: 503, msg: '服务暂不可用', requestId, checks })
}

/** The body, unless it is longer than the platform takes: then the rest is not even read. */
async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length
    if (size > PAYLOAD_LIMIT_BYTES) throw new BodyTooLarge()
    chunks.push(chunk)
  }
  return Buffer.concat(chunks)
}

function addressOf(request: IncomingMessage): string {
  return (request.socket.remoteAddress ?? '').replace(/^::ffff:/, '')
}

function envelope(status: number, msg: string, requestId: string): OutgoingResponse {
  return json(status, { status, msg, requestId })
}

function json(statusCode: number, value: unknown): OutgoingResponse {
  const headers = { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' }
  return { statusCode, headers, body: Buffer.from(JSON.stringify(value)) }
}

function send(response: ServerResponse, { statusCode, headers, body }: OutgoingResponse): void {
  const mayHaveBody = statusCode !== 204 && statusCode !== 304
  response.writeHead(statusCode, { ...headers, ...(mayHaveBody ? { 'content-length': body.length } : {}) })
  response.end(mayHaveBody ? body : undefined)
}

/** The API of one bucket: PUT, HEAD and GET of an object, preflights, errors in XML. */
import { createHash, randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { cut, readBody } from '../kit/http.ts'
import { type CorsRule, corsHeaders, servePreflight } from './cors.ts'
import { CosError, errors, errorXml } from './errors.ts'
import type { CosFaults } from './faults.ts'
import type { Objects } from './objects.ts'
import { type CosAccount, isSigned, verifySignature } from './sign.ts'

/** The service takes 5 GB; a simulator that holds them in memory does not. */
const OBJECT_LIMIT_BYTES = 64 * 1024 * 1024
const MAX_KEY_BYTES = 850

/** One request that came in: `200`, or the code of what was wrong. */
export interface CosCall {
  readonly at: number
  readonly method: string
  readonly key: string
  readonly result: string
  readonly fault?: string
}

/** What a request needs of the simulator. */
export interface CosService {
  readonly accounts: readonly CosAccount[]
  readonly objects: Objects
  readonly faults: CosFaults
  readonly cors: CorsRule
  /** Whether anybody may read; nobody may write. */
  readonly isPublic: boolean
  readonly now: () => number
  record(call: CosCall): void
}

interface Reply {
  readonly status: number
  readonly headers: Record<string, string>
  readonly body?: Buffer
}

/** Serves one request. */
export async function serveApi(
  request: IncomingMessage,
  response: ServerResponse,
  service: CosService,
): Promise<void> {
  const { method = 'GET', url = '/' } = request
  const fault = service.faults.strikeRequest(method)
  const noted = { at: service.now(), method, key: (url.split('?')[0] ?? '').slice(1) }
  const record = (result: string) => service.record({ ...noted, result, ...(fault && { fault: fault.kind }) })
  const requestId = randomBytes(16).toString('base64url')
  const common = {
    server: 'tencent-cos',
    'x-cos-request-id': requestId,
    ...corsHeaders(request, service.cors),
  }
  // Only a fault that comes after the work lets the work be done.
  if (fault && fault.kind !== 'replyLost') {
    record(fault.code ?? '-')
    if (fault.kind === 'timeout') return // the connection stays open until the caller, or close(), gives up
    if (fault.kind === 'reset') return cut(request.socket)
    if (fault.kind === 'garbage') {
      request.resume()
      response.writeHead(200, common).end('<?xml version')
      return
    }
    const error = new CosError(
      fault.status ?? 500,
      fault.code ?? 'InternalError',
      'We encountered an internal error. Please try again.',
    )
    return sendError(request, response, error, { common, requestId })
  }
  try {
    if (method === 'OPTIONS') {
      servePreflight(request, response, service.cors)
      return record('200')
    }
    const { status, headers, body } = await perform(request, service)
    record(String(status))
    if (fault) return cut(request.socket)
    response.writeHead(status, { ...common, ...headers }).end(method === 'HEAD' ? undefined : body)
  } catch (error) {
    if (!(error instanceof CosError)) throw error
    record(error.code)
    sendError(request, response, error, { common, requestId })
  }
}

function sendError(
  request: IncomingMessage,
  response: ServerResponse,
  error: CosError,
  { common, requestId }: { common: Record<string, string>; requestId: string },
): void {
  // What nobody reads would make a client that is still sending see a broken connection instead of the answer.
  request.resume()
  const resource = `${request.headers.host ?? ''}${(request.url ?? '/').split('?')[0]}`
  const body = errorXml(error, { resource, requestId })
  response
    .writeHead(error.status, { ...common, 'content-type': 'application/xml' })
    // A HEAD is answered by its status alone.
    .end(request.method === 'HEAD' ? undefined : body)
}

async function perform(request: IncomingMessage, service: CosService): Promise<Reply> {
  const key = keyOf(request)
  switch (request.method) {
    case 'PUT': {
      if (!isSigned(request)) throw errors.denied()
      verifySignature(request, service.accounts, service.now())
      return put(key, request, service)
    }
    case 'HEAD':
    case 'GET': {
      if (isSigned(request)) verifySignature(request, service.accounts, service.now())
      else if (!service.isPublic) throw errors.denied()
      return get(key, request, service)
    }
    default:
      throw errors.method()
  }
}

async function put(key: string, request: IncomingMessage, service: CosService): Promise<Reply> {
  const { headers } = request
  if (headers['content-length'] === undefined) throw errors.noLength()
  const body = await readBody(request, OBJECT_LIMIT_BYTES)
  if (!body) throw errors.tooLarge()
  const digest = headers['content-md5']
  if (digest !== undefined && digest !== createHash('md5').update(body).digest('base64'))
    throw errors.digest()
  const { etag } = await service.objects.put(key, body, {
    type: headers['content-type'] ?? 'application/octet-stream',
    at: new Date(service.now()).toISOString(),
    mayReplace: headers['x-cos-forbid-overwrite'] !== 'true',
  })
  return { status: 200, headers: { etag, 'content-length': '0' } }
}

async function get(key: string, request: IncomingMessage, { objects }: CosService): Promise<Reply> {
  const { type, bytes, etag, at } = await objects.find(key)
  const { range, 'if-match': ifMatch, 'if-none-match': ifNoneMatch } = request.headers
  if (ifMatch !== undefined && ifMatch !== etag) throw errors.changed()
  const headers = {
    'content-type': type,
    etag,
    'last-modified': new Date(at).toUTCString(),
    'accept-ranges': 'bytes',
  }
  if (ifNoneMatch === etag) return { status: 304, headers }
  const body = request.method === 'HEAD' ? undefined : await objects.read(key)
  if (range === undefined || !body)
    return { status: 200, headers: { ...headers, 'content-length': String(bytes) }, ...(body && { body }) }
  const [, from = '', to = ''] = /^bytes=(\d+)-(\d*)$/.exec(range) ?? []
  const [first, last] = [Number(from), Math.min(to === '' ? bytes - 1 : Number(to), bytes - 1)]
  if (from === '' || first > last) throw errors.range()
  return {
    status: 206,
    headers: {
      ...headers,
      'content-range': `bytes ${first}-${last}/${bytes}`,
      'content-length': String(last - first + 1),
    },
    body: body.subarray(first, last + 1),
  }
}

/** The object's key. The service knows no folders; here a key is a path, and must stay inside. */
function keyOf(request: IncomingMessage): string {
  const raw = (request.url ?? '/').split('?')[0] ?? ''
  let key: string
  try {
    key = decodeURIComponent(raw.slice(1))
  } catch {
    throw errors.key()
  }
  const isPath = key !== '' && key.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
  if (!isPath || key.includes('\0') || key.includes('\\') || Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw errors.key()
  return key
}

/** The envelope: how results and errors become the platform's answer. */
import { createHash } from 'node:crypto'
import type { AppError } from '#shared/errors'
import type { HttpRequest } from './event.ts'

/** What an HTTP function returns to the platform. */
export interface Answer {
  statusCode: number
  headers: Record<string, string>
  body: string
  isBase64Encoded: false
}

/** Fields of a success; `status: 200` is put before them. */
export type Success = Readonly<Record<string, unknown>>

const everyAnswer = {
  'Content-Type': 'application/json; charset=utf-8',
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'DENY',
  'Referrer-Policy': 'no-referrer',
  'Content-Security-Policy': "default-src 'none'; frame-ancestors 'none'",
  'Cache-Control': 'no-store',
}

/** An answer with the headers that every one carries; those given win. */
export function answer(statusCode: number, body: string, headers: Record<string, string> = {}): Answer {
  return { statusCode, headers: { ...everyAnswer, ...headers }, body, isBase64Encoded: false }
}

/** The envelope of a success. */
export function success(fields: Success): Answer {
  return answer(200, JSON.stringify({ status: 200, ...fields }))
}

/** A success that browsers and CDNs may keep; 304 when the client has it already. */
export function cacheable(fields: Success, maxAgeSec: number, request: HttpRequest): Answer {
  const fresh = success(fields)
  const etag = `"${createHash('sha256').update(fresh.body).digest('base64url').slice(0, 22)}"`
  const headers = { ...fresh.headers, 'Cache-Control': `public, max-age=${maxAgeSec}`, ETag: etag }
  const known = (request.headers['if-none-match'] ?? '')
    .split(',')
    .map((tag) => tag.trim().replace(/^W\//, ''))
  return known.includes(etag) || known.includes('*')
    ? { ...fresh, statusCode: 304, headers, body: '' }
    : { ...fresh, headers }
}

/** The envelope of a refusal or a fault. */
export function failure(error: AppError, requestId: string): Answer {
  const { status, msg, data } = error
  // Half of the tutorial's storefronts read the text under the other name.
  const body = { status, msg, message: msg, requestId, ...(data && { data }) }
  return answer(error.http, JSON.stringify(body), error.headers)
}

/** The headers that let the named origins read an answer. */
export function corsHeaders(origin: string | undefined, allowed: readonly string[]): Record<string, string> {
  const exposed = { 'Access-Control-Expose-Headers': 'Date, ETag, Retry-After, WWW-Authenticate' }
  if (allowed.includes('*')) return { 'Access-Control-Allow-Origin': '*', ...exposed }
  if (origin === undefined || !allowed.includes(origin)) return { Vary: 'Origin' }
  return { 'Access-Control-Allow-Origin': origin, Vary: 'Origin', ...exposed }
}

/** What may be asked of a path with these methods: also what HTTP grants beside them. */
export function allowedMethods(methods: readonly string[]): string {
  return [...methods.flatMap((method) => (method === 'GET' ? ['GET', 'HEAD'] : [method])), 'OPTIONS'].join(
    ', ',
  )
}

/** The answer to a preflight for a path with these methods. */
export function preflight(methods: readonly string[]): Answer {
  return {
    statusCode: 204,
    headers: {
      'Access-Control-Allow-Methods': allowedMethods(methods),
      'Access-Control-Allow-Headers': 'Content-Type, Authorization, Idempotency-Key',
      'Access-Control-Max-Age': '7200',
    },
    body: '',
    isBase64Encoded: false,
  }
}

/** Did the handler finish the answer itself? */
export function isAnswer(result: Success | Answer): result is Answer {
  return typeof result.statusCode === 'number' && typeof result.body === 'string'
}

/** An HTTP request as the event that a function URL makes of it, and the function's answer as the response. */
import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders, OutgoingHttpHeaders } from 'node:http'

/** The same for an event function and a web function: the handler cannot tell them apart. */
export interface WebEvent {
  readonly httpMethod: string
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly queryString: Readonly<Record<string, string>>
  readonly body: string
  readonly isBase64Encoded?: true
  /** Says that nobody vouches for the headers: the client's address is looked for elsewhere. */
  readonly isWebFunction: true
}

/**
 * For a web function the platform writes the role's credentials into such headers, which nobody here needs, and hands
 * on all others as the client sent them: his own word.
 */
const platformHeader = /^x-scf-/

/** Makes the event. Of repeated query parameters the first counts, of repeated headers all. */
export function toWebEvent(
  request: { method?: string; url?: string; headers: IncomingHttpHeaders },
  body: Buffer,
): WebEvent {
  const url = (request.url ?? '/').replace(/^https?:\/\/[^/?#]*/i, '')
  const [path = '', ...query] = url.split('?')
  const queryString: Record<string, string> = Object.create(null)
  for (const [name, value] of new URLSearchParams(query.join('?'))) queryString[name] ??= value
  const isText = isUtf8(body)
  return {
    httpMethod: request.method ?? 'GET',
    path: path === '' ? '/' : path,
    headers: headersOf(request.headers),
    queryString,
    body: body.toString(isText ? 'utf8' : 'base64'),
    isWebFunction: true,
    ...(isText ? {} : { isBase64Encoded: true as const }),
  }
}

function headersOf(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = Object.create(null)
  for (const [name, value] of Object.entries(headers)) {
    if (value === undefined || platformHeader.test(name)) continue
    kept[name] = Array.isArray(value) ? value.join(', ') : value
  }
  return kept
}

export interface WebResponse {
  readonly statusCode: number
  readonly headers: OutgoingHttpHeaders
  readonly body: Buffer
}

/** Headers of the connection itself, and the length, which is computed again. */
const ownHeader = /^(content-length|connection|keep-alive|transfer-encoding)$/i

/** Makes the response. A value without `statusCode` is a 200 with itself as JSON, as the platform does it. */
export function toWebResponse(result: unknown): WebResponse {
  const { statusCode, headers, body, isBase64Encoded } = (
    typeof result === 'object' && result !== null ? result : {}
  ) as {
    statusCode?: unknown
    headers?: Record<string, unknown>
    body?: unknown
    isBase64Encoded?: unknown
  }
  if (!Number.isInteger(statusCode)) {
    const text = typeof result === 'string' ? result : JSON.stringify(result ?? null)
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(text) }
  }
  const kept = Object.entries(headers ?? {})
    .filter(([name, value]) => value !== undefined && value !== null && !ownHeader.test(name))
    .map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)] as const)
  const text =
    typeof body === 'string' ? body : body === undefined || body === null ? '' : JSON.stringify(body)
  return {
    statusCode: Number(statusCode),
    headers: Object.fromEntries(kept),
    body: Buffer.from(text, isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

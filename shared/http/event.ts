/** The shapes of an event, made one: function URL and custom domain, API gateway, our own web server. */
import { clientAddress } from './client-address.ts'

/** What the platform hands to `main_handler`. Every field may be missing: callers are not ours. */
export interface ScfEvent {
  httpMethod?: unknown
  path?: unknown
  headers?: unknown
  queryString?: unknown
  queryStringParameters?: unknown
  body?: unknown
  isBase64Encoded?: unknown
  requestContext?: unknown
  /** Set by `scf/web` alone: the request came as plain HTTP. */
  isWebFunction?: unknown
}

export interface HttpRequest {
  readonly method: string
  /** In lower case, without the gateway's prefix and without a trailing slash. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly rawBody: Buffer
  /** Where the request comes from, without port (`TRUSTED_PROXIES`); undefined: nobody knows. */
  readonly clientAddress: string | undefined
}

/** True if the event is an HTTP request. Timers and manual invocations have a different shape. */
export function isHttpEvent(event: unknown): event is ScfEvent {
  return isRecord(event) && typeof event.httpMethod === 'string'
}

/**
 * @param options.basePath - prefix that a gateway puts before the path, in lower case
 * @param options.trustedProxies - how many of the last hops in `X-Forwarded-For` are ours
 */
export function toHttpRequest(
  event: ScfEvent,
  options: { basePath: string; trustedProxies: number },
): HttpRequest {
  const headers = texts(event.headers, (name) => name.toLowerCase())
  const context = isRecord(event.requestContext) ? event.requestContext : {}
  return {
    method: String(event.httpMethod).toUpperCase(),
    path: normalisePath(typeof event.path === 'string' ? event.path : '/', [
      options.basePath,
      stagePrefix(context.stage),
    ]),
    headers,
    // The API gateway's `queryStringParameters` has only the parameters that were declared there.
    query: { ...queryOf(event.queryString), ...queryOf(event.queryStringParameters) },
    rawBody: bodyOf(event),
    clientAddress: clientAddress({
      headers,
      sourceIp: context.sourceIp,
      isWebFunction: event.isWebFunction === true,
      trustedProxies: options.trustedProxies,
    }),
  }
}

/** Bytes that are no text: half a surrogate pair has none in UTF-8. */
const NO_TEXT = Buffer.from([0xff])

function bodyOf({ body, isBase64Encoded }: ScfEvent): Buffer {
  if (typeof body !== 'string') return Buffer.alloc(0)
  if (isBase64Encoded === true) return Buffer.from(body, 'base64')
  return body.isWellFormed() ? Buffer.from(body) : Buffer.concat([Buffer.from(body), NO_TEXT])
}

/** Longer ones belong to nobody; they are not looked at any further. */
const MAX_PATH = 1024

/** The path that routes are compared with: `/Release/Banners/` → `/banners`. Prefixes may come in any order. */
export function normalisePath(path: string, prefixes: readonly string[] = []): string {
  const query = path.indexOf('?')
  let end = query < 0 ? path.length : query
  // From the end, once: a regular expression would start over at each of many slashes.
  while (end > 0 && path[end - 1] === '/') end--
  let clean = path.slice(0, Math.min(end, MAX_PATH)).toLowerCase()
  if (end > MAX_PATH) return clean
  const left = new Set(prefixes.filter((prefix) => prefix !== ''))
  for (;;) {
    const prefix = [...left].find((each) => clean === each || clean.startsWith(`${each}/`))
    if (prefix === undefined) return clean === '' ? '/' : clean
    clean = clean.slice(prefix.length)
    left.delete(prefix)
  }
}

function stagePrefix(stage: unknown): string {
  return typeof stage === 'string' && /^[\w-]+$/.test(stage) ? `/${stage.toLowerCase()}` : ''
}

function queryOf(query: unknown): Record<string, string> {
  return typeof query === 'string' ? firstOfEach(new URLSearchParams(query)) : texts(query)
}

/** The parameters of a query or a form; of a repeated one the first counts, as in the object that gateways make of it. */
export function firstOfEach(parameters: URLSearchParams): Record<string, string> {
  const result: Record<string, string> = Object.create(null)
  for (const [name, value] of parameters) result[name] ??= value
  return result
}

/** The text fields of an object; of repeated ones the first. */
function texts(source: unknown, rename = (name: string) => name): Record<string, string> {
  const result: Record<string, string> = Object.create(null)
  if (!isRecord(source)) return result
  for (const [name, value] of Object.entries(source)) {
    const first: unknown = Array.isArray(value) ? value[0] : value
    if (typeof first === 'string' || typeof first === 'number' || typeof first === 'boolean') {
      result[rename(name)] = String(first)
    }
  }
  return result
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

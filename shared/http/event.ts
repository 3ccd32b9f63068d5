/** The three shapes of an event, made one: function URL and custom domain, API gateway, timer. */

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
}

/** The fields of SCF's context that we use. It also carries `environ`, with every secret: never log it. */
export interface ScfContext {
  request_id?: string
  function_name?: string
  time_limit_in_ms?: number
  callbackWaitsForEmptyEventLoop?: boolean
}

export interface HttpRequest {
  readonly method: string
  /** In lower case, without the gateway's prefix and without a trailing slash. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string>>
  readonly rawBody: Buffer
  /** Where the request comes from, without port: see `TRUSTED_PROXIES`. */
  readonly clientAddress: string
}

/** Was it an HTTP request that caused this event? A timer or ops send other shapes. */
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
  const body = typeof event.body === 'string' ? event.body : ''
  return {
    method: String(event.httpMethod).toUpperCase(),
    path: normalisePath(typeof event.path === 'string' ? event.path : '/', [
      options.basePath,
      stagePrefix(context.stage),
    ]),
    headers,
    // The API gateway's `queryStringParameters` has only the parameters that were declared there.
    query: { ...queryOf(event.queryString), ...queryOf(event.queryStringParameters) },
    rawBody: Buffer.from(body, event.isBase64Encoded === true ? 'base64' : 'utf8'),
    clientAddress: clientAddress(headers, context.sourceIp, options.trustedProxies),
  }
}

/** The path that routes are compared with: `/Release/Banners/` → `/banners`. Prefixes may come in any order. */
export function normalisePath(path: string, prefixes: readonly string[] = []): string {
  let clean = (path.split('?')[0] ?? '').toLowerCase().replace(/\/+$/, '')
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
  if (typeof query === 'string') return texts(Object.fromEntries(new URLSearchParams(query)))
  return texts(query)
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

function clientAddress(headers: Record<string, string>, sourceIp: unknown, trustedProxies: number): string {
  // Behind the API gateway the header would be the client's own invention.
  const platform = typeof sourceIp === 'string' && sourceIp !== '' ? sourceIp : headers['x-scf-remote-addr']
  const hops = (headers['x-forwarded-for'] ?? '')
    .split(',')
    .map((hop) => hop.trim())
    .filter((hop) => hop !== '')
  const forwarded = trustedProxies > 0 ? hops[Math.max(0, hops.length - trustedProxies)] : undefined
  return withoutPort(forwarded ?? platform ?? 'unknown')
}

/** `203.0.113.9:51000` and `[2001:db8::1]:51000` without their port. */
export function withoutPort(address: string): string {
  const bare = /^\[([^\]]+)\](?::\d+)?$/.exec(address)?.[1] ?? /^([^:]+):\d+$/.exec(address)?.[1] ?? address
  return bare.slice(0, 64)
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

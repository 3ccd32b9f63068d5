/** HTTP requests as the events that functions get, and their answers as HTTP responses. */
import { isUtf8 } from 'node:buffer'
import type { IncomingHttpHeaders } from 'node:http'

/** Function URL and SCF custom domain, or the API gateway and those that kept its shape. */
export type EventShape = 'functionUrl' | 'apiGateway'

export type IncomingRequest = {
  method: string
  /** Path and query as they came. */
  url: string
  headers: IncomingHttpHeaders
  body: Buffer
  /** The peer's address, without a port. */
  clientAddress: string
  requestId: string
}

export type EventOptions = {
  shape?: EventShape
  /** What an API gateway may put before the path: its stage or base path. */
  pathPrefix?: string
}

/** The response to send. */
export type OutgoingResponse = {
  statusCode: number
  headers: Record<string, string | string[]>
  body: Buffer
}

/** https://cloud.tencent.com/document/product/583/96099 and https://cloud.tencent.cn/document/product/583/31927 */
export function toEvent(request: IncomingRequest, options: EventOptions = {}): Record<string, unknown> {
  const { path, query } = splitUrl(request.url)
  const headers = joinHeaders(request.headers)
  // Text crosses as it is; the documents do not say how the platform passes other bytes, base64 loses none.
  const isText = isUtf8(request.body)
  const body = request.body.toString(isText ? 'utf8' : 'base64')
  const common = { httpMethod: request.method, path: `${options.pathPrefix ?? ''}${path}`, body }
  if (options.shape !== 'apiGateway') {
    return {
      ...common,
      // What a client sends under the platform's names is not passed on.
      headers: { ...withoutPlatformNames(headers), 'x-scf-remote-addr': request.clientAddress },
      queryString: firstOfEach(query),
      ...(isText ? {} : { isBase64Encoded: true }),
    }
  }
  return {
    ...common,
    headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [titleCase(name), value])),
    headerParameters: {},
    pathParameters: {},
    queryString: { ...query },
    queryStringParameters: firstOfEach(query),
    stageVariables: { stage: 'release' },
    isBase64Encoded: !isText,
    requestContext: {
      serviceId: 'service-letao',
      path,
      httpMethod: request.method,
      requestId: request.requestId,
      identity: {},
      sourceIp: request.clientAddress,
      stage: 'release',
    },
  }
}

/**
 * What a function returned, as a response. A value without `statusCode` is a 200 with the value itself as its JSON
 * body, as on the platform.
 */
export function toResponse(result: unknown): OutgoingResponse {
  if (!isRecord(result) || !Number.isInteger(Number(result.statusCode ?? Number.NaN))) {
    const body = typeof result === 'string' ? result : JSON.stringify(result)
    return { statusCode: 200, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) }
  }
  const body =
    typeof result.body === 'string' ? result.body : result.body == null ? '' : JSON.stringify(result.body)
  return {
    statusCode: Number(result.statusCode),
    headers: headersOf(result.headers),
    body: Buffer.from(body, result.isBase64Encoded === true ? 'base64' : 'utf8'),
  }
}

function headersOf(headers: unknown): Record<string, string | string[]> {
  if (!isRecord(headers)) return {}
  const entries = Object.entries(headers)
    .filter(([, value]) => value !== undefined && value !== null)
    // The length is computed again, and headers of the connection are this server's own.
    .filter(([name]) => !/^(content-length|connection|transfer-encoding)$/i.test(name))
    .map(([name, value]) => [name, Array.isArray(value) ? value.map(String) : String(value)] as const)
  return Object.fromEntries(entries)
}

/** Path and query of a request line, which may also be an absolute URL. */
export function splitUrl(url: string): { path: string; query: Record<string, string | string[]> } {
  const relative = url.replace(/^https?:\/\/[^/?#]*/i, '')
  const mark = relative.indexOf('?')
  const path = mark < 0 ? relative : relative.slice(0, mark)
  const query: Record<string, string | string[]> = Object.create(null)
  for (const [name, value] of new URLSearchParams(mark < 0 ? '' : relative.slice(mark + 1))) {
    const known = query[name]
    query[name] = known === undefined ? value : [known, value].flat()
  }
  return { path: path === '' ? '/' : path, query }
}

function firstOfEach(query: Record<string, string | string[]>): Record<string, string> {
  const entries = Object.entries(query).map(([name, value]) => [
    name,
    Array.isArray(value) ? value[0] : value,
  ])
  return Object.fromEntries(entries)
}

function joinHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ])
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined))
}

function withoutPlatformNames(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith('x-scf-')))
}

function titleCase(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

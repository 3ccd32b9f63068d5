/** Cross-origin requests, by the bucket's rule: https://cloud.tencent.com/document/product/436/8288 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { errors } from './errors.ts'

/** The one rule of the bucket; `*` stands for any. */
export interface CorsRule {
  readonly origins: readonly string[]
  readonly methods: readonly string[]
  readonly headers: readonly string[]
  readonly exposed: readonly string[]
}

/** What docs/operations.md tells ops to set, with any origin. */
export const DEFAULT_CORS: CorsRule = {
  origins: ['*'],
  methods: ['PUT'],
  headers: ['content-type', 'x-cos-forbid-overwrite'],
  exposed: ['ETag'],
}

const allows = (allowed: readonly string[], value: string) => allowed.includes('*') || allowed.includes(value)

/** Answers a preflight. @throws CosError when the rule does not allow it */
export function servePreflight(request: IncomingMessage, response: ServerResponse, rule: CorsRule): void {
  const origin = request.headers.origin
  const method = request.headers['access-control-request-method']
  const headers = String(request.headers['access-control-request-headers'] ?? '')
    .split(',')
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== '')
  if (!origin || !method) throw errors.cors('Origin and Access-Control-Request-Method are needed.')
  if (!allows(rule.origins, origin)) throw errors.cors('The origin is not allowed.')
  if (!allows(rule.methods, method)) throw errors.cors('The method is not allowed.')
  const refused = headers.find((name) => !allows(rule.headers, name))
  if (refused !== undefined) throw errors.cors(`The header ${refused} is not allowed.`)
  response
    .writeHead(200, {
      ...allowOrigin(origin, rule),
      'access-control-allow-methods': rule.methods.join(', '),
      'access-control-allow-headers': headers.join(', '),
      'access-control-max-age': '600',
    })
    .end()
}

/** What the answer to a cross-origin request says; nothing where the rule does not fit, and the browser then hides it. */
export function corsHeaders(request: IncomingMessage, rule: CorsRule): Record<string, string> {
  const { origin } = request.headers
  if (!origin || !allows(rule.origins, origin) || !allows(rule.methods, request.method ?? '')) return {}
  return { ...allowOrigin(origin, rule), 'access-control-expose-headers': rule.exposed.join(', ') }
}

function allowOrigin(origin: string, { origins }: CorsRule): Record<string, string> {
  return origins.includes('*')
    ? { 'access-control-allow-origin': '*' }
    : { 'access-control-allow-origin': origin, vary: 'Origin' }
}

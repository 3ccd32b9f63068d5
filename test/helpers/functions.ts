/** Calls the bundled functions as the platform does: an event and a context in, an answer out. */
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

export type MainHandler = (event: unknown, context?: unknown) => Promise<unknown>

export interface HttpAnswer {
  statusCode: number
  headers: Record<string, string>
  body: string
  isBase64Encoded: boolean
}

export interface Reply extends HttpAnswer {
  /** The parsed body; an empty one is `{}`. */
  json: Record<string, unknown> & { status: unknown; msg: string; data: never }
}

export interface RequestOptions {
  method?: string
  path: string
  query?: Record<string, string> | string
  body?: unknown
  headers?: Record<string, string>
  token?: string
  /** Client address; each test can be a client of its own. */
  address?: string
  shape?: 'functionUrl' | 'apiGateway'
}

const require = createRequire(import.meta.url)

/** A fresh copy of a function's bundle: like a new instance, it shares nothing with earlier ones. */
export function loadFunction(name: string): MainHandler {
  const file = fileURLToPath(new URL(`../../dist/${name}/index.js`, import.meta.url))
  if (!existsSync(file)) throw new Error(`${file} is missing: npm run build`)
  const { main_handler } = require(file) as { main_handler: MainHandler }
  forget(file)
  return main_handler
}

/** Who required a module holds it for ever, and a test may load hundreds of instances. */
function forget(file: string): void {
  const loaded = require.cache[file]
  delete require.cache[file]
  const siblings = loaded?.parent?.children
  const at = loaded && siblings ? siblings.indexOf(loaded) : -1
  if (at >= 0) siblings?.splice(at, 1)
}

/** A context as the platform passes it. */
export function scfContext(overrides: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    request_id: '0b8c1f7e-3a55-4f0c-9d64-1f2b7f5f4c11',
    function_name: 'letao-test',
    function_version: '$LATEST',
    namespace: 'default',
    memory_limit_in_mb: 256,
    time_limit_in_ms: 60_000,
    environ: 'JWT_SECRET=never-log-me;',
    ...overrides,
  }
}

/** The event of a request, in either documented shape. */
export function httpEvent(options: RequestOptions): Record<string, unknown> {
  const body =
    options.body === undefined || typeof options.body === 'string'
      ? options.body
      : JSON.stringify(options.body)
  const headers: Record<string, string> = {
    ...(options.body !== undefined &&
      typeof options.body !== 'string' && { 'content-type': 'application/json' }),
    ...(options.token !== undefined && { authorization: `Bearer ${options.token}` }),
    ...options.headers,
  }
  const address = options.address ?? '203.0.113.9'
  const common = { httpMethod: options.method ?? (body === undefined ? 'GET' : 'POST'), path: options.path }
  if (options.shape === 'apiGateway') {
    return {
      ...common,
      headers: Object.fromEntries(Object.entries(headers).map(([name, value]) => [capitalise(name), value])),
      requestContext: {
        sourceIp: address,
        stage: 'release',
        path: options.path,
        httpMethod: common.httpMethod,
      },
      queryString: options.query ?? {},
      queryStringParameters: options.query ?? {},
      pathParameters: {},
      isBase64Encoded: body !== undefined,
      body: body === undefined ? '' : Buffer.from(body).toString('base64'),
    }
  }
  return {
    ...common,
    headers: { 'x-scf-remote-addr': `${address}:51000`, ...headers },
    queryString: options.query ?? {},
    body: body ?? '',
  }
}

/** Sends a request to a function and reads its answer. */
export async function call(handler: MainHandler, options: RequestOptions): Promise<Reply> {
  const answer = (await handler(httpEvent(options), scfContext())) as HttpAnswer
  const isJson = answer.headers['Content-Type']?.startsWith('application/json') && answer.body !== ''
  return { ...answer, json: isJson ? JSON.parse(answer.body) : {} }
}

function capitalise(name: string): string {
  return name.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
}

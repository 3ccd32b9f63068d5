/**
 * The one way in: every HTTP function is `endpoint(route(…), …)`. A route's options are its whole policy; what a
 * route does not use (JWT, joi, rate limits) is not in its bundle.
 */
import { randomUUID } from 'node:crypto'
import middy from '@middy/core'
import { type Config, readConfig, secretTexts, type VariableName } from '#shared/config'
import { type Database, openDatabase } from '#shared/db'
import { AppError, ConfigError } from '#shared/errors'
import { createLogger, errorFields, type Logger } from '#shared/log'
import {
  type Answer,
  answer,
  cacheable,
  corsHeaders,
  failure,
  preflight,
  type Success,
  success,
} from './answer.ts'
import { type BodyKind, MAX_BODY_BYTES, readBody } from './body.ts'
import {
  type HttpRequest,
  isHttpEvent,
  normalisePath,
  type ScfContext,
  type ScfEvent,
  toHttpRequest,
} from './event.ts'

/** What a handler works with: the request's parts that the policy has checked, and the dependencies. */
export interface Call<Needed extends VariableName, Body, Identity> {
  readonly body: Body
  readonly request: HttpRequest
  /** What `auth` found out about the caller. */
  readonly user: Identity
  readonly config: Config<Needed | 'DATABASE_URL'>
  readonly db: Database
  readonly now: () => Date
  readonly log: Logger
}

/** The part of a joi schema that is used here, so that joi is bundled only by those who bring a schema. */
interface Schema<Body> {
  validate(value: unknown): { value: Body; error?: undefined } | { error: Error; value: unknown }
  describe(): unknown
}

export interface RouteOptions<Needed extends VariableName, Body, Identity> {
  method: 'GET' | 'POST'
  /** The first is the name of the route, the others behave exactly like it. */
  paths: readonly [string, ...string[]]
  /** Variables without which the route cannot work, besides `DATABASE_URL`. */
  needs?: readonly Needed[]
  /** Who may call; left out: anyone. */
  auth?: (authorization: string | undefined, config: Config<Needed>, now: Date) => Identity
  /** What the body is; left out: JSON or a form. */
  accepts?: BodyKind
  /** Checks the body (POST) or the query (GET); left out: `body` is what was sent. */
  schema?: Schema<Body>
  /** The error code of a parameter that the schema refuses. */
  invalid?: 'INVALID_PARAMETER' | 'REGISTER_INVALID'
  /** How long browsers and CDNs may keep the answer; left out: not at all. */
  maxAgeSec?: number
  /** Writes errors in the caller's own language; undefined leaves the envelope. */
  renderError?: (error: AppError) => { contentType: string; body: string } | undefined
}

type Result = Success | Answer

export interface Route extends RouteOptions<VariableName, unknown, unknown> {
  handle(call: Call<VariableName, unknown, unknown>): Promise<Result>
}

/** One route: its policy, then what it does. The handler returns the envelope's fields or a finished answer. */
export function route<const Needed extends VariableName = never, Body = unknown, Identity = undefined>(
  options: RouteOptions<Needed, Body, Identity>,
  handle: (call: Call<Needed, Body, Identity>) => Promise<Result>,
): Route {
  return { ...options, handle } as unknown as Route
}

/** What travels through the middlewares. */
interface Invocation {
  startedAt: number
  /** In every line of the log. */
  base: { requestId: string; function: string | undefined }
  log: Logger
  request?: HttpRequest
  route?: Route
  config?: Config<'DATABASE_URL'>
  body?: unknown
  user?: unknown
  error?: AppError
}

interface MiddyRequest {
  event: unknown
  context: ScfContext
  response: unknown
  error: Error | null
  internal: Record<string, unknown>
}

let coldStart = true
let database: Database | undefined

/** One database for the life of the instance. */
function databaseOf(config: Config<'DATABASE_URL'>): Database {
  database ??= openDatabase(config.DATABASE_URL, { poolSize: config.DB_POOL_SIZE })
  return database
}

export type MainHandler = ((event: unknown, context?: unknown) => Promise<Answer>) & {
  readonly routes: readonly Route[]
}

/** Makes `main_handler` of the routes of one function. */
export function endpoint(...routes: Route[]): MainHandler {
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(invocationLog())
    .use(crossOrigin())
    .use(envelope())
    .use(router(routes))
    .use(authorizer())
    .use(bodyReader())
    .use(validator())
    .handler(async (_event: unknown, context: ScfContext) => {
      const { route, request, config, body, user, log } = invocationOf(context)
      if (!route || !request || !config) throw new Error('no route was chosen')
      const call = { body, request, user, config, db: databaseOf(config), now: () => new Date(), log }
      const result = await route.handle(call as Call<VariableName, unknown, unknown>)
      if (isAnswer(result)) return result
      return route.maxAgeSec === undefined ? success(result) : cacheable(result, route.maxAgeSec, request)
    }) as unknown as (event: unknown, context: ScfContext) => Promise<Answer>
  const main = (event: unknown, context?: unknown) => {
    // A context of our own: the platform's carries `environ`, and middlewares share state through it.
    const own: ScfContext = { ...(context as ScfContext | undefined) }
    if (context) (context as ScfContext).callbackWaitsForEmptyEventLoop = false
    return handler(event ?? {}, own)
  }
  return Object.assign(main, { routes })
}

function isAnswer(result: Result): result is Answer {
  return typeof (result as Answer).statusCode === 'number' && typeof (result as Answer).body === 'string'
}

const invocations = new WeakMap<ScfContext, Invocation>()

function invocationOf(context: ScfContext): Invocation {
  const known = invocations.get(context)
  if (known) return known
  const base = { requestId: context.request_id ?? randomUUID(), function: context.function_name }
  const invocation = { startedAt: Date.now(), base, log: createLogger({ level: 'info', base, secrets: [] }) }
  invocations.set(context, invocation)
  return invocation
}

/** One line per invocation, and the cause of every fault. */
function invocationLog() {
  const write = ({ context, response }: MiddyRequest) => {
    const { startedAt, request, route, error, log } = invocationOf(context)
    log.info('invocation', {
      method: request?.method,
      route: route?.paths[0] ?? request?.path.slice(0, 100),
      http: (response as Answer).statusCode,
      status: error ? error.status : 200,
      code: error?.code,
      durationMs: Date.now() - startedAt,
      coldStart,
    })
    coldStart = false
  }
  return {
    before: async function invocationLogBefore({ context }: MiddyRequest) {
      invocationOf(context)
    },
    after: async function invocationLogAfter(request: MiddyRequest) {
      write(request)
    },
    onError: async function invocationLogOnError(request: MiddyRequest) {
      write(request)
    },
  }
}

/** CORS headers on every answer, errors included. */
function crossOrigin() {
  const addHeaders = ({ context, response }: MiddyRequest) => {
    const { request, config } = invocationOf(context)
    const own = response as Answer
    if (config) own.headers = { ...own.headers, ...corsHeaders(request?.headers.origin, config.CORS_ORIGINS) }
  }
  return {
    after: async function crossOriginAfter(request: MiddyRequest) {
      addHeaders(request)
    },
    onError: async function crossOriginOnError(request: MiddyRequest) {
      addHeaders(request)
    },
  }
}

/** Errors become the envelope, or what the route writes instead. Faults of ours are logged with their cause. */
function envelope() {
  return {
    onError: async function envelopeOnError(middyRequest: MiddyRequest) {
      const invocation = invocationOf(middyRequest.context)
      const error = toAppError(middyRequest.error)
      invocation.error = error
      if (error.http >= 500) invocation.log.error(error.code.toLowerCase(), errorFields(error.cause ?? error))
      const own = invocation.route?.renderError?.(error)
      middyRequest.response = own
        ? answer(200, own.body, { 'Content-Type': own.contentType })
        : failure(error, invocation.base.requestId)
    },
  }
}

function toAppError(error: unknown): AppError {
  return error instanceof AppError ? error : new AppError('INTERNAL', { cause: error })
}

/** Reads the event, finds the route, answers preflights. */
function router(routes: readonly Route[]) {
  const needed = [...new Set(['DATABASE_URL' as const, ...routes.flatMap((route) => route.needs ?? [])])]
  return {
    before: async function routerBefore({ event, context }: MiddyRequest) {
      const invocation = invocationOf(context)
      const config = configured(needed, invocation)
      if (!isHttpEvent(event)) throw new AppError('NOT_FOUND')
      const request = toHttpRequest(event as ScfEvent, {
        basePath: config.BASE_PATH,
        trustedProxies: config.TRUSTED_PROXIES,
      })
      invocation.request = request
      const here = routes.filter((route) => route.paths.some((path) => normalisePath(path) === request.path))
      if (here.length === 0) throw new AppError('NOT_FOUND')
      const methods = here.map((route) => route.method)
      if (request.method === 'OPTIONS') {
        invocation.route = preflightRoute(methods)
        return
      }
      const route = here.find(({ method }) => method === request.method)
      if (!route)
        throw new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: [...methods, 'OPTIONS'].join(', ') } })
      if (request.rawBody.length > MAX_BODY_BYTES) throw new AppError('BODY_TOO_LARGE')
      invocation.route = route
    },
  }
}

function preflightRoute(methods: readonly string[]): Route {
  return { method: 'GET', paths: ['preflight'], handle: async () => preflight(methods) }
}

function configured(needed: readonly VariableName[], invocation: Invocation): Config<'DATABASE_URL'> {
  try {
    const config = readConfig(needed) as Config<'DATABASE_URL'>
    invocation.config = config
    invocation.log = createLogger({
      level: config.LOG_LEVEL,
      base: invocation.base,
      secrets: secretTexts(config),
    })
    return config
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error
    throw new AppError('INTERNAL', {
      ...(error.mayBeShown && { msg: `服务配置有误：${error.message}` }),
      cause: error,
    })
  }
}

function authorizer() {
  return {
    before: async function authorizerBefore({ context }: MiddyRequest) {
      const invocation = invocationOf(context)
      const { route, request, config } = invocation
      if (route?.auth)
        invocation.user = route.auth(request?.headers.authorization, config as never, new Date())
    },
  }
}

function bodyReader() {
  return {
    before: async function bodyReaderBefore({ context }: MiddyRequest) {
      const invocation = invocationOf(context)
      const { route, request } = invocation
      if (!route || !request) return
      invocation.body =
        route.method === 'GET' ? { ...request.query } : readBody(request, route.accepts ?? 'json')
    },
  }
}

function validator() {
  return {
    before: async function validatorBefore({ context }: MiddyRequest) {
      const invocation = invocationOf(context)
      const { route, body } = invocation
      if (!route?.schema) return
      const { error, value } = route.schema.validate(body)
      if (error) throw new AppError(route.invalid ?? 'INVALID_PARAMETER', { msg: error.message })
      invocation.body = value
    },
  }
}

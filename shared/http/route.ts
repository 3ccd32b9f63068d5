/** One route: its options are its whole policy, its handler is what is left. */
import type { Config, VariableName } from '#shared/config'
import type { Database } from '#shared/db'
import type { AppError } from '#shared/errors'
import type { Logger } from '#shared/log'
import type { BodyKind } from './body.ts'
import type { HttpRequest } from './event.ts'
import type { Result, Route, Routed, RouteLimiter, Schema } from './state.ts'

/** What a handler works with: the request's parts that the policy has checked, and the dependencies. */
export interface Call<Needed extends VariableName, Body, Identity, Limiter = undefined> {
  readonly body: Body
  readonly request: HttpRequest
  /** What `auth` found out about the caller. */
  readonly user: Identity
  /** Of a route that is `idempotent`: what the caller sent, when he did. */
  readonly idempotencyKey: string | undefined
  /** Counts for the subjects of this request. */
  readonly limiter: Limiter
  readonly config: Config<Needed | 'DATABASE_URL'>
  /** For as long as the route's budget lasts. */
  readonly db: Database
  readonly now: () => Date
  readonly log: Logger
  /** The platform's number of this invocation. */
  readonly requestId: string
  /** Of the route's budget, or else of the platform's time: what calls to others may still take. */
  readonly msLeft: () => number
}

/**
 * Finds out who is calling, or refuses.
 *
 * @param db - within the route's budget
 */
export interface Authorizer<Needed extends VariableName, Identity> {
  (
    authorization: string | undefined,
    config: Config<Needed>,
    now: Date,
    db: Database,
  ): Identity | Promise<Identity>
  /** The one thing that the caller's role has to allow; undefined where callers have no roles. */
  readonly permission?: string
}

/** The part of `limitsOf` (`#shared/limits`) that is used here: the limiter is bundled only by those who bring limits. */
export interface RouteLimits<Kind extends string, Limiter> {
  readonly kinds: readonly Kind[]
  limiter(deps: {
    subjects: { readonly [K in Kind]?: string | undefined }
    config: Config
    db: Database
    now: () => Date
    log: Logger
  }): Limiter
}

export interface RouteOptions<
  Needed extends VariableName,
  Body,
  Identity,
  Kind extends string,
  Limiter,
  Accepts extends BodyKind,
> {
  method: 'GET' | 'POST'
  /** The first is the name of the route, the others behave exactly like it. */
  paths: readonly [string, ...string[]]
  /** Variables without which the route cannot work, besides `DATABASE_URL`. */
  needs?: readonly Needed[]
  /** Who may call; left out: anyone. */
  auth?: Authorizer<Needed, Identity>
  /** What the body is; left out: JSON or a form. */
  accepts?: Accepts
  /** Checks the body (POST) or the query (GET); left out: `body` is what was sent. */
  schema?: Schema<Body>
  /** The error code of a parameter that the schema refuses. */
  invalid?: 'INVALID_PARAMETER' | 'REGISTER_INVALID'
  /** What the configuration adds to the schema: throws when it does not allow these parameters. */
  check?: (body: BodyOf<Accepts, Body>, config: Config<Needed>) => void
  /** The limits of this route: the step decides when a request counts. */
  limits?: RouteLimits<Kind, Limiter>
  /** For whom a request counts; undefined for who is not known. */
  subjects?: (call: Pick<Call<Needed, BodyOf<Accepts, Body>, Identity>, 'body' | 'request' | 'user'>) => {
    readonly [K in Kind]: string | undefined
  }
  /** Reads the `Idempotency-Key` header and hands it over. */
  idempotent?: boolean
  /** How long the caller waits for the database, all statements together; left out: each has its own deadline. */
  budgetMs?: number
  /** How long browsers and CDNs may keep the answer; left out: not at all. */
  maxAgeSec?: number
  /** Writes errors in the caller's own language; undefined leaves the envelope. */
  renderError?: (error: AppError) => { contentType: string; body: string } | undefined
}

/** XML is text; its fields are the border's affair. */
type BodyOf<Accepts extends BodyKind, Body> = Accepts extends 'xml' ? string : Body

/** One route: its policy, then what it does. The handler returns the envelope's fields or a finished answer. */
export function route<
  const Needed extends VariableName = never,
  Body = unknown,
  Identity = undefined,
  Kind extends string = never,
  Limiter extends RouteLimiter = never,
  const Accepts extends BodyKind = 'json',
>(
  options: RouteOptions<Needed, Body, Identity, Kind, Limiter, Accepts>,
  handle: (call: Call<Needed, BodyOf<Accepts, Body>, Identity, Limiter>) => Promise<Result>,
): Route {
  type Handled = Parameters<typeof handle>[0]
  const { auth, check, limits, subjects, needs = [] } = options
  const now = () => new Date()

  /** What this route's own authorizer, schema and database made: the state holds it without its type. */
  const checked = (state: Routed) => ({
    body: state.body as Handled['body'],
    user: state.user as Handled['user'],
    request: state.request,
    log: state.invocation.log,
    now,
  })

  return {
    method: options.method,
    paths: options.paths,
    needs,
    accepts: options.accepts ?? 'json',
    schema: options.schema,
    invalid: options.invalid ?? 'INVALID_PARAMETER',
    limits,
    idempotent: options.idempotent ?? false,
    budgetMs: options.budgetMs,
    maxAgeSec: options.maxAgeSec,
    renderError: options.renderError,
    authorize:
      auth &&
      ((authorization, config, moment, db) => auth(authorization, withAll(config, needs), moment, db)),
    permission: auth?.permission,
    check: check && ((body, config) => check(body as Handled['body'], withAll(config, needs))),
    limiterOf:
      limits &&
      subjects &&
      ((state) => {
        const parts = checked(state)
        return limits.limiter({
          ...parts,
          subjects: subjects(parts),
          config: state.config,
          db: databaseOf(state),
        })
      }),
    run: (state) =>
      handle({
        ...checked(state),
        db: databaseOf(state),
        idempotencyKey: state.idempotencyKey,
        limiter: state.limiter as Handled['limiter'],
        config: withAll(state.config, ['DATABASE_URL', ...needs]),
        requestId: state.invocation.requestId,
        msLeft: state.msLeft ?? (() => state.invocation.msLeft()),
      }),
  }
}

/** The database of this request: the budget has opened it. */
export function databaseOf({ db }: Routed): Database {
  if (!db) throw new Error('a route runs without its database')
  return db
}

/** The router has read the configuration with the needs of every route: here that becomes a type. */
function withAll<Needed extends VariableName>(config: Config, needed: readonly Needed[]): Config<Needed> {
  if (hasAll(config, needed)) return config
  throw new Error('a route runs without the variables that it needs')
}

function hasAll<Needed extends VariableName>(
  config: Config,
  needed: readonly Needed[],
): config is Config<Needed> {
  return needed.every((name) => config[name] !== undefined)
}

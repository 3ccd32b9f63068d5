/** What travels through the middlewares, in middy's own place for it: `request.internal`; and a route as they see it. */
import type { Config, VariableName } from '#shared/config'
import type { Database } from '#shared/db'
import type { AppError } from '#shared/errors'
import { Invocation, type ScfContext } from '#shared/invocation'
import type { Answer, Success } from './answer.ts'
import type { BodyKind } from './body.ts'
import type { HttpRequest } from './event.ts'

/** The part of a joi schema that is used here, so that joi is bundled only by those who bring a schema. */
export interface Schema<Body> {
  validate(value: unknown): { value: Body; error?: undefined } | { error: Error; value: unknown }
  describe(): unknown
}

/** Whatever the limits of a route are. */
export type RouteLimiter = object

/** The envelope's fields, or a finished answer. */
export type Result = Success | Answer

/** A route as the middlewares and the documents see it: what its types said is inside its functions. */
export interface Route {
  readonly method: 'GET' | 'POST'
  readonly paths: readonly [string, ...string[]]
  readonly needs: readonly VariableName[]
  readonly accepts: BodyKind
  readonly schema: Schema<unknown> | undefined
  readonly invalid: 'INVALID_PARAMETER' | 'REGISTER_INVALID'
  readonly limits: { readonly kinds: readonly string[] } | undefined
  readonly idempotent: boolean
  readonly budgetMs: number | undefined
  readonly maxAgeSec: number | undefined
  readonly renderError: ((error: AppError) => { contentType: string; body: string } | undefined) | undefined
  /** Who is calling; undefined where anyone may. */
  readonly authorize:
    | ((authorization: string | undefined, config: Config, now: Date, db: Database) => unknown)
    | undefined
  /** What the caller's role has to allow; undefined where callers have no roles. */
  readonly permission: string | undefined
  /** Throws when the configuration does not allow these parameters; undefined where it has no say. */
  readonly check: ((body: unknown, config: Config) => void) | undefined
  /** The limiter of one request; undefined where nothing is limited. */
  readonly limiterOf: ((state: Routed) => RouteLimiter) | undefined
  run(state: Routed): Promise<Result>
}

/** Each middleware fills in its own part; those after it may rely on it. */
export class RequestState {
  readonly invocation: Invocation
  /** Set by the router. */
  config?: Config<'DATABASE_URL'>
  request?: HttpRequest
  route?: Route
  /** The methods of a path that was asked for by OPTIONS. */
  preflight?: readonly string[]
  /** Set by the budget. */
  db?: Database
  msLeft?: () => number
  /** Set by the authorizer, unchecked: its type is the route's affair. */
  user?: unknown
  /** Set by the body reader, then by the validator: likewise. */
  body?: unknown
  /** Set by the middlewares of the same names. */
  idempotencyKey?: string | undefined
  limiter?: RouteLimiter
  /** Set by the envelope: what the answer says. */
  error?: AppError

  constructor(context: ScfContext) {
    this.invocation = new Invocation(context)
  }
}

/** Of middy's request, what the middlewares use. */
export interface MiddyRequest {
  /** The platform's event; for the handler, the state. */
  event: unknown
  context: ScfContext
  response: Answer
  error: unknown
  internal: { state?: RequestState }
}

/** The state of this request; the first to ask makes it. */
export function stateOf(request: MiddyRequest): RequestState {
  request.internal.state ??= new RequestState(request.context)
  return request.internal.state
}

/** What the router has found, for the middlewares after it; undefined for a preflight, which needs none of them. */
export function routed(request: MiddyRequest): Routed | undefined {
  const state = stateOf(request)
  return isRouted(state) ? state : undefined
}

export type Routed = RequestState & Required<Pick<RequestState, 'config' | 'request' | 'route'>>

/** Has a route been chosen? Not for a preflight, which needs none. */
export function isRouted(state: RequestState): state is Routed {
  return state.config !== undefined && state.request !== undefined && state.route !== undefined
}

/** What travels through the middlewares, in middy's own place for it: `request.internal`. */
import type { Config } from '#shared/config'
import type { Database } from '#shared/db'
import type { AppError } from '#shared/errors'
import { Invocation, type ScfContext } from '#shared/invocation'
import type { Answer } from './answer.ts'
import type { HttpRequest } from './event.ts'
import type { Route, RouteLimiter } from './route.ts'

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

/**
 * The one way in: every HTTP function is `endpoint(route(…), …)`. What happens to a request is the list of middlewares
 * below, from the top to the handler and back; each is a file of its own.
 */
import middy from '@middy/core'
import type { VariableName } from '#shared/config'
import { type Answer, cacheable, isAnswer, preflight, success } from './answer.ts'
import { authorizer } from './middleware/authorizer.ts'
import { bodyReader } from './middleware/body-reader.ts'
import { budget } from './middleware/budget.ts'
import { cors } from './middleware/cors.ts'
import { envelope } from './middleware/envelope.ts'
import { handOver } from './middleware/hand-over.ts'
import { head } from './middleware/head.ts'
import { idempotency } from './middleware/idempotency.ts'
import { invocationLog } from './middleware/invocation-log.ts'
import { limiter } from './middleware/limiter.ts'
import { router } from './middleware/router.ts'
import { validator } from './middleware/validator.ts'
import { isRouted, RequestState, type Route } from './state.ts'

export type MainHandler = ((event: unknown, context?: unknown) => Promise<Answer>) & {
  readonly routes: readonly Route[]
  readonly needs: readonly VariableName[]
}

/** Makes `main_handler` of the routes of one function. */
export function endpoint(...routes: Route[]): MainHandler {
  const needs = [...new Set<VariableName>(['DATABASE_URL', ...routes.flatMap((route) => route.needs)])]
  const handler = middy({ timeoutEarlyInMillis: 0 })
    .use(invocationLog())
    .use(head())
    .use(cors())
    .use(envelope())
    .use(router(routes))
    .use(budget())
    .use(authorizer())
    .use(bodyReader())
    .use(validator())
    .use(idempotency())
    .use(limiter())
    .use(handOver())
    .handler(answerTo)
  const main = (event: unknown, context?: unknown) => handler(event ?? {}, context ?? {})
  return Object.assign(main, { routes, needs })
}

/** The handler proper: the middlewares have made the event the state. */
async function answerTo(state: unknown): Promise<Answer> {
  if (!(state instanceof RequestState)) throw new Error('the state was not handed over')
  if (state.preflight) return preflight(state.preflight)
  if (!isRouted(state)) throw new Error('no route was chosen')
  const { route, request } = state
  const result = await route.run(state)
  if (isAnswer(result)) return result
  return route.maxAgeSec === undefined ? success(result) : cacheable(result, route.maxAgeSec, request)
}

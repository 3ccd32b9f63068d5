import type { VariableName } from '#shared/config'
import { AppError } from '#shared/errors'
import { allowedMethods } from '../answer.ts'
import { MAX_BODY_BYTES } from '../body.ts'
import { isHttpEvent, normalisePath, toHttpRequest } from '../event.ts'
import type { Route } from '../state.ts'
import { type MiddyRequest, stateOf } from '../state.ts'

/** Reads the configuration and the event, and finds the route; or learns that the path is asked for by OPTIONS. */
export function router(routes: readonly Route[]) {
  const needed: readonly (VariableName | 'DATABASE_URL')[] = [
    'DATABASE_URL',
    ...routes.flatMap((route) => route.needs),
  ]
  const byPath = new Map<string, Route[]>()
  for (const route of routes) {
    for (const path of route.paths.map((each) => normalisePath(each)))
      byPath.set(path, [...(byPath.get(path) ?? []), route])
  }
  return {
    before: async function routerBefore(request: MiddyRequest) {
      const state = stateOf(request)
      const config = state.invocation.configure(needed)
      state.config = config
      if (!isHttpEvent(request.event)) throw new AppError('NOT_FOUND')
      const http = toHttpRequest(request.event, {
        basePath: config.BASE_PATH,
        trustedProxies: config.TRUSTED_PROXIES,
      })
      state.request = http
      const here = byPath.get(http.path)
      if (!here) throw new AppError('NOT_FOUND')
      const methods = here.map((route) => route.method)
      if (http.method === 'OPTIONS') {
        state.preflight = methods
        return
      }
      const method = http.method === 'HEAD' ? 'GET' : http.method
      const route = here.find((each) => each.method === method)
      if (!route) throw new AppError('METHOD_NOT_ALLOWED', { headers: { Allow: allowedMethods(methods) } })
      if (http.rawBody.length > MAX_BODY_BYTES) throw new AppError('BODY_TOO_LARGE')
      state.route = route
    },
  }
}

/** What callers rely on, read from the code that keeps it. docs/ shows the same as tables; a change there is a change for them. */
import { errorTable } from '#shared/errors'
import { readFunctions } from '../../api/openapi.ts'

export interface ContractRoute {
  method: 'GET' | 'POST'
  /** The route's name first, then its aliases. */
  paths: readonly [string, ...string[]]
}

/** Every function of serverless.yml, in its order, with the routes of its `main_handler`. */
export const contractFunctions: Readonly<Record<string, { routes: ContractRoute[] }>> = Object.fromEntries(
  (await readFunctions()).map(({ name, routes }) => [
    name,
    { routes: routes.map(({ method, paths }) => ({ method, paths })) },
  ]),
)

/** `status` of the envelope and the HTTP status that goes with it; success is 200, 200. */
export const contractStatuses: readonly (readonly [status: number | false, http: number])[] = Object.values(
  errorTable,
).map(({ status, http }) => [status, http])

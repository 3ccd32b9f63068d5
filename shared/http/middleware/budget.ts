import type { Config } from '#shared/config'
import { type Database, openDatabase } from '#shared/db'
import { type MiddyRequest, routed } from '../state.ts'

let database: Database | undefined

/** One database for the life of the instance. */
function databaseOf(config: Config<'DATABASE_URL'>): Database {
  database ??= openDatabase(config.DATABASE_URL, { poolSize: config.DB_POOL_SIZE })
  return database
}

/** The database for as long as the caller of this route waits, and the time that calls to others may take. */
export function budget() {
  return {
    before: async function budgetBefore(request: MiddyRequest) {
      const state = routed(request)
      if (!state) return
      const { invocation, route, config } = state
      const { budgetMs } = route
      state.db = budgetMs === undefined ? databaseOf(config) : databaseOf(config).within(budgetMs)
      state.msLeft = () =>
        budgetMs === undefined
          ? invocation.msLeft()
          : Math.min(invocation.msLeft(), budgetMs - invocation.durationMs)
    },
  }
}

/** A database with the demo catalogue and one user, on a private server that ends with this process. */
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { createConnection } from 'mysql2/promise'
import { startPrivateServer } from '../local/database/private-server.ts'
import { buildIfChanged } from '../scf/build.ts'
import { hashSecret } from '../shared/accounts/password.ts'

export const root = join(import.meta.dirname, '..')

export const BENCH_USER = { username: 'bench', password: 'shoes2026', mobile: '13800000000' }

export interface ShopDatabase {
  url: string
  /** What a function needs, and nothing from the caller's environment. */
  env: Record<string, string>
  stop(): Promise<void>
}

/** Builds the functions, starts a server, migrates and seeds it. */
export async function openShopDatabase(): Promise<ShopDatabase> {
  await buildIfChanged()
  const server = await startPrivateServer()
  const url = `${server.url}/letao_bench`
  const env = {
    DATABASE_URL: url,
    JWT_SECRET: 'bench-secret-of-at-least-32-bytes',
    RATE_LIMIT: 'on',
    LOG_LEVEL: 'error',
  }
  const admin = await createConnection(server.url)
  await admin.query('CREATE DATABASE letao_bench CHARACTER SET utf8mb4')
  await migrate(env)
  await admin.query('INSERT INTO letao_bench.user (username, password, mobile) VALUES (?, ?, ?)', [
    BENCH_USER.username,
    await hashSecret(BENCH_USER.password),
    BENCH_USER.mobile,
  ])
  await admin.end()
  return { url, env, stop: () => server.stop() }
}

async function migrate(env: Record<string, string>): Promise<void> {
  Object.assign(process.env, env)
  const { main_handler } = createRequire(import.meta.url)(join(root, 'dist/migrate/index.js')) as {
    main_handler: (event: unknown, context: unknown) => Promise<unknown>
  }
  await main_handler({ seed: true }, { time_limit_in_ms: 60_000 })
}

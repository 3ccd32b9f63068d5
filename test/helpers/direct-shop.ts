/**
 * The functions without anything around them, for one test file: an own database with every table and the demo rows,
 * events passed straight to the handlers.
 */
import { after } from 'node:test'
import { createTestDatabase, type TestDatabase } from './database.ts'
import {
  call,
  loadFunction,
  type MainHandler,
  type Reply,
  type RequestOptions,
  scfContext,
} from './functions.ts'

/** Throwaway, and long enough for every stage. */
export const JWT_SECRET = 'Zb3vQ0m8Kx5rT1wY7uN2cE9aL4sD6fGh'

export interface DirectShop {
  readonly db: TestDatabase
  /** A new instance of a function, in this file's process. */
  instance(name: string): (options: RequestOptions) => Promise<Reply>
  /** Ends every connection that the functions hold, as a server does to idle ones. */
  killConnections(): Promise<void>
}

/** Variables of this process until the file ends. `undefined` removes one. */
export function setEnv(env: Record<string, string | undefined>): () => void {
  const before = Object.keys(env).map((name) => [name, process.env[name]] as const)
  for (const [name, value] of Object.entries(env)) setOne(name, value)
  return () => {
    for (const [name, value] of before) setOne(name, value)
  }
}

/** Runs `work` with these variables, then puts back what was there. */
export async function withEnv<T>(
  env: Record<string, string | undefined>,
  work: () => Promise<T>,
): Promise<T> {
  const restore = setEnv(env)
  try {
    return await work()
  } finally {
    restore()
  }
}

function setOne(name: string, value: string | undefined): void {
  if (value === undefined) delete process.env[name]
  else process.env[name] = value
}

/** Applies the migrations; also the demo rows unless told otherwise. */
export async function migrateDatabase(
  url: string,
  event: Record<string, unknown> = { seed: true },
): Promise<unknown> {
  return withEnv({ DATABASE_URL: url, LOG_LEVEL: 'error' }, () =>
    loadFunction('migrate')(event, scfContext()),
  )
}

/** Opens the shop; it goes with the test file. */
export async function openDirectShop(env: Record<string, string> = {}): Promise<DirectShop> {
  const db = await createTestDatabase()
  const restore = setEnv({ DATABASE_URL: db.url, JWT_SECRET, LOG_LEVEL: 'error', ...env })
  after(async () => {
    await db.drop()
    restore()
  })
  await migrateDatabase(db.url)
  return {
    db,
    killConnections: db.killConnections,
    instance: (name) => {
      const handler: MainHandler = loadFunction(name)
      return (options) => call(handler, options)
    },
  }
}

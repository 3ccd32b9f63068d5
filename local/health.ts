/** Whether the shop can sell: asked of the real parts, not remembered. */
import { createConnection } from 'mysql2/promise'
import type { Health } from '../scf/emulator/gateway/server.ts'
import type { CloudFunction } from '../scf/emulator/runtime/function.ts'

const LIMIT_MS = 4000
/** Callers that ask more often than this share an answer. */
const FRESH_MS = 500

export type HealthParts = {
  databaseUrl: string
  functions: Map<string, CloudFunction>
  /** Addresses that must answer HTTP: the simulators. */
  peers: Record<string, string>
}

/** A check of the database, the functions on the way from the shelf to the order, and the services they talk to. */
export function healthCheck(parts: HealthParts): () => Promise<Health> {
  let last: { at: number; health: Promise<Health> } | undefined
  return () => {
    if (last === undefined || performance.now() - last.at > FRESH_MS) {
      last = { at: performance.now(), health: checkAll(parts) }
    }
    return last.health
  }
}

async function checkAll({ databaseUrl, functions, peers }: HealthParts): Promise<Health> {
  const checks: Record<string, () => Promise<void>> = {
    database: () => askDatabase(databaseUrl),
    shelf: () => askShelf(functions),
    // Without a token an order is refused: by a function that is configured and runs.
    order: async () => void (await expectStatus(functions, 'wxOrder', 'POST', '/wx/order', 401)),
  }
  for (const [name, url] of Object.entries(peers)) checks[name] = () => askPeer(url)
  const results = await Promise.all(
    Object.entries(checks).map(async ([name, check]) => [name, await verdict(check)] as const),
  )
  return { ok: results.every(([, text]) => text === 'ok'), checks: Object.fromEntries(results) }
}

async function verdict(check: () => Promise<void>): Promise<string> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<string>((resolve) => {
    timer = setTimeout(() => resolve('no answer'), LIMIT_MS)
  })
  const result = check().then(
    () => 'ok',
    (error: Error) => (error instanceof Unfit ? error.message : 'failed'),
  )
  return Promise.race([result, late]).finally(() => clearTimeout(timer))
}

/** A reason fit to be shown. */
class Unfit extends Error {}

async function askDatabase(uri: string): Promise<void> {
  const connection = await createConnection({ uri, connectTimeout: LIMIT_MS })
  try {
    await connection.query({ sql: 'SELECT 1', timeout: LIMIT_MS })
  } finally {
    connection.destroy()
  }
}

async function askShelf(functions: Map<string, CloudFunction>): Promise<void> {
  const answer = await expectStatus(functions, 'homeFeeds', 'GET', '/sports', 200)
  const { data } = JSON.parse(answer) as { data?: unknown[] }
  if (!data?.length) throw new Unfit('no products')
}

async function expectStatus(
  functions: Map<string, CloudFunction>,
  name: string,
  httpMethod: string,
  path: string,
  expected: number,
): Promise<string> {
  const headers = { 'x-scf-remote-addr': '127.0.0.1' }
  const event = { httpMethod, path, headers, queryString: {}, body: '' }
  const { result } = (await functions.get(name)?.invoke(event)) ?? {}
  const { statusCode, body } = (result ?? {}) as { statusCode?: number; body?: string }
  if (statusCode !== expected) throw new Unfit(`${name} answered ${statusCode ?? 'nothing'}`)
  return body ?? ''
}

async function askPeer(url: string): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(LIMIT_MS) })
  await response.arrayBuffer()
  if (!response.ok) throw new Unfit(`answered ${response.status}`)
}

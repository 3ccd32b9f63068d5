/** What `serverless.yml` says about functions, as far as running them here needs it. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'

export type Timer = { cron: string; argument: string }

/** One function of the service. */
export type ServiceFunction = {
  name: string
  /** Paths and aliases, as written. */
  paths: string[]
  timers: Timer[]
  /** Deployed as a web function: `type: web`. */
  isWeb: boolean
  /** Names of the variables that are declared for it; undefined when the file declares none at all. */
  variables: string[] | undefined
  timeoutSec: number
  memoryMb: number
}

type Settings = { timeout?: unknown; memorySize?: unknown; environment?: Record<string, unknown> }
type Entry = Settings & {
  type?: 'event' | 'web'
  events?: {
    http?: { path: string; aliases?: string[] }
    timer?: { cron: string; argument?: string; enabled?: unknown }
  }[]
}

/** The platform's own defaults. */
const DEFAULT_TIMEOUT_SEC = 3
const DEFAULT_MEMORY_MB = 128

/** Reads the functions of a `serverless.yml`. */
export function readServiceMap(file: string): ServiceFunction[] {
  const service = parse(readFileSync(file, 'utf8'), { merge: true }) as {
    provider?: Settings
    functions: Record<string, Entry>
  }
  const { provider = {} } = service
  return Object.entries(service.functions).map(([name, entry]) => {
    const events = entry.events ?? []
    return {
      name,
      paths: events.flatMap(({ http }) => (http ? [http.path, ...(http.aliases ?? [])] : [])),
      timers: events.flatMap(({ timer }) =>
        timer && timer.enabled !== false ? [{ cron: timer.cron, argument: timer.argument ?? '' }] : [],
      ),
      isWeb: entry.type === 'web',
      variables: namesOf(provider.environment, entry.environment),
      timeoutSec: firstNumber(entry.timeout, provider.timeout) ?? DEFAULT_TIMEOUT_SEC,
      memoryMb: firstNumber(entry.memorySize, provider.memorySize) ?? DEFAULT_MEMORY_MB,
    }
  })
}

function namesOf(...environments: (Record<string, unknown> | undefined)[]): string[] | undefined {
  if (environments.every((environment) => environment === undefined)) return undefined
  return [...new Set(environments.flatMap((environment) => Object.keys(environment ?? {})))]
}

/** Values may be `${…}` expressions of the framework, which are not resolved here. */
function firstNumber(...values: unknown[]): number | undefined {
  return values.find((value): value is number => typeof value === 'number')
}

/** The function that owns a path: without regard to case or a trailing slash. */
export type Router = (path: string) => string | undefined

export function createRouter(functions: ServiceFunction[]): Router {
  const owners = new Map(functions.flatMap(({ name, paths }) => paths.map((path) => [canonical(path), name])))
  return (path) => owners.get(canonical(path))
}

function canonical(path: string): string {
  return path.toLowerCase().replace(/\/+$/, '') || '/'
}

/** serverless.yml as the commands use it: typed, complete, checked beyond what a schema can say. */
import { DeployError } from '../api/errors.ts'
import type { ShopFunction, ShopService } from './model.ts'
import { checkService, refuse } from './rules.ts'

export type * from './model.ts'

interface FunctionSettings {
  readonly runtime?: string
  readonly memorySize?: number
  readonly timeout?: number
  readonly initTimeout?: number
  readonly environment?: Readonly<Record<string, string | number | boolean>>
}

/** `provider` after the framework's schema validation. */
export interface ProviderConfig extends FunctionSettings {
  readonly region: string
  readonly stage?: string
  readonly namespace?: string
  readonly vpc?: { readonly vpcId: string; readonly subnetId: string }
  readonly network?: { readonly publicAccess?: boolean; readonly fixedIp?: boolean }
  readonly cls?: { readonly logsetId: string; readonly topicId: string }
  readonly role?: string
}

/** One entry of `functions` after validation. */
export interface FunctionConfig extends FunctionSettings {
  readonly name?: string
  readonly handler: string
  readonly type?: 'event' | 'web'
  readonly concurrency?: number
  readonly events?: readonly {
    readonly http?: {
      readonly method: string
      readonly path: string
      readonly aliases?: readonly string[]
      readonly auth?: 'none' | 'jwt' | 'admin' | 'signature'
    }
    readonly timer?: { readonly cron: string; readonly argument?: string; readonly enabled?: boolean }
  }[]
}

export interface ServiceConfig {
  readonly service: string
  readonly stage: string
  readonly directory: string
  readonly provider: ProviderConfig
  readonly functions: Readonly<Record<string, FunctionConfig>>
  readonly custom?: {
    readonly domain?: { readonly name: string; readonly protocol: string; readonly certificateId?: string }
  }
}

/**
 * Makes the service of the configuration.
 *
 * @throws DeployError that names the key whose value cannot work
 */
export function readService(config: ServiceConfig, region?: string): ShopService {
  const { provider, custom } = config
  const namespace = provider.namespace ?? `${config.service}-${config.stage}`
  const functions = Object.entries(config.functions).map(([key, settings]) =>
    readFunction(key, settings, { ...config, namespace }),
  )
  const domain = custom?.domain
  const service: ShopService = {
    name: config.service,
    stage: config.stage,
    region: region ?? provider.region,
    namespace,
    directory: config.directory,
    functions,
    domain: domain?.name
      ? { name: domain.name, protocol: domain.protocol, certificateId: domain.certificateId ?? '' }
      : undefined,
    vpc: provider.vpc ?? { vpcId: '', subnetId: '' },
    publicAccess: provider.network?.publicAccess ?? true,
    fixedIp: provider.network?.fixedIp ?? false,
    cls: provider.cls ?? { logsetId: '', topicId: '' },
    role: provider.role ?? '',
  }
  checkService(service)
  return service
}

function readFunction(
  key: string,
  config: FunctionConfig,
  service: ServiceConfig & { namespace: string },
): ShopFunction {
  const { provider } = service
  const events = config.events ?? []
  if (config.concurrency !== undefined && config.type !== 'web')
    refuse(
      `functions.${key}.concurrency`,
      'is for web functions only: an event function serves one request at a time',
    )
  return {
    key,
    id: {
      key,
      FunctionName: config.name ?? `${service.service}-${service.stage}-${key}`,
      Namespace: service.namespace,
    },
    type: config.type ?? 'event',
    handler: config.handler,
    runtime: config.runtime ?? provider.runtime ?? 'Nodejs20.19',
    memorySize: config.memorySize ?? provider.memorySize ?? 128,
    timeoutSec: config.timeout ?? provider.timeout ?? 3,
    initTimeoutSec: config.initTimeout ?? provider.initTimeout ?? 60,
    concurrency: config.concurrency ?? 10,
    environment: withoutEmpty({ ...provider.environment, ...config.environment }),
    http: events.flatMap(({ http }) =>
      http
        ? [{ method: http.method, paths: [http.path, ...(http.aliases ?? [])], auth: http.auth ?? 'none' }]
        : [],
    ),
    timers: events.flatMap(({ timer }) =>
      timer ? [{ cron: timer.cron, argument: timer.argument ?? '', enabled: timer.enabled ?? true }] : [],
    ),
  }
}

function withoutEmpty(values: Readonly<Record<string, string | number | boolean>>): Record<string, string> {
  const kept = Object.entries(values).map(([name, value]) => [name, String(value)] as const)
  return Object.fromEntries(kept.filter(([, value]) => value !== ''))
}

/** Everything in the functions' environment that messages and logs must not repeat. */
export function environmentValues(service: ShopService): string[] {
  const values = service.functions.flatMap(({ environment }) => Object.values(environment))
  return [...new Set(values)].filter((value) => value.length >= 6)
}

/**
 * The functions a command is about.
 *
 * @throws DeployError when there is no function of that name
 */
export function selectFunctions(service: ShopService, key: string | undefined): readonly ShopFunction[] {
  return key === undefined ? service.functions : [oneFunction(service, key)]
}

/** @throws DeployError when there is no function of that name */
export function oneFunction(service: ShopService, key: string): ShopFunction {
  const found = service.functions.find((known) => known.key === key)
  if (found) return found
  throw new DeployError(
    `No function "${key}" in serverless.yml.\nThere are: ${service.functions.map((known) => known.key).join(', ')}.`,
  )
}

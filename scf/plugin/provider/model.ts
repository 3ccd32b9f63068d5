/** What the commands know of serverless.yml: functions, their events, and where they go. */
import type { FunctionId } from '../api/wait.ts'

export interface HttpEvent {
  readonly method: string
  /** The path of the contract first, then its aliases. */
  readonly paths: readonly string[]
  readonly auth: 'none' | 'jwt' | 'admin' | 'signature'
}

export interface TimerEvent {
  readonly cron: string
  readonly argument: string
  readonly enabled: boolean
}

/** One entry of `functions`, with the provider's defaults filled in. */
export interface ShopFunction {
  readonly key: string
  readonly id: FunctionId
  readonly type: 'event' | 'web'
  readonly handler: string
  readonly runtime: string
  /** MB. */
  readonly memorySize: number
  readonly timeoutSec: number
  readonly initTimeoutSec: number
  /** Requests that one instance of a web function serves at once. */
  readonly concurrency: number
  /** Without empty values, which the platform refuses: an empty value means "not set". */
  readonly environment: Readonly<Record<string, string>>
  readonly http: readonly HttpEvent[]
  readonly timers: readonly TimerEvent[]
}

export interface ShopDomain {
  readonly name: string
  readonly protocol: string
  readonly certificateId: string
}

export interface ShopService {
  readonly name: string
  readonly stage: string
  readonly region: string
  readonly namespace: string
  /** Where serverless.yml is. */
  readonly directory: string
  readonly functions: readonly ShopFunction[]
  /** Undefined when no domain name is configured. */
  readonly domain: ShopDomain | undefined
  readonly vpc: { readonly vpcId: string; readonly subnetId: string }
  readonly publicAccess: boolean
  readonly fixedIp: boolean
  readonly cls: { readonly logsetId: string; readonly topicId: string }
  readonly role: string
}

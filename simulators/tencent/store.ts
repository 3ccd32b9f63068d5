/** What the fake control plane remembers, one store per region. */

export interface Variable {
  Key: string
  Value: string
}

/** Everything about a function that a version freezes. */
export interface Snapshot {
  zip: Buffer
  Handler: string | undefined
  Description: string
  MemorySize: number
  Timeout: number
  InitTimeout: number
  Environment: { Variables: Variable[] }
  VpcConfig: { VpcId: string; SubnetId: string }
  PublicNetConfig: { PublicNetStatus: string; EipConfig: { EipStatus: string } }
  Role: string
  ClsLogsetId: string
  ClsTopicId: string
  InstanceConcurrencyConfig: { DynamicEnabled?: string; MaxConcurrency?: number } | undefined
}

export interface Version {
  readonly number: number
  readonly snapshot: Snapshot
  readonly Description: string
  readonly addTime: string
  status: 'Publishing' | 'Active' | 'PublishFailed'
}

export interface Alias {
  Name: string
  FunctionVersion: string
  Description: string
  weights: { Version: string; Weight: number }[]
}

export interface Trigger {
  TriggerName: string
  Type: string
  TriggerDesc: string
  Qualifier: string
  Enable: number
  CustomArgument: string
}

/** A write that goes on after its answer: done after so many polls. */
export interface Pending {
  polls: number
  readonly done: () => void
}

export interface StoredFunction {
  readonly FunctionName: string
  readonly Namespace: string
  readonly Runtime: string
  readonly Type: 'Event' | 'HTTP'
  readonly addTime: string
  latest: Snapshot
  status: string
  reasons: { ErrorCode: string; ErrorMessage: string }[]
  pending: Pending | undefined
  lastVersion: number
  readonly versions: Map<string, Version>
  readonly aliases: Map<string, Alias>
  readonly triggers: Trigger[]
  /** URLs by qualifier: permanent once made. */
  readonly urls: Map<string, string>
  /** What becomes of asynchronous calls that fail or find no room. */
  asyncCalls: { RetryConfig: { RetryNum: number }[]; MsgTTL: number }
}

export interface Endpoint {
  Namespace: string
  FunctionName: string
  Qualifier: string
  PathMatch: string
  PathRewrite?: { Path: string; Type: string; Rewrite: string }[]
}

export interface Domain {
  Domain: string
  Protocol: string
  EndpointsConfig: Endpoint[]
  CertConfig: { CertificateId?: string }
  WafConfig: { WafOpen?: string; WafInstanceId?: string }
}

export interface Region {
  readonly name: string
  readonly namespaces: Map<string, { Description: string }>
  /** By `namespace/name`. */
  readonly functions: Map<string, StoredFunction>
  readonly domains: Map<string, Domain>
}

export function newRegion(name: string): Region {
  return {
    name,
    namespaces: new Map([['default', { Description: '' }]]),
    functions: new Map(),
    domains: new Map(),
  }
}

/** What is invoked. */
export interface Invocation {
  readonly fn: StoredFunction
  readonly snapshot: Snapshot
  /** The version's number, or `$LATEST`. */
  readonly version: string
  readonly event: unknown
}

/** What the platform reports: `RetMsg` is the JSON of what the function returned. */
export interface InvocationResult {
  readonly RetMsg: string
  readonly ErrMsg: string
  readonly InvokeResult: number
  readonly Log?: string
}

export type Invoker = (invocation: Invocation) => Promise<InvocationResult>
